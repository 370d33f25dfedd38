"""How a customer would enter a plan: with the last order, the open basket, or on the next day of his own."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.customers.properties import get_properties
from hub.customers.queries import CustomerRow
from hub.orders.behaviour.queries import find_open_basket
from hub.orders.known import Span, list_first_purchases
from hub.orders.queries import find_latest_order
from hub.plans.definitions import Entry
from hub.plans.trying.rows import Lacks, Seed
from hub.plans.words import Trigger
from hub.stores.queries import get_chain

WITH_ORDER = (
    Trigger.ORDER_PLACED,
    Trigger.ORDER_PAID,
    Trigger.ORDER_SHIPPED,
    Trigger.ORDER_READY,
    Trigger.ORDER_DELIVERED,
    Trigger.FIRST_ORDER,
)
DAWN = datetime(1900, 1, 1, tzinfo=UTC)


def seed_of(entry: Entry, customer: CustomerRow, *, on: Trigger | None = None, now: datetime) -> Seed:
    """As if what lets people in (`on`, else the first of the plan) happened to him now; a date on the next such day."""
    on = on if on in entry.on else entry.on[0]
    values: dict[str, Any] = {"trigger": on.value, "since": now.isoformat()}
    if on is Trigger.DATE:
        return _date(entry.params, customer, values, now=now)
    if on is Trigger.BASKET_LEFT:
        basket = find_open_basket(customer.id)
        if basket is None:
            return Seed(anchor_at=now, values=values, lacks=Lacks.BASKET)
        return Seed(anchor_at=now, values=values | {"basket_id": basket.id}, has_basket=True)
    if on in WITH_ORDER or on is Trigger.INACTIVE:
        order = find_latest_order(customer.id)
        if order is None:
            return Seed(anchor_at=now, values=values, lacks=Lacks.ORDER)
        return Seed(anchor_at=now, values=values | {"order_id": order.id}, order=order)
    return Seed(anchor_at=now, values=values)


def _date(params: Mapping[str, Any], customer: CustomerRow, values: dict[str, Any], *, now: datetime) -> Seed:
    source = _find_date(str(params["of"]), customer, now=now)
    if source is None:
        return Seed(anchor_at=now, values=values, lacks=Lacks.DATE)
    zone = ZoneInfo(get_chain().time_zone)
    day_on, entry_on = next_day(source, now.astimezone(zone).date(), is_month=params["at"] == "month_start")
    anchor_at = datetime.combine(entry_on, time(), tzinfo=zone).astimezone(UTC)
    told = {"date_on": day_on.isoformat(), "is_day": True}
    return Seed(anchor_at=anchor_at, values=values | told, day_on=day_on)


def next_day(source: date, today: date, *, is_month: bool) -> tuple[date, date]:
    """The next anniversary of a date, and the day on which the plan is entered: itself or the first of its month."""
    for year in (today.year, today.year + 1):
        day = date(year, source.month, min(source.day, monthrange(year, source.month)[1]))
        entry = day.replace(day=1) if is_month else day
        if entry >= today:
            break
    return day, entry


def _find_date(of: str, customer: CustomerRow, *, now: datetime) -> date | None:
    family, _, key = of.partition(":")
    if family == "property":
        told = get_properties([customer.id]).get(customer.id, {}).get(key)
        return date.fromisoformat(str(told)) if told else None
    if of == "birth_on" and customer.birth_on:
        return customer.birth_on
    if of in {"birth_on", "first_order"}:
        first = list_first_purchases([Span(customer.id, DAWN, now + timedelta(seconds=1))])[0]
        if first is not None:
            return first.date()
    return None if of == "first_order" else customer.created_at.date()
