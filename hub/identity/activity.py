"""The last sign of life of each customer: order, ticket, answer or click. Kept by every such event, worked out for the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, literal, select, text, tuple_

from hub.core.db import db, transaction
from hub.core.paging import Page, decode_key, make_page
from hub.customers.listed import is_here
from hub.customers.models import Customer
from hub.customers.quality import archiving
from hub.customers.quality.months import months_before
from hub.identity.privacy_models import Erasure
from hub.identity.privacy_words import ErasureState
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState

BATCH = 2000
PAGE_SIZE = 500
_OPEN = (TicketState.NEW, TicketState.OPEN, TicketState.PENDING)

# For customers nobody has looked at yet: made by an import, or from before this was kept.
_WORK_OUT = text("""
    WITH chosen AS (
        SELECT id FROM customers WHERE last_active_at IS NULL ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED
    )
    UPDATE customers SET last_active_at = greatest(
        customers.created_at,
        (SELECT max(placed_at) FROM orders WHERE customer_id = customers.id),
        (SELECT max(created_at) FROM tickets WHERE customer_id = customers.id),
        (SELECT max(answered_at) FROM answers WHERE customer_id = customers.id),
        (SELECT max(clicked_at) FROM link_clicks JOIN outbound_messages ON outbound_messages.id = link_clicks.message_id
            WHERE customer_id = customers.id AND label = 'human')
    )
    FROM chosen WHERE customers.id = chosen.id
""")

# Clicks are no facts: those of whoever seems silent are looked at before anybody is archived or erased.
_FROM_CLICKS = text("""
    WITH clicked AS (
        SELECT seeming.id AS customer_id, max(clicked_at) AS at FROM customers seeming
        JOIN outbound_messages ON outbound_messages.customer_id = seeming.id
        JOIN link_clicks ON link_clicks.message_id = outbound_messages.id
        WHERE seeming.last_active_at < :since AND clicked_at >= :since AND label = 'human' GROUP BY seeming.id
    )
    UPDATE customers SET last_active_at = at, archived_at = NULL, archive_run_id = NULL
    FROM clicked WHERE customers.id = customer_id AND last_active_at < at
""")


@dataclass(frozen=True)
class DueForDeletion:
    """A customer whose term ends on `due_on` unless he shows a sign of life."""

    customer_id: int
    last_active_at: datetime
    due_on: date


def has_due() -> bool:
    """Whether there are customers whose last activity nobody has worked out."""
    return (
        db.session.scalar(select(Customer.id).where(Customer.last_active_at.is_(None)).limit(1)) is not None
    )


def work_activity(wake: Callable[[], None]) -> int:
    """Work it out for the next 2,000. Returns how many."""
    with transaction():
        count = int(getattr(db.session.execute(_WORK_OUT, {"batch": BATCH}), "rowcount", 0))
    if count == BATCH:
        wake()
    return count


def note_clicks(*, since: datetime) -> int:
    """Whoever had shown no sign of life since then, but clicked, is active again. Returns how many."""
    return int(getattr(db.session.execute(_FROM_CLICKS, {"since": since}), "rowcount", 0))


def note_life(customer_id: int, at: datetime) -> None:
    """An order, a ticket, an answer: the customer comes back from the archive by himself."""
    archiving.note_life(customer_id, at)


def count_silent(before: datetime) -> tuple[int, datetime | None]:
    """Customers without a sign of life since then, and the oldest sign."""
    found = select(func.count(), func.min(Customer.last_active_at)).where(_is_silent(before))
    row = db.session.execute(found).one()
    return row[0], row[1]


def list_silent(before: datetime, limit: int) -> list[tuple[int, datetime]]:
    """Some of them, the longest silent first, as (id, last sign)."""
    found = select(Customer.id, Customer.last_active_at).where(_is_silent(before))
    ordered = found.order_by(Customer.last_active_at, Customer.id).limit(limit)
    return [(row[0], row[1]) for row in db.session.execute(ordered) if row[1] is not None]


def list_due_for_deletion(
    now: datetime, within_days: int, *, months: int, after: str | None = None, size: int = PAGE_SIZE
) -> Page[DueForDeletion]:
    """Customers whose term of `months` without a sign of life ends within so many days, the longest silent first.

    For the plan "reactivation before deletion": `get_term("inactive_customers").months` is the chain's term.
    """
    latest = months_before(now + timedelta(days=within_days), months)
    found = select(Customer.id, Customer.last_active_at).where(_is_silent(latest))
    if after:
        found = found.where(
            tuple_(Customer.last_active_at, Customer.id)
            > tuple_(*map(literal, decode_key(after, datetime, int)))
        )
    rows = db.session.execute(found.order_by(Customer.last_active_at, Customer.id).limit(size + 1))
    due = [DueForDeletion(row[0], row[1], _due_on(row[1], months)) for row in rows if row[1] is not None]
    return make_page(due, size=size, key=lambda row: (row.last_active_at, row.customer_id))


def _due_on(last_at: datetime, months: int) -> date:
    return months_before(last_at, -months).date()


def _is_silent(before: datetime) -> ColumnElement[bool]:
    """No sign of life, no open ticket; neither erased nor merged away nor being erased."""
    under_way = exists().where(Erasure.customer_id == Customer.id, Erasure.state != ErasureState.DONE)
    has_ticket = exists().where(Ticket.customer_id == Customer.id, Ticket.state.in_(_OPEN))
    return archiving.is_silent(before) & is_here() & ~under_way & ~has_ticket
