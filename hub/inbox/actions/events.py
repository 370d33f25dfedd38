"""What every change of a ticket shares: the lock, the event number, the audit line, the hold."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core import live
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, tell_after_commit
from hub.core.errors import NotFound
from hub.core.live import News, NewsKind
from hub.core.text import N_
from hub.core.words import Purpose
from hub.inbox.models import Ticket
from hub.inbox.states import is_open
from hub.inbox.words import TicketState
from hub.outbox import actions as outbox

TICKET = "ticket"
HELD_PURPOSES = (Purpose.PROMOTION, Purpose.SURVEY)


def lock_ticket(ticket_id: int) -> Ticket:
    """The ticket's row, held until the end of the transaction. Raises NotFound."""
    found = select(Ticket).where(Ticket.id == ticket_id).with_for_update()
    ticket = db.session.scalar(found.execution_options(populate_existing=True))
    if ticket is None:
        raise NotFound(N_("This ticket does not exist. Please go back to the list."))
    return ticket


def lock_end(ticket_id: int) -> Ticket | None:
    """The ticket that a chain of merges ends in, locked; a ring ends at the first ticket met twice.

    The chain is walked without a lock and only its end is held: whoever holds two tickets took them by their ids. But
    who finds the end merged away since it was walked holds it beside the next one, whatever their ids: should that ever
    cross somebody else's two, PostgreSQL refuses one of them and nothing of that one is done.
    """
    tried: set[int] = set()
    end_id = find_end(ticket_id)
    while end_id is not None:
        found = select(Ticket).where(Ticket.id == end_id).with_for_update()
        ticket = db.session.scalar(found.execution_options(populate_existing=True))
        if ticket is None or ticket.merged_into_id is None or end_id in tried:
            return ticket
        tried.add(end_id)
        end_id = find_end(end_id)
    return None


def find_end(ticket_id: int) -> int | None:
    """The id of the ticket that a chain of merges ends in, without a lock; None when there is no such ticket."""
    seen: list[int] = []
    target: int | None = ticket_id
    while target is not None and target not in seen:
        row = db.session.execute(select(Ticket.merged_into_id).where(Ticket.id == target)).one_or_none()
        if row is None:
            return None
        seen.append(target)
        target = row[0]
    return seen[-1]


def lock_tickets(ticket_ids: Iterable[int]) -> dict[int, Ticket]:
    """Several rows in one order for everybody, so that two who want them never wait for each other."""
    return {each: lock_ticket(each) for each in sorted(set(ticket_ids))}


def next_event(ticket: Ticket, *other_store_ids: int | None) -> int:
    """The number of the event that is about to be written; open pages of its store (and of others) are told."""
    ticket.last_event_id += 1
    topics = live.ticket_topics(ticket.store_id, *other_store_ids)
    tell_after_commit(News(NewsKind.TICKET, topics, ticket.id))
    return ticket.last_event_id


def note_ticket(action: str, ticket: Ticket, *, by: Actor, now: datetime, **data: Any) -> int:
    """An audit line that counts as an event of the ticket; returns its number."""
    event_id = next_event(ticket, data.get("store_id"))
    ticket.updated_at = now
    note_change(
        f"{TICKET}.{action}",
        subject_kind=TICKET,
        subject_id=ticket.id,
        by=by,
        now=now,
        event_id=event_id,
        **data,
    )
    return event_id


def move_state(
    ticket: Ticket,
    state: TicketState,
    *,
    by: Actor,
    now: datetime,
    action: str = "state_changed",
    **data: Any,
) -> None:
    """The state, with its line in the trail; nothing when it is that already."""
    if ticket.state is not state:
        note_ticket(action, ticket, by=by, now=now, **from_to(ticket, state), **data)
        ticket.state = state


def from_to(ticket: Ticket, state: TicketState) -> dict[str, str]:
    """What a line says of a state that is about to change: each change of a state has such a line."""
    return {"from_state": ticket.state.value, "state": state.value}


def settle_hold(ticket: Ticket, *, now: datetime) -> None:
    """Promotion and surveys wait exactly while an open ticket is a grievance."""
    if ticket.customer_id is None:
        return
    if ticket.is_grievance and is_open(ticket.state):
        for purpose in HELD_PURPOSES:
            outbox.put_hold(
                customer_id=ticket.customer_id,
                purpose=purpose,
                reason="grievance",
                source_kind=TICKET,
                source_id=ticket.id,
                now=now,
            )
    else:
        outbox.lift_hold(source_kind=TICKET, source_id=ticket.id, now=now)
