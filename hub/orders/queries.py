"""What others look up about orders."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Select, and_, exists, func, literal, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.rules import Buying
from hub.orders.events import read_reason
from hub.orders.models import Order, OrderEvent, OrderLine
from hub.orders.products.models import Product
from hub.orders.rows import LineRow, OrderRow, RefusedEvent
from hub.orders.words import OrderState

__all__ = ["LineRow", "OrderRow", "RefusedEvent"]

AVERAGE_OVER = 5_000
REFUSED_PAGE = 50
HEAD = tuple(getattr(Order, each.name) for each in fields(OrderRow) if each.name != "lines")
LINE = tuple(getattr(OrderLine, each) for each in ("position", "sku", "name", "quantity", "unit_price_cents"))


def get_order(order_id: int) -> OrderRow:
    """Raises NotFound."""
    return _given(_first(select(Order).where(Order.id == order_id)))


def get_orders(order_ids: Collection[int]) -> dict[int, OrderRow]:
    """By id, in two queries; unknown ids are left out."""
    rows = _rows(select(Order).where(among(Order.id, order_ids))) if order_ids else []
    return {row.id: row for row in rows}


def find_order_by_external_id(text: str) -> OrderRow | None:
    """By the order number as the shop or a customer writes it: with or without surrounding spaces and a #."""
    number = text.strip()
    return _first(select(Order).where(Order.external_id.in_({number, number.lstrip("#"), f"#{number}"})))


def find_latest_order(customer_id: int) -> OrderRow | None:
    """The order placed last, whatever its state."""
    return _first(_of_customer(customer_id))


def find_latest_purchase(customer_id: int) -> OrderRow | None:
    """The order placed last of those that are not cancelled."""
    return _first(_of_customer(customer_id).where(_counts()))


def list_customer_orders(
    customer_id: int, limit: int = 20, *, store_ids: Collection[int] | None = None
) -> list[OrderRow]:
    """Newest first, with their lines; only those of `store_ids` when given."""
    statement = _of_customer(customer_id).limit(limit)
    if store_ids is not None:
        statement = statement.where(Order.store_id.in_(store_ids))
    return _rows(statement)


def count_orders(customer_id: int) -> int:
    """Cancelled orders are not counted."""
    counted = select(func.count()).where(Order.customer_id == customer_id, _counts())
    return db.session.scalar(counted) or 0


def get_buying(customer_id: int, *, since: datetime) -> Buying:
    """What the verdict on the card rests on; `since` begins the window of recent orders."""
    recent = func.count().filter(Order.placed_at >= since)
    statement = select(func.count(), recent, func.min(Order.placed_at), func.max(Order.placed_at))
    found = db.session.execute(statement.where(Order.customer_id == customer_id, _counts())).one()
    return Buying(*found)


def has_purchase_since(customer_id: int, since: datetime) -> bool:
    """Whether an order was placed at or after `since` and not cancelled."""
    found = select(Order.id).where(Order.customer_id == customer_id, Order.placed_at >= since, _counts())
    return db.session.scalar(found.limit(1)) is not None


def list_customers_with_purchase_since(
    pairs: Collection[tuple[int, datetime]],
) -> frozenset[tuple[int, datetime]]:
    """Of (customer id, since) those for which `has_purchase_since` holds, in one query."""
    if not pairs:
        return frozenset()
    asked = list(pairs)
    ids = (
        func.unnest(
            literal([customer_id for customer_id, _ in asked], type_=ARRAY(BigInteger())),
            literal([since for _, since in asked], type_=ARRAY(DateTime(timezone=True))),
        )
        .table_valued("customer_id", "since", with_ordinality="position")
        .render_derived()
    )
    bought = exists().where(
        and_(Order.customer_id == ids.c.customer_id, Order.placed_at >= ids.c.since, _counts())
    )
    return frozenset(
        asked[position - 1] for position in db.session.scalars(select(ids.c.position).where(bought))
    )


def get_average_order_cents() -> int:
    """Mean of the last orders told to us, net of returns (5,000 at most, cancelled ones left out); 0 without any."""
    net = (Order.total_cents - Order.returned_cents).label("net_cents")
    last = select(net).where(_counts()).order_by(Order.id.desc()).limit(AVERAGE_OVER).subquery()
    mean = db.session.scalar(select(func.avg(last.c.net_cents)))
    return round(mean) if mean is not None else 0


def get_states(order_ids: Collection[int]) -> dict[int, OrderState]:
    """By id; unknown ids are left out."""
    found = db.session.execute(select(Order.id, Order.state).where(Order.id.in_(set(order_ids))))
    return {row.id: row.state for row in found}


def list_refused_events(after: str | None = None, size: int = REFUSED_PAGE) -> Page[RefusedEvent]:
    """Events that could not be taken, newest first, for administrators."""
    statement = (
        select(OrderEvent)
        .where(OrderEvent.outcome == literal_column("'refused'"))
        .order_by(OrderEvent.received_at.desc(), OrderEvent.id.desc())
        .limit(size + 1)
    )
    if after:
        received_at, event_id = _read_place(after)
        place = tuple_(literal(received_at, DateTime(timezone=True)), literal(event_id, BigInteger()))
        statement = statement.where(tuple_(OrderEvent.received_at, OrderEvent.id) < place)
    rows = [
        RefusedEvent(
            id=row.id,
            source=row.source,
            external_id=row.external_id,
            received_at=row.received_at,
            errors=read_reason(row.reason),
            payload=row.payload,
        )
        for row in db.session.scalars(statement)
    ]
    return make_page(rows, size=size, key=lambda row: (row.received_at, row.id))


def _read_place(after: str) -> tuple[datetime, int]:
    match decode_key(after):
        case [datetime() as received_at, int(event_id)]:
            return received_at, event_id
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))


def count_refused_events() -> int:
    return (
        db.session.scalar(select(func.count()).where(OrderEvent.outcome == literal_column("'refused'"))) or 0
    )


def _counts() -> Any:
    return Order.state != OrderState.CANCELLED


def _of_customer(customer_id: int) -> Select[Any]:
    newest = (Order.placed_at.desc(), Order.id.desc())
    return select(Order).where(Order.customer_id == customer_id).order_by(*newest)


def _first(statement: Select[Any]) -> OrderRow | None:
    found = _rows(statement.limit(1))
    return found[0] if found else None


def _given(row: OrderRow | None) -> OrderRow:
    if row is None:
        raise NotFound(N_("This order does not exist. Please check its number."))
    return row


def _rows(statement: Select[Any]) -> list[OrderRow]:
    orders = db.session.execute(statement.with_only_columns(*HEAD)).mappings().all()
    lines: dict[int, list[LineRow]] = {order["id"]: [] for order in orders}
    found = (
        select(OrderLine.order_id, *LINE, func.coalesce(Product.family, ""))
        .outerjoin(Product, Product.sku == OrderLine.sku)
        .where(among(OrderLine.order_id, lines))
        .order_by(OrderLine.order_id, OrderLine.position)
    )
    for order_id, *line in db.session.execute(found) if lines else ():
        lines[order_id].append(LineRow(*line))
    return [
        OrderRow(**{**order, "promo_codes": tuple(order["promo_codes"])}, lines=tuple(lines[order["id"]]))
        for order in orders
    ]
