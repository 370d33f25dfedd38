"""Takes in what came back of orders: by line, with amount and date, also before the order itself is known."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError
from sqlalchemy import func, select, update

from hub.core import facts
from hub.core.db import db
from hub.core.text import N_
from hub.orders import rules
from hub.orders.events import LOCK_CLASS, key_of, storable
from hub.orders.facts import OrderChanged, OrderReturned
from hub.orders.models import Order, OrderReturn
from hub.orders.payload import Cents, Key, Moment, RequiredMoment, Shape, field_error
from hub.orders.queries import get_order
from hub.orders.rows import FieldError, ReturnLine, ReturnRow, TakenReturn
from hub.orders.words import EventOutcome, OrderState

MAX_LINES = 1000
AHEAD = N_("This time is more than a day ahead. Please give a time that has passed, and check the clock.")
EMPTY = N_("Please say what came back: lines with their amounts, or the amount.")
STATES = tuple(OrderState)


class ReturnLinePayload(Shape):
    sku: Key
    quantity: Annotated[int, Field(strict=True, ge=1, le=10**6)] = 1
    amount_cents: Cents = 0


class ReturnPayload(Shape):
    """What came back of one order; the same `external_id` updates. `order` is the order's `external_id`."""

    external_id: Key
    order: Key
    returned_at: RequiredMoment
    updated_at: Moment = None
    amount_cents: Cents | None = None
    lines: list[ReturnLinePayload] = Field(default_factory=list, max_length=MAX_LINES)

    @property
    def came_back_cents(self) -> int:
        """What the customer got back: as told, else what the lines come to."""
        if self.amount_cents is not None:
            return self.amount_cents
        return sum(line.amount_cents for line in self.lines)


def take_return(payload: object, *, source: str, now: datetime) -> TakenReturn:
    """Keep what came back and set it off against its order, now or when the order comes.

    REFUSED with the errors, UNCHANGED, STALE (a newer event of the same return was taken before) or TAKEN.
    """
    body = storable(payload)
    read = read_return(body if isinstance(body, dict) else {}, now=now)
    if not isinstance(read, ReturnPayload):
        return TakenReturn(EventOutcome.REFUSED, None, None, tuple(read))
    _lock(f"return:{read.external_id}", *_spellings(read.order))
    row = db.session.scalar(select(OrderReturn).where(OrderReturn.external_id == read.external_id))
    key, told_at = key_of(source, body), read.updated_at or read.returned_at
    if row is not None and (told_at, key) <= (row.told_at, row.event_key):
        outcome = EventOutcome.UNCHANGED if row.event_key == key else EventOutcome.STALE
        return TakenReturn(outcome, _shown(row), get_order(row.order_id) if row.order_id else None)
    before, order = row.order_id if row else None, _find_order(read.order)
    if row is None:
        row = OrderReturn(external_id=read.external_id, source=source, created_at=now)
    row.order_number = rules.plain_number(read.order)
    row.order_id = order.id if order else None
    row.amount_cents = read.came_back_cents
    row.lines = [line.model_dump() for line in read.lines]
    row.event_key, row.told_at, row.returned_at = key, told_at, read.returned_at
    db.session.add(row)
    db.session.flush()
    for order_id in sorted({before, row.order_id} - {None}, key=str):
        _settle(db.session.get_one(Order, order_id), at=row.returned_at, now=now)
    return TakenReturn(EventOutcome.TAKEN, _shown(row), get_order(order.id) if order else None)


def read_return(body: Mapping[str, Any], *, now: datetime) -> ReturnPayload | list[FieldError]:
    """The return, or everything that must be corrected."""
    try:
        found = ReturnPayload.model_validate(body)
    except ValidationError as error:
        return [field_error(each) for each in error.errors(include_url=False)]
    errors = [
        FieldError(name, AHEAD, {})
        for name in ("returned_at", "updated_at")
        if rules.is_too_far_ahead(getattr(found, name), now=now)
    ]
    if found.amount_cents is None and not found.lines:
        errors.append(FieldError("lines", EMPTY, {}))
    return errors or found


def count_came_back(number: str) -> int:
    """Cents of all returns told of the order of this number, which need not be known yet."""
    total = select(func.coalesce(func.sum(OrderReturn.amount_cents), 0))
    found = db.session.scalar(total.where(OrderReturn.order_number == rules.plain_number(number)))
    return int(found or 0)


def count_waiting(source: str) -> int:
    """Returns this source told of orders that nobody has told yet."""
    waiting = select(func.count()).where(OrderReturn.order_id.is_(None), OrderReturn.source == source)
    return db.session.scalar(waiting) or 0


def claim_returns(order_id: int, number: str) -> None:
    """The order is known now: its returns belong to it."""
    waiting = update(OrderReturn).where(
        OrderReturn.order_number == rules.plain_number(number), OrderReturn.order_id.is_(None)
    )
    db.session.execute(waiting.values(order_id=order_id).execution_options(synchronize_session=False))


def list_returns(order_id: int) -> list[ReturnRow]:
    """What came back of an order, the oldest first."""
    found = select(OrderReturn).where(OrderReturn.order_id == order_id)
    return [
        _shown(row) for row in db.session.scalars(found.order_by(OrderReturn.returned_at, OrderReturn.id))
    ]


def _settle(order: Order, *, at: datetime, now: datetime) -> None:
    """Bring amount and state of the order to its returns; what is new is said once."""
    came_back = count_came_back(order.external_id)
    told = STATES[order.told_rank] if order.told_rank is not None else order.state
    told_cents = order.told_returned_cents if order.told_returned_cents is not None else order.returned_cents
    order.told_rank, order.told_returned_cents = rules.RANKS[told], told_cents
    was = (order.state, order.returned_cents)
    order.state = rules.settle_state(told, total_cents=order.total_cents, came_back_cents=came_back)
    order.returned_cents = rules.settle_returned(
        told_cents, total_cents=order.total_cents, came_back_cents=came_back
    )
    db.session.flush()
    if was == (order.state, order.returned_cents):
        return
    is_all = order.state is OrderState.RETURNED and was[0] is not OrderState.RETURNED
    kind = OrderReturned if is_all else OrderChanged
    fact = kind(customer_id=order.customer_id, order_id=order.id, store_id=order.store_id)
    facts.record(fact, now=rules.happened_at(at, now=now))


def _spellings(number: str) -> tuple[str, ...]:
    plain = rules.plain_number(number)
    return (number, plain, f"#{plain}")


def _lock(*names: str) -> None:
    """Events of these orders wait until the transaction ends, as those of `lock_events`."""
    for name in sorted(set(names)):
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, func.hashtext(name))))


def _find_order(number: str) -> Order | None:
    return db.session.scalar(select(Order).where(Order.external_id.in_(_spellings(number))).limit(1))


def _shown(row: OrderReturn) -> ReturnRow:
    return ReturnRow(
        row.id,
        row.external_id,
        row.order_number,
        row.order_id,
        row.amount_cents,
        row.returned_at,
        tuple(ReturnLine(line["sku"], line["quantity"], line["amount_cents"]) for line in row.lines),
    )
