"""When what an order brought wants the next thing: the end of a product's cycle or life, which steps may count from."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hub.orders.products.queries import get_products
from hub.orders.products.rows import ProductRow
from hub.orders.queries import OrderRow

DUE_BY = "due_by"
CYCLE, LIFE = "cycle", "life"
DAY = timedelta(days=1)


def list_end_days(orders: Iterable[OrderRow], by: str, *, time_zone: str) -> dict[int, date]:
    """By order the first day after the cycle (or life) of its dearest product that has one; others are left out.

    Counted, as recommendations count it, from the moment the order was placed.
    """
    asked = list(orders)
    skus = {line.sku for order in asked for line in order.lines if line.sku}
    products = get_products(skus) if skus else {}
    zone = ZoneInfo(time_zone)
    found = {}
    for order in asked:
        if days := _days_of(order, products, by):
            found[order.id] = (order.placed_at + timedelta(days=days)).astimezone(zone).date() + DAY
    return found


def _days_of(order: OrderRow, products: Mapping[str, ProductRow], by: str) -> int | None:
    for line in sorted(order.lines, key=lambda line: -line.unit_price_cents):
        product = products.get(line.sku)
        days = (product.cycle_days if by == CYCLE else product.life_days) if product else None
        if days:
            return days
    return None
