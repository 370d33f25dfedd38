"""Marks days whose columns are to be gathered anew: those on which tickets, answers and orders stand, or given ones."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, insert, literal, select, union
from sqlalchemy.orm import aliased

from hub.core.batches import among
from hub.core.db import db, ring_after_commit
from hub.inbox.models import Gesture, ReplyWait, Ticket, TicketRating
from hub.orders.models import Order
from hub.statistics.columns.layouts import Day
from hub.statistics.columns.local_days import day_of
from hub.statistics.models import StatisticsMark
from hub.statistics.words import Subject
from hub.stores.queries import find_chain
from hub.surveys.models import Answer

BELL = "statistics"
OF_TICKETS = (
    Subject.WAITS, Subject.TICKETS, Subject.SOLUTIONS, Subject.ROUTES, Subject.RATINGS, Subject.GESTURES,
)  # fmt: skip


def find_zone() -> ZoneInfo | None:
    """Where the chain's days begin; None before the set-up, when there is nothing to gather."""
    chain = find_chain()
    return ZoneInfo(chain.time_zone) if chain else None


def mark(days: Iterable[Day]) -> int:
    """In the caller's transaction; the worker is rung for. Returns how many."""
    rows = [{"subject": subject.value, "day": day} for subject, day in sorted(set(days))]
    if rows:
        db.session.execute(insert(StatisticsMark), rows)
        ring_after_commit(BELL)
    return len(rows)


def mark_tickets(ticket_ids: Collection[int], gone: Iterable[int] = ()) -> int:
    """Every day on which rows of these tickets are counted now.

    `gone`: moments (seconds since 1970) by which they were counted until something took them out of the rows.
    """
    zone = find_zone()
    if zone is None or not ticket_ids:
        return 0
    days = {(Subject(subject), day_of(moment, zone)) for subject, moment in _moments_of(ticket_ids)}
    taken = {day_of(datetime.fromtimestamp(moment, UTC), zone) for moment in gone}
    return mark(days | {(subject, day) for subject in OF_TICKETS for day in taken})


def mark_answers(answer_ids: Collection[int]) -> int:
    """The days of these answers and of others to the same invitation: when one counts no more, another one may."""
    own = aliased(Answer)
    of_same = select(Answer.answered_at).join(own, own.invitation_id == Answer.invitation_id)
    return _mark_moments(Subject.ANSWERS, of_same.where(among(own.id, answer_ids)) if answer_ids else None)


def mark_orders(order_ids: Collection[int], gone: Iterable[int] = ()) -> int:
    """The days on which these orders were placed; `gone` as for tickets."""
    placed = select(Order.placed_at).where(among(Order.id, order_ids)) if order_ids else None
    return _mark_moments(Subject.ORDERS, placed, gone)


def _mark_moments(subject: Subject, found: Select[Any] | None, gone: Iterable[int] = ()) -> int:
    zone = find_zone()
    if zone is None or found is None:
        return 0
    moments = [*db.session.scalars(found), *(datetime.fromtimestamp(each, UTC) for each in gone)]
    return mark({(subject, day_of(moment, zone)) for moment in moments})


def _moments_of(ticket_ids: Collection[int]) -> Iterable[tuple[str, datetime]]:
    """(subject, moment) of each row that a figure counts."""
    moments = [
        (Subject.TICKETS, Ticket.created_at, Ticket.id),
        (Subject.ROUTES, Ticket.created_at, Ticket.id),
        (Subject.SOLUTIONS, Ticket.first_solved_at, Ticket.id),
        (Subject.SOLUTIONS, Ticket.solved_at, Ticket.id),
        (Subject.WAITS, func.coalesce(ReplyWait.ended_at, ReplyWait.dropped_at), ReplyWait.ticket_id),
        (Subject.RATINGS, TicketRating.asked_at, TicketRating.ticket_id),
        (Subject.RATINGS, TicketRating.answered_at, TicketRating.ticket_id),
        (Subject.GESTURES, Gesture.decided_at, Gesture.ticket_id),
    ]
    parts = [
        select(literal(subject.value), moment).where(among(of, ticket_ids), moment.is_not(None))
        for subject, moment, of in moments
    ]
    return [(subject, moment) for subject, moment in db.session.execute(union(*parts)) if moment]
