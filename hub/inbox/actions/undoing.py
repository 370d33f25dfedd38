"""Takes a reply back while it still waits, and leaves the ticket as the reply found it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Conflict, Forbidden
from hub.core.facts import record
from hub.core.text import N_
from hub.inbox.actions import rebuilding, waiting
from hub.inbox.actions.alongside import take_back_alongside
from hub.inbox.actions.attaching import give_back
from hub.inbox.actions.events import lock_ticket, move_state, note_ticket
from hub.inbox.actions.letters import COPIES
from hub.inbox.actions.opening import show_latest
from hub.inbox.actions.recounting import moments_of, tell_recounted
from hub.inbox.actions.vouchers import take_back_code, text_before
from hub.inbox.directory import Directory
from hub.inbox.facts import ReplyUndone
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.states import next_on_customer_message, next_on_reply
from hub.inbox.values import TakenBack
from hub.inbox.words import MessageKind, TicketState
from hub.outbox import actions as outbox

BEFORE = "before"


def remember(ticket: Ticket) -> dict[str, Any]:
    """What a reply is about to change and its undo cannot find out from the thread; kept with the message."""
    return {
        BEFORE: {
            "state": ticket.state.value,
            "waiting_since": written(ticket.waiting_since),
            "warned_at": written(ticket.warned_at),
            "missed_at": written(ticket.missed_at),
            "warned_percent": ticket.warned_percent,
        }
    }


def undo_reply(*, ticket_id: int, message_id: int, by: Actor, now: datetime) -> TakenBack:
    """Take a reply of this ticket back while it still waits; returns it for the composer, and the customer waits again.

    Raises Conflict when it has left or is leaving, or stands in another ticket.
    """
    found = _get_reply(ticket_id, message_id)
    ticket = lock_ticket(found.ticket_id)
    if found.agent_id != by.agent_id:
        raise Forbidden(N_("Only the person who wrote this reply can take it back."))
    _cancel(found, now=now)
    counted = moments_of(ticket)
    back, event_id = TakenBack(text_before(found), found.inserted), found.event_id
    before = found.inserted.get(BEFORE, {})
    take_back_alongside(ticket, found, by=by, now=now)
    take_back_code(found, by=by, now=now)
    give_back(found, now=now)
    db.session.delete(found)
    note_ticket("reply_undone", ticket, by=by, now=now)
    db.session.flush()
    show_latest(ticket, now=now)
    rebuilding.rebuild_waits(ticket.id)
    if before:
        restore(ticket, event_id, before, by=by, now=now)
    db.session.flush()
    tell_recounted(ticket, now=now, gone=counted)
    fact = ReplyUndone(
        customer_id=ticket.customer_id, ticket_id=ticket.id, store_id=ticket.store_id, agent_id=by.agent_id
    )
    record(fact, now=now)
    return back


def _get_reply(ticket_id: int, message_id: int) -> TicketMessage:
    found = db.session.get(TicketMessage, message_id)
    is_reply = found is not None and found.kind is MessageKind.AGENT and found.outbound_id is not None
    if found is None or not is_reply or found.ticket_id != ticket_id:
        raise Conflict(N_("There is no reply to take back here."))
    return found


def _cancel(message: TicketMessage, *, now: datetime) -> None:
    """With its copies, all of them or none: a copy that has left means the reply has left."""
    posted = (message.outbound_id or 0, *message.inserted.get(COPIES, ()))
    if not all(outbox.cancel(each, now=now) for each in posted):
        raise Conflict(N_("This reply has already left. Write another one to correct it."))


def restore(ticket: Ticket, event_id: int, before: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """The state and the warnings of before, as far as nothing that came since has overtaken them."""
    state = TicketState(before["state"])
    if ticket.state is next_on_reply(state):
        move_state(ticket, _state_now(ticket, event_id, state), by=by, now=now)
    if ticket.waiting_since is not None and written(ticket.waiting_since) == before["waiting_since"]:
        ticket.warned_at, ticket.missed_at = read(before["warned_at"]), read(before["missed_at"])
        ticket.warned_percent = before.get("warned_percent", 0)
        waiting.warn_again(ticket, Directory())


def _state_now(ticket: Ticket, event_id: int, state: TicketState) -> TicketState:
    since = select(TicketMessage.kind).where(
        TicketMessage.ticket_id == ticket.id,
        TicketMessage.event_id > event_id,
        TicketMessage.ends_wait | (TicketMessage.kind == MessageKind.CUSTOMER),
    )
    for kind in db.session.scalars(since.order_by(TicketMessage.event_id)):
        following = next_on_customer_message(state) if kind is MessageKind.CUSTOMER else next_on_reply(state)
        state = following or state
    return state


def written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
