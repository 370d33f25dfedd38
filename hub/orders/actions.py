"""What the orders room does: takes in what a shop tells, in any order, once."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from hub.core import facts
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.words import ActorKind, Language
from hub.customers.actions import (
    CustomerDetails,
    Resolved,
    lock_customer,
    record_consent,
    resolve_customer,
)
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.orders import rules
from hub.orders.behaviour.closing import close_baskets, reopen_baskets
from hub.orders.behaviour.linking import link_visitors
from hub.orders.behaviour.rules import is_visitor_id
from hub.orders.events import Event, find_earlier_states, find_same, keep, lock_events, read_event
from hub.orders.facts import (
    CustomerFirstOrdered,
    OrderCancelled,
    OrderChanged,
    OrderDelivered,
    OrderFact,
    OrderPaid,
    OrderPlaced,
    OrderReady,
    OrderRedated,
    OrderReturned,
    OrderShipped,
)
from hub.orders.models import Order, OrderLine
from hub.orders.payload import REACHED_BY, ConsentPayload, LinePayload, OrderPayload
from hub.orders.queries import get_order
from hub.orders.returns import claim_returns, count_came_back
from hub.orders.rows import FieldError, OrderRow, Taken
from hub.orders.words import EventOutcome, OrderState
from hub.stores.queries import StoreRow, find_chain

__all__ = ["FieldError", "Taken", "lock_order", "take_event", "take_in"]

REACHED = {
    OrderState.DELIVERED: OrderDelivered,
    OrderState.CANCELLED: OrderCancelled,
    OrderState.RETURNED: OrderReturned,
}

PASSED = {
    OrderState.PAID: OrderPaid,
    OrderState.SHIPPED: OrderShipped,
    OrderState.READY: OrderReady,
}
"""Told beside what changed, the first time the order is seen there."""
INNER = frozenset({"state_at", "told_rank", "told_returned_cents", "basket_key"})


def take_in(payload: object, *, source: str, now: datetime) -> Taken:
    """Store one event of a shop as it came, and what it changes. Never raises for bad input.

    REFUSED with the errors, field by field; UNCHANGED when this very event was taken before; STALE when a newer
    one was (only its consents, which carry their own time, are read); else TAKEN, with facts for what is new.
    Events of one order wait for each other, so the order is that of its newest event, however they arrive.
    """
    return take_event(read_event(payload, source=source, now=now), now=now)


def take_event(event: Event, *, now: datetime) -> Taken:
    """As `take_in`, for an event that was read before."""
    lock_events(event)
    same = find_same(event)
    if same is not None and same.outcome is not EventOutcome.REFUSED:
        order = get_order(same.order_id) if same.order_id else None
        return Taken(same.order_id, EventOutcome.UNCHANGED, order)
    if event.order is None or event.store is None:
        keep(event, same, outcome=EventOutcome.REFUSED, order_id=None, now=now)
        return Taken(None, EventOutcome.REFUSED, None, event.errors)
    row = db.session.scalar(select(Order).where(Order.external_id == event.order.external_id))
    state_at = _state_at(event.order, received_at=same.received_at if same else now)
    rank = rules.rank_of(state_at, event.order.state, event.key)
    if row is not None and rank <= _rank_of(row):
        _record_consents(event.order, source=event.source, now=now)
        keep(event, same, outcome=EventOutcome.STALE, order_id=row.id, now=now)
        return Taken(row.id, EventOutcome.STALE, get_order(row.id))
    taken = _take(event, event.order, event.store, row, state_at=state_at, now=now)
    keep(event, same, outcome=EventOutcome.TAKEN, order_id=taken.order_id, now=now)
    return taken


def lock_order(order_id: int) -> OrderRow:
    """The order as it is now, held until the end of the transaction: what is given back of it is counted one by one.

    Raises NotFound.
    """
    found = select(Order).where(Order.id == order_id).with_for_update()
    db.session.scalar(found.execution_options(populate_existing=True))
    return get_order(order_id)


def _rank_of(row: Order) -> rules.Rank:
    """By what its newest event said; that everything came back may have been told apart."""
    told = row.state if row.told_rank is None else tuple(OrderState)[row.told_rank]
    return rules.rank_of(row.state_at, told, row.event_key)


def _state_at(order: OrderPayload, *, received_at: datetime) -> datetime:
    return rules.state_moment(_told_at(order), updated_at=order.updated_at, received_at=received_at)


def _told_at(order: OrderPayload) -> datetime:
    return rules.moment_of(
        placed_at=order.placed_at, delivered_at=order.delivered_at, updated_at=order.updated_at
    )


def _take(
    event: Event,
    order: OrderPayload,
    store: StoreRow,
    row: Order | None,
    *,
    state_at: datetime,
    now: datetime,
) -> Taken:
    """The newest event so far: write the order, then say what happened."""
    chain = find_chain()
    language = chain.language if chain else Language.FRENCH
    found = _resolve(order, store, row, language=language, now=now)
    earlier = find_earlier_states(order.external_id) | ({row.state} if row else set())
    new = _snapshot(order, store.id, found.customer_id, currency=chain.currency if chain else "EUR")
    new["state_at"] = state_at
    is_new, placed_at = row is None, row.placed_at if row else None
    if row is None:
        row = Order(external_id=order.external_id, created_at=now)
        db.session.add(row)
    has_changed = _write(row, new, event) | _write_lines(row.id, order.lines)
    if is_new:
        claim_returns(row.id, row.external_id)
    _follow_behaviour(row, order, now=now)
    _record_consents(order, source=event.source, now=now)
    _record_facts(row, frozenset(earlier), is_new=is_new, has_changed=has_changed, now=now)
    if placed_at is not None and placed_at != row.placed_at:
        gone = (int(placed_at.timestamp()),)
        facts.record(OrderRedated(order_id=row.id, store_id=row.store_id, gone=gone), now=now)
    return Taken(row.id, EventOutcome.TAKEN, get_order(row.id), (), found.elsewhere)


def _follow_behaviour(row: Order, order: OrderPayload, *, now: datetime) -> None:
    """The browser it was placed with is the customer's from now on, and the baskets it came from are closed, until it is cancelled."""
    if is_visitor_id(order.visitor_id):
        link_visitors({order.visitor_id: row.customer_id}, now=now)
    if row.state is OrderState.CANCELLED:
        reopen_baskets(row)
    else:
        close_baskets(row, basket_key=order.basket)


def _resolve(
    order: OrderPayload, store: StoreRow, row: Order | None, *, language: Language, now: datetime
) -> Resolved:
    told = order.customer
    details = CustomerDetails(
        email=told.email,
        phone=told.phone,
        title=told.known_title,
        first_name=told.first_name,
        last_name=told.last_name,
        birth_on=told.birth_date,
        postcode=told.postcode,
        country=told.country or store.country,
        company=told.company,
        language=told.known_language or language,
        loyalty_card=told.loyalty_card,
        preferred_store_id=store.id,
    )
    return resolve_customer(details, now=now, likely_id=row.customer_id if row else None)


def _snapshot(order: OrderPayload, store_id: int, customer_id: int, *, currency: str) -> dict[str, Any]:
    """The row as a function of this event and of the returns; `currency` is the chain's, for shops that send none."""
    back = {"total_cents": order.total_cents, "came_back_cents": count_came_back(order.external_id)}
    return {
        "store_id": store_id,
        "customer_id": customer_id,
        "state": rules.settle_state(order.state, **back),
        "told_rank": rules.RANKS[order.state],
        "placed_at": order.placed_at,
        "delivered_at": rules.choose_delivered_at(
            order.state, delivered_at=order.delivered_at, told_at=_told_at(order)
        ),
        "total_cents": order.total_cents,
        "returned_cents": rules.settle_returned(order.returned_cents, **back),
        "told_returned_cents": order.returned_cents,
        "basket_key": order.basket or None,
        "currency": order.currency or currency,
        "promo_codes": list(dict.fromkeys(order.promo_codes)),
    }


def _write(row: Order, new: dict[str, Any], event: Event) -> bool:
    """Bring the row to the event; True when anything but what only the next event asks for is different."""
    has_changed = any(getattr(row, name) != new[name] for name in new.keys() - INNER)
    for name, value in new.items():
        setattr(row, name, value)
    row.event_key = event.key
    db.session.flush()
    return has_changed


def _write_lines(order_id: int, lines: list[LinePayload]) -> bool:
    found = db.session.execute(
        select(OrderLine.sku, OrderLine.name, OrderLine.quantity, OrderLine.unit_price_cents)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position)
    )
    new = [(line.sku, line.name, line.quantity, line.unit_price_cents) for line in lines]
    if [tuple(line) for line in found] == new:
        return False
    db.session.execute(delete(OrderLine).where(OrderLine.order_id == order_id))
    db.session.add_all(
        OrderLine(order_id=order_id, position=position, **line.model_dump())
        for position, line in enumerate(lines, 1)
    )
    db.session.flush()
    return True


def _record_consents(order: OrderPayload, *, source: str, now: datetime) -> None:
    by = Actor(ActorKind.SYSTEM, name=source)
    for consent in order.customer.consents:
        kind, address = _address_for(order, consent)
        record_consent(
            address_kind=kind,
            address=address,
            channel=consent.channel,
            purpose=consent.purpose,
            action=ConsentAction.GIVEN if consent.given else ConsentAction.WITHDRAWN,
            legal_basis=LegalBasis.CONSENT,
            wording=consent.wording,
            wording_version="",
            collection_point=consent.collection_point or source,
            by=by,
            now=now,
            happened_at=consent.at or _told_at(order),
        )


def _address_for(order: OrderPayload, consent: ConsentPayload) -> tuple[AddressKind, str]:
    if REACHED_BY[consent.channel] == "email":
        return AddressKind.MAIL, order.customer.email
    return AddressKind.PHONE, order.customer.phone


def _record_facts(
    row: Order, earlier: frozenset[OrderState], *, is_new: bool, has_changed: bool, now: datetime
) -> None:
    told: list[tuple[type[OrderFact], datetime]] = []
    if is_new:
        told.append((OrderPlaced, row.placed_at))
        if _is_first_order(row):
            told.append((CustomerFirstOrdered, row.placed_at))
    kind = REACHED.get(row.state)
    if kind is not None and row.state not in earlier:
        is_delivery = row.state is OrderState.DELIVERED
        told.append((kind, (row.delivered_at if is_delivery else None) or row.state_at))
    elif has_changed and not is_new:
        told.append((OrderChanged, row.state_at))
    if row.state in PASSED and row.state not in earlier:
        told.append((PASSED[row.state], row.state_at))
    for fact, at in told:
        moment = rules.happened_at(at, now=now)
        facts.record(fact(customer_id=row.customer_id, order_id=row.id, store_id=row.store_id), now=moment)


def _is_first_order(row: Order) -> bool:
    """Decided under a lock on the customer, so that two orders of the same moment are not both the first."""
    if row.state is OrderState.CANCELLED:
        return False
    lock_customer(row.customer_id)
    others = select(Order.id).where(
        Order.customer_id == row.customer_id, Order.id != row.id, Order.state != OrderState.CANCELLED
    )
    if db.session.scalar(others.limit(1)) is not None:
        return False
    told = select(func.count()).select_from(facts.FactRow)
    was_told = told.where(
        facts.FactRow.customer_id == row.customer_id, facts.FactRow.kind == CustomerFirstOrdered.kind()
    )
    return db.session.scalar(was_told) == 0
