"""Merges two tickets of one customer, and takes them apart again while nobody has answered in the joint one."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from hub.core.actor import Actor
from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.text import N_
from hub.inbox.actions import rebuilding, waiting
from hub.inbox.actions.ending import end_row
from hub.inbox.actions.events import (
    TICKET,
    from_to,
    lock_tickets,
    move_state,
    note_ticket,
    settle_hold,
)
from hub.inbox.actions.finding import get_parties
from hub.inbox.actions.receiving import reopen_row
from hub.inbox.actions.recounting import moments_of, tell_recounted
from hub.inbox.directory import Directory
from hub.inbox.models import Ticket, TicketMessage, TicketParty
from hub.inbox.words import DropReason, MessageKind, TicketState

BEFORE = "before"
MOMENTS = ("solved_at", "first_solved_at", "closed_at", "warned_at", "missed_at", "waiting_since")
COUNTS = ("reopened_count", "warned_percent")


def merge(*, ticket_id: int, into_id: int, by: Actor, now: datetime) -> None:
    """Close the ticket in favour of another one of the same customer; its thread is shown there.

    A customer who waits goes on waiting in the other ticket, since the oldest unanswered message of both; who takes
    part in one takes part in both. Raises Conflict for a closed target, for a ring and for tickets of two people.
    """
    ticket, target = _lock_two(ticket_id, into_id)
    _check(ticket, target)
    since = ticket.waiting_since
    counted = {row: moments_of(row) for row in (ticket, target)}
    note_ticket(
        "merged",
        ticket,
        by=by,
        now=now,
        into_id=into_id,
        into_number=target.number,
        **from_to(ticket, TicketState.CLOSED),
        **_remember(ticket),
    )
    waiting.drop_wait(ticket, at=now, reason=DropReason.MERGED)
    ticket.merged_into_id = into_id
    end_row(ticket, TicketState.CLOSED, now=now)
    note_ticket(
        "took_over",
        target,
        by=by,
        now=now,
        from_id=ticket.id,
        from_number=ticket.number,
        waiting_since=since.isoformat() if since else None,
        channel=target.channel,
        **_remember(target),
    )
    _share_parties(ticket, target)
    if since is not None:
        _wait_on(target, since, by=by, now=now)
    db.session.flush()
    for row in (ticket, target):
        tell_recounted(row, now=now, gone=counted[row])


def unmerge(*, ticket_id: int, by: Actor, now: datetime) -> None:
    """Take a merged ticket out again: its state, its wait and its parties are what they were.

    What was written since stays where it was written. Raises Conflict once the customer was answered in the joint
    ticket (the answer was for both), or when that one is closed or merged itself.
    """
    target_id = db.session.scalar(select(Ticket.merged_into_id).where(Ticket.id == ticket_id))
    ticket, target = _lock_two(ticket_id, target_id or ticket_id)
    if target_id is None or ticket.merged_into_id != target_id:
        raise Conflict(N_("This ticket is not merged into another one any more."))
    if target.state is TicketState.CLOSED or target.merged_into_id is not None:
        raise Conflict(N_("The joint ticket is closed or merged itself. Please take that one apart first."))
    closing, opening = _line(ticket.id, "merged"), _line(target.id, "took_over", from_id=ticket.id)
    if opening is not None and _is_answered_since(target.id, opening.data["event_id"]):
        raise Conflict(
            N_("The customer was answered in the joint ticket since. Please split messages off instead.")
        )
    counted = {row: moments_of(row) for row in (ticket, target)}
    ticket.merged_into_id = None
    db.session.execute(
        delete(TicketParty).where(TicketParty.ticket_id == target.id, TicketParty.merged_from_id == ticket.id)
    )
    note_ticket("unmerged", ticket, by=by, now=now, from_id=target.id, from_number=target.number)
    note_ticket("gave_back", target, by=by, now=now, into_id=ticket.id, into_number=ticket.number)
    db.session.flush()
    for row, line in ((ticket, closing), (target, opening)):
        rebuilding.rebuild_waits(row.id)
        before = line.data.get(BEFORE, {}) if line else {}
        if before and not (row is target and (before["state"] != TicketState.SOLVED or row.waiting_since)):
            move_state(row, TicketState(before["state"]), by=by, now=now)
            _restore(row, before)
        settle_hold(row, now=now)
        tell_recounted(row, now=now, gone=counted[row])
    db.session.flush()


def _lock_two(one_id: int, other_id: int) -> tuple[Ticket, Ticket]:
    rows = lock_tickets((one_id, other_id))
    return rows[one_id], rows[other_id]


def _check(ticket: Ticket, target: Ticket) -> None:
    if ticket is target or target.merged_into_id is not None or ticket.merged_into_id is not None:
        raise Conflict(N_("These tickets cannot be merged: one of them is merged already."))
    if target.state is TicketState.CLOSED:
        raise Conflict(N_("The other ticket is closed. Please choose an open one."))
    if not _is_one_person(ticket, target):
        raise Conflict(
            N_("These tickets belong to two customers. Only tickets of one customer can be merged.")
        )


def _is_one_person(one: Ticket, other: Ticket) -> bool:
    """The same known customer, or, where one is not known, the same address. Two unknown people are two."""
    if one.customer_id is not None and other.customer_id is not None:
        return one.customer_id == other.customer_id
    return bool(one.requester_address) and one.requester_address == other.requester_address


def _wait_on(target: Ticket, since: datetime, *, by: Actor, now: datetime) -> None:
    if target.state is TicketState.SOLVED:
        reopen_row(target, by=by, now=now)
    waiting.start_wait(target, at=since, channel=target.channel, directory=Directory())


def _share_parties(ticket: Ticket, target: Ticket) -> None:
    known = get_parties([target.id]).get(target.id, frozenset())
    found = select(TicketParty).where(TicketParty.ticket_id == ticket.id)
    for party in db.session.scalars(found).all():
        if party.address not in known:
            db.session.add(
                TicketParty(
                    ticket_id=target.id,
                    address=party.address,
                    name=party.name,
                    is_cc=party.is_cc,
                    is_requester=False,
                    merged_from_id=ticket.id,
                )
            )


def _remember(ticket: Ticket) -> dict[str, Any]:
    """What a merge is about to change and taking apart cannot find out from the thread; kept in the audit line."""
    moments = {name: getattr(ticket, name) for name in MOMENTS}
    kept: dict[str, Any] = {name: value.isoformat() if value else None for name, value in moments.items()}
    return {BEFORE: {**kept, **{name: getattr(ticket, name) for name in COUNTS}, "state": ticket.state.value}}


def _restore(ticket: Ticket, before: dict[str, Any]) -> None:
    """The moments of before; the joint ticket keeps its own where something happened in it since."""
    ticket.reopened_count = before["reopened_count"]
    for name in ("solved_at", "first_solved_at", "closed_at"):
        setattr(ticket, name, _moment(before[name]))
    if ticket.waiting_since is not None and ticket.waiting_since == _moment(before["waiting_since"]):
        ticket.warned_at, ticket.missed_at = _moment(before["warned_at"]), _moment(before["missed_at"])
        ticket.warned_percent = before.get("warned_percent", 0)
        waiting.warn_again(ticket, Directory())


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _line(ticket_id: int, action: str, **data: int) -> AuditEntry | None:
    """The latest audit line of this kind."""
    found = select(AuditEntry).where(
        AuditEntry.subject_kind == TICKET,
        AuditEntry.subject_id == ticket_id,
        AuditEntry.action == f"{TICKET}.{action}",
    )
    if data:
        found = found.where(AuditEntry.data.contains(data))
    return db.session.scalar(found.order_by(AuditEntry.id.desc()).limit(1))


def _is_answered_since(ticket_id: int, event_id: int) -> bool:
    """Whether a person wrote to the customer, or reached him or her, after this event."""
    found = select(TicketMessage.id).where(
        TicketMessage.ticket_id == ticket_id,
        TicketMessage.event_id > event_id,
        TicketMessage.ends_wait | (TicketMessage.kind == MessageKind.AGENT),
    )
    return db.session.scalar(found.limit(1)) is not None
