"""What letters recall of an order and a basket."""

from collections.abc import Sequence
from datetime import datetime

from hub.content.phrases import money_in_words
from hub.core.words import Language
from hub.orders.behaviour.looking_back import BasketThen, look_at_baskets
from hub.orders.behaviour.queries import BasketRow, get_baskets
from hub.orders.items import items_in_words
from hub.orders.queries import OrderRow
from hub.orders.recalling import list_last_orders
from hub.plans.lettering.sheets import Room, Sheet, Values
from hub.plans.passage import Passage
from hub.reviews.links import review_link

REVIEW = frozenset({"product_review_url"})
ORDER = frozenset({"order_number", "order_items", "order_total", "order_day"})
BASKET = frozenset({"basket_items", "basket_url", "basket_total", "basket_cleared_on"})


def recall_orders(sheets: Sequence[Sheet], room: Room) -> Sequence[Values]:
    """The order that began the passage, else the customer's last one; nothing where there is none."""
    without = {sheet.customer_id for sheet in sheets if sheet.passage.order is None}
    last = list_last_orders(without, at=room.now) if without else {}
    found = []
    for sheet in sheets:
        order = sheet.passage.order or last.get(sheet.customer_id)
        found.append(_order_values(order, sheet, room) if order else {})
    return found


def _order_values(order: OrderRow, sheet: Sheet, room: Room) -> Values:
    """The day is the one on which it was handed over: before that there is none to tell. Lines and sums cost words: only
    for letters that show them.
    """
    language, values = sheet.passage.language, {"order_number": order.external_id}
    if "order_items" in sheet.names:
        values["order_items"] = items_in_words(order.lines, language)
    if "order_total" in sheet.names:
        values["order_total"] = money_in_words(order.total_cents, order.currency, language)
    if order.delivered_at and order.delivered_at <= room.now:
        values["order_day"] = room.day_in_words(order.delivered_at, language)
    return values


def link_to_reviews(sheets: Sequence[Sheet], room: Room) -> Sequence[Values]:
    """The form of each product of the order that began the passage; no link without one."""
    return [
        {"product_review_url": review_link(order.id, now=room.now)} if (order := sheet.passage.order) else {}
        for sheet in sheets
    ]


def recall_baskets(sheets: Sequence[Sheet], room: Room) -> Sequence[Values]:
    """The basket that began the passage, as it was left."""
    touches = {place: _touch_of(sheet.passage) for place, sheet in enumerate(sheets)}
    pairs = {touch for touch in touches.values() if touch}
    seen = look_at_baskets(pairs, at=room.now) if pairs else {}
    rows = get_baskets({basket_id for basket_id, _ in pairs})
    found: list[Values] = []
    for place, sheet in enumerate(sheets):
        touch = touches[place]
        then = seen.get(touch) if touch else None
        row = rows.get(then.basket_id) if then else None
        found.append(_basket_values(then, row, sheet.passage.language, room) if then and row else {})
    return found


def _touch_of(passage: Passage) -> tuple[int, datetime] | None:
    """The touch that let the customer in."""
    values = passage.enrolment.values
    since = values.get("since")
    touched_at = datetime.fromisoformat(since) if since else passage.enrolment.anchor_at
    return (int(values["basket_id"]), touched_at) if values.get("basket_id") else None


def _basket_values(then: BasketThen, row: BasketRow, language: Language, room: Room) -> Values:
    return {
        "basket_items": items_in_words(row.lines, language),
        "basket_total": money_in_words(then.total_cents, then.currency, language),
        "basket_url": then.checkout_url or room.chain.website_url or "",
        "basket_cleared_on": room.day_in_words(then.clears_at, language),
    }
