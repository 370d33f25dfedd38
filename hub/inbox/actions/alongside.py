"""What a standard reply sets on the ticket when it is sent: reason, tags, state; taken back with the reply."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.core.actor import Actor
from hub.core.db import db
from hub.inbox.actions import ending, tagging
from hub.inbox.actions.changing import set_reason
from hub.inbox.actions.events import move_state
from hub.inbox.actions.history import WITH_REPLY
from hub.inbox.actions.receiving import reopen_row
from hub.inbox.actions.snoozing import snooze_again, snooze_of
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.states import may_become
from hub.inbox.words import TicketState

SETS = "sets"
"""In `inserted` of a reply: what it sets, as `reason_id`, `tag_ids`, `state` (pending or solved)."""
HAS_SET = "has_set"
"""What it changed, for its undo: what was so before is not in it."""
SNOOZE = "snooze"


def set_alongside(ticket: Ticket, message: TicketMessage, *, by: Actor, now: datetime) -> None:
    """On the ticket that is locked and just answered. Raises Invalid: no reason to solve it, a retired tag, too many."""
    wanted: Mapping[str, Any] = message.inserted.get(SETS, {})
    if not wanted:
        return
    done: dict[str, Any] = {
        "tag_ids": [each for each in wanted.get("tag_ids", ()) if _tag(ticket, each, by, now)]
    }
    reason_id = wanted.get("reason_id")
    if reason_id is not None and ticket.reason_id != reason_id:
        done |= {"reason_id": reason_id, "from_reason_id": ticket.reason_id}
        set_reason(ticket, reason_id, by=by, now=now)
    if wanted.get("state"):
        done |= _set_state(ticket, message, TicketState(wanted["state"]), by=by, now=now)
    message.inserted = {**message.inserted, HAS_SET: done}
    db.session.flush()


def take_back_alongside(ticket: Ticket, message: TicketMessage, *, by: Actor, now: datetime) -> None:
    """As far as nobody has changed it since; the state is then the one of any ticket just answered."""
    done: Mapping[str, Any] = message.inserted.get(HAS_SET, {})
    state = done.get("state")
    if state is not None and ticket.state is TicketState(state):
        if ticket.state is TicketState.SOLVED:
            reopen_row(ticket, by=by, now=now)
            ticket.reopened_count -= 1  # it has never been solved
            ticket.first_solved_at = ticket.first_solved_at if done["was_solved_before"] else None
            snooze_again(ticket, done.get(SNOOZE), now=now)
        else:
            move_state(ticket, TicketState.OPEN, by=by, now=now)
    if "reason_id" in done and ticket.reason_id == done["reason_id"]:
        set_reason(ticket, done["from_reason_id"], by=by, now=now)
    for tag_id in done.get("tag_ids", ()):
        tagging.remove_tag(ticket_id=ticket.id, tag_id=tag_id, by=by, now=now)
    db.session.flush()


def _tag(ticket: Ticket, tag_id: int, by: Actor, now: datetime) -> bool:
    return tagging.put_tag(ticket, tagging.get_tag(tag_id), by=by, now=now)


def _set_state(
    ticket: Ticket, message: TicketMessage, state: TicketState, *, by: Actor, now: datetime
) -> dict[str, Any]:
    """A ticket that was solved before stays so: its reply asks nothing of anybody."""
    if not may_become(ticket.state, state):
        return {}
    done: dict[str, Any] = {
        "state": state.value,
        "was_solved_before": ticket.first_solved_at is not None,
        SNOOZE: snooze_of(ticket),
    }
    if state is TicketState.SOLVED:
        ending.check_reason(ticket)
        ending.settle(ticket, by=by, now=now, **{WITH_REPLY: message.event_id})
    else:
        move_state(ticket, state, by=by, now=now, action="set_pending")
    return done
