"""Takes in the tickets of a till file: each once, whatever file it comes in and however late."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import HubError
from hub.core.text import N_
from hub.customers.naming import find_customers
from hub.customers.rows import CustomerDetails
from hub.orders.actions import take_in
from hub.orders.models import Order, OrderLine
from hub.orders.queries import find_order_by_external_id
from hub.orders.returns import take_return
from hub.orders.rows import FieldError
from hub.orders.rules import is_late
from hub.orders.till_files import rules
from hub.orders.till_files.rules import Ticket
from hub.orders.till_files.words import SOURCE, TillColumn
from hub.orders.words import EventOutcome, OrderState
from hub.stores.queries import find_store_by_code

NO_STORE = N_("No store has the code “%(given)s”. Please create the store or correct the code.")
NO_DATE = N_("“%(given)s” is not a date. Please write it as 2026-03-03 or 03/03/2026.")


@dataclass
class Result:
    """Rows by what became of them; `refused` by row number."""

    taken_count: int = 0
    unchanged_count: int = 0
    anonymous_count: int = 0
    late_count: int = 0
    refused: dict[int, tuple[dict[str, str], tuple[FieldError, ...]]] = field(default_factory=dict)


def take_tickets(tickets: Sequence[Ticket], *, late_days: int, now: datetime) -> Result:
    """Each ticket for itself: all of its rows or none."""
    result = Result()
    for ticket in tickets:
        try:
            with db.session.begin_nested():
                _take(ticket, result, late_days=late_days, now=now)
        except _RefusedError as refused:
            _refuse(ticket, result, refused.errors)
        except HubError as error:
            _refuse(ticket, result, (FieldError(error.field or "", error.text, error.values),))
    return result


class _RefusedError(Exception):
    """Nothing of the ticket is taken."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__()
        self.errors = errors


def _refuse(ticket: Ticket, result: Result, errors: tuple[FieldError, ...]) -> None:
    for number, row in ticket.rows.items():
        result.refused[number] = (dict(row), errors)


def _take(ticket: Ticket, result: Result, *, late_days: int, now: datetime) -> None:
    if ticket.errors:
        others = (FieldError("", rules.WITH_OTHERS, {}),)
        for number, row in ticket.rows.items():
            mine = (ticket.errors[number],) if number in ticket.errors else others
            result.refused[number] = (dict(row), mine)
        return
    placed_at = _moment_of(ticket)
    if ticket.is_anonymous and not ticket.names_original:
        result.anonymous_count += len(ticket.rows)
        return
    outcomes = _tell(ticket, placed_at, now=now)
    if EventOutcome.TAKEN in outcomes:
        result.taken_count += len(ticket.rows)
        result.late_count += is_late(placed_at, now=now, days=late_days)
    else:
        result.unchanged_count += len(ticket.rows)


def _moment_of(ticket: Ticket) -> datetime:
    store = find_store_by_code(ticket.store)
    if store is None:
        raise _RefusedError((FieldError("store", NO_STORE, {"given": ticket.store[:80]}),))
    placed_at = rules.read_moment(ticket.values, ZoneInfo(store.time_zone))
    if placed_at is None:
        given = ticket.values.get(TillColumn.DATE, "")[:80]
        raise _RefusedError((FieldError("date", NO_DATE, {"given": given}),))
    return placed_at


def _tell(ticket: Ticket, placed_at: datetime, *, now: datetime) -> list[EventOutcome]:
    """The sold lines as an order, those that came back as returns of their orders."""
    outcomes: list[EventOutcome] = []
    if ticket.sold and not ticket.is_anonymous:
        taken = take_in(rules.order_of(ticket, placed_at=placed_at), source=SOURCE, now=now)
        if taken.outcome is EventOutcome.REFUSED:
            raise _RefusedError(taken.errors)
        outcomes.append(taken.outcome)
    for number, lines in _by_order(ticket, placed_at).items():
        body = rules.return_of(ticket, lines, order_number=number, returned_at=placed_at)
        returned = take_return(body, source=SOURCE, now=now)
        if returned.outcome is EventOutcome.REFUSED:
            raise _RefusedError(returned.errors)
        outcomes.append(returned.outcome)
    return outcomes


def _by_order(ticket: Ticket, placed_at: datetime) -> dict[str, list[rules.Line]]:
    """Returned lines by the order they came from: the ticket they name, else the customer's latest with that product."""
    found: dict[str, list[rules.Line]] = {}
    for line in ticket.brought_back:
        given = ticket.original_of(line)
        number = _number_of(ticket, given) if given else _find_bought(ticket, line.sku, placed_at)
        if number is None:
            raise _RefusedError((FieldError(TillColumn.ORIGINAL_TICKET.value, rules.NO_ORIGINAL, {}),))
        found.setdefault(number, []).append(line)
    return found


def _number_of(ticket: Ticket, given: str) -> str:
    """The order named: a ticket of this store or an order as written, whichever is known, and neither where none is.

    Not known yet, it is the number as written when that begins with the code of a store, else a ticket of this store.
    This store goes first: numbers of web orders may run like those of its tickets.
    """
    mine = rules.within_store(ticket, given)
    for number in (mine, given):
        if find_order_by_external_id(number) is not None:
            return number
    has_code = any(find_store_by_code(code) is not None for code in rules.codes_in(given))
    return given if has_code else mine


def _find_bought(ticket: Ticket, sku: str, before: datetime) -> str | None:
    [customer_id] = find_customers(
        [
            CustomerDetails(
                email=ticket.values.get(TillColumn.EMAIL),
                phone=ticket.values.get(TillColumn.PHONE),
                loyalty_card=ticket.values.get(TillColumn.LOYALTY_CARD),
            )
        ]
    )
    bought = (
        select(Order.external_id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            Order.customer_id == customer_id,
            OrderLine.sku == sku,
            Order.placed_at <= before,
            Order.external_id != ticket.external_id,
            Order.state != OrderState.CANCELLED,
        )
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(1)
    )
    return db.session.scalar(bought) if customer_id is not None else None
