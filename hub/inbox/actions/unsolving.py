"""Takes a solution back as if it had never been: the ticket is open as before, and whoever waited waits on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.text import N_
from hub.inbox.actions import rebuilding
from hub.inbox.actions.changing import set_reason
from hub.inbox.actions.events import TICKET, lock_ticket
from hub.inbox.actions.history import SOLVED, UNDONE
from hub.inbox.actions.receiving import reopen_row
from hub.inbox.actions.recounting import moments_of, tell_recounted
from hub.inbox.actions.snoozing import snooze_again, snooze_of
from hub.inbox.actions.undoing import BEFORE, read, restore, written
from hub.inbox.actions.undoing import remember as remember_wait
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState

EVENT = "solved_event"
SNOOZE = "snooze"
FIRST = "first_solved_at"


def remember(ticket: Ticket) -> dict[str, Any]:
    """What solving is about to change and its undo cannot find out from the thread."""
    return {
        **remember_wait(ticket),
        "reason_id": ticket.reason_id,
        FIRST: written(ticket.first_solved_at),
        SNOOZE: snooze_of(ticket),
    }


def find_solution(ticket_id: int) -> int | None:
    """The event by which the ticket was last solved."""
    found = select(AuditEntry.data["event_id"].as_integer()).where(
        AuditEntry.subject_kind == TICKET, AuditEntry.subject_id == ticket_id, AuditEntry.action == SOLVED
    )
    return db.session.scalar(found.order_by(AuditEntry.id.desc()).limit(1))


def unsolve(
    *, ticket_id: int, before: Mapping[str, Any], reason_id: int | None, by: Actor, now: datetime
) -> None:
    """Undo the solution that `before` was kept of; `reason_id`: the one it gave, if any.

    Raises Conflict when the ticket is open again, closed, or was solved anew.
    """
    ticket, event_id = lock_ticket(ticket_id), before.get(EVENT)
    if ticket.state is not TicketState.SOLVED or find_solution(ticket_id) != event_id or event_id is None:
        raise Conflict(N_("There is nothing to undo here any more."))
    counted = moments_of(ticket)
    ticket.list_at = now
    reopen_row(ticket, by=by, now=now, **{UNDONE: event_id})
    ticket.reopened_count -= 1  # it has never been solved
    ticket.first_solved_at = read(before[FIRST])
    snooze_again(ticket, before[SNOOZE], now=now)
    if reason_id is not None and ticket.reason_id == reason_id:
        set_reason(ticket, before["reason_id"], by=by, now=now)
    rebuilding.rebuild_waits(ticket_id)
    restore(ticket, event_id, before[BEFORE], by=by, now=now)
    db.session.flush()
    tell_recounted(ticket, now=now, gone=counted)
