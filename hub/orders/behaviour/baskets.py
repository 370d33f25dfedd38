"""Takes in what shops tell of baskets, in any order, once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from hub.core.db import db
from hub.core.facts import record
from hub.customers.actions import CustomerDetails, resolve_customer
from hub.orders.behaviour import rules
from hub.orders.behaviour.closing import find_closing_order, lock_baskets
from hub.orders.behaviour.linking import link_visitors, see_visitors
from hub.orders.behaviour.models import Basket, BasketLine
from hub.orders.behaviour.payload import BasketPayload, WhoPayload, read_basket
from hub.orders.behaviour.queries import get_basket
from hub.orders.behaviour.rows import TakenBasket
from hub.orders.behaviour.touches import note_touch, total_of_basket
from hub.orders.behaviour.words import BasketState
from hub.orders.events import key_of, storable
from hub.orders.facts import BasketChanged
from hub.orders.rows import FieldError
from hub.orders.words import EventOutcome
from hub.stores.queries import find_chain

LOCK_CLASS = 4_712
EURO = "EUR"


@dataclass(frozen=True)
class _Told:
    """One event: `event_key` is its hash with the rank of its state before it."""

    basket: BasketPayload
    event_key: str


def take_basket(payload: object, *, source: str, now: datetime) -> TakenBasket:
    """Bring the basket to what its newest event says. REFUSED with the errors, UNCHANGED, STALE or TAKEN.

    Events of one basket wait for each other; the newest `updated_at` wins, however they arrive.
    """
    body = storable(payload)
    read = read_basket(body if isinstance(body, dict) else {}, now=now)
    if not isinstance(read, BasketPayload):
        return TakenBasket(EventOutcome.REFUSED, None, tuple(read))
    told = _Told(read, rules.event_key_of(read.state, key_of(source, body)))
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, func.hashtext(read.external_id))))
    row = db.session.scalar(select(Basket).where(Basket.external_id == read.external_id))
    rank = rules.rank_of(read.updated_at, told.event_key)
    if row is not None and rank <= rules.rank_of(row.touched_at, row.event_key):
        return _late(told, row, now=now)
    is_new = row is None
    basket = get_basket(_write(told, row, now=now))
    if basket.customer_id is not None and not is_new:
        changed = BasketChanged(customer_id=basket.customer_id, basket_id=basket.id, state=basket.state.value)
        record(changed, now=min(basket.touched_at, now))
    return TakenBasket(EventOutcome.TAKEN, basket)


def refusal(text: str) -> TakenBasket:
    """For a body that is no basket at all."""
    return TakenBasket(EventOutcome.REFUSED, None, (FieldError("", text, {}),))


def _late(told: _Told, row: Basket, *, now: datetime) -> TakenBasket:
    """Told before, or overtaken by a newer event; whose it is may still be news."""
    is_same = (row.event_key, row.touched_at) == (told.event_key, told.basket.updated_at)
    if row.customer_id is None and not is_same:
        row.customer_id = _customer_of(told.basket, now=now)
        _close(row)
    if not is_same:
        note_touch(row.id, told.basket, told.event_key)
    return TakenBasket(EventOutcome.UNCHANGED if is_same else EventOutcome.STALE, get_basket(row.id))


def _write(told: _Told, row: Basket | None, *, now: datetime) -> int:
    given = told.basket
    customer_id = _customer_of(given, now=now)
    currency = given.currency or _currency()
    if row is None:
        row = Basket(external_id=given.external_id, created_at=now)
    row.customer_id = customer_id or row.customer_id
    row.visitor_id = given.visitor_id or row.visitor_id
    row.state = given.state
    row.device = given.device or row.device
    row.checkout_url = given.checkout_url
    row.total_cents = total_of_basket(given)
    row.clears_at = given.clears_at
    row.currency = currency
    row.order_id = None
    row.event_key = told.event_key
    row.touched_at = given.updated_at
    row.closed_at = None if given.state is BasketState.OPEN else given.updated_at
    db.session.add(row)
    db.session.flush()
    _write_lines(row.id, given)
    note_touch(row.id, given, told.event_key)
    _close(row)
    return row.id


def _close(row: Basket) -> None:
    """An order that was placed after the last touch has closed it."""
    if row.customer_id is not None:
        lock_baskets(row.customer_id)
    order = find_closing_order(
        customer_id=row.customer_id, external_id=row.external_id, touched_at=row.touched_at
    )
    if row.state is BasketState.OPEN and order is not None:
        row.state = BasketState.ORDERED
        row.order_id, row.closed_at = order[0], order[1]
        row.customer_id = row.customer_id or order[2]
    db.session.flush()


def _write_lines(basket_id: int, given: BasketPayload) -> None:
    db.session.execute(delete(BasketLine).where(BasketLine.basket_id == basket_id))
    kept = () if given.state is BasketState.EMPTIED else given.lines
    db.session.add_all(
        BasketLine(basket_id=basket_id, position=position, **line.model_dump())
        for position, line in enumerate(kept, 1)
    )
    db.session.flush()


def _currency() -> str:
    chain = find_chain()
    return chain.currency if chain else EURO


def _customer_of(given: BasketPayload, *, now: datetime) -> int | None:
    """Whom the event names, found or made; else whom the browser belongs to. Both together link the browser."""
    who = given.customer
    if who is not None and who.is_somebody:
        customer_id = resolve_customer(details_of(who), now=now).customer_id
        if given.visitor_id:
            link_visitors({given.visitor_id: customer_id}, now=now)
        return customer_id
    return see_visitors([given.visitor_id], now=now)[given.visitor_id] if given.visitor_id else None


def details_of(who: WhoPayload) -> CustomerDetails:
    """The same in the words of the customers room."""
    return CustomerDetails(
        email=who.email,
        phone=who.phone,
        first_name=who.first_name,
        last_name=who.last_name,
        country=who.country or None,
        loyalty_card=who.loyalty_card,
        external_ids=who.external_ids,
    )
