"""What letters recommend: products by the kind of letter, never one that the customer owns."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from hub.content.listing import MOST_PRODUCTS, Suggestion, product_values
from hub.orders.products.recommending import Recommended, Why, recommend, recommend_second_purchase
from hub.orders.rows import OrderRow
from hub.plans.lettering.sheets import Room, Sheet, Values, rounds

PRODUCTS = frozenset(
    {f"product_{number}_name" for number in range(1, MOST_PRODUCTS + 1)} | {"owned_name", "owned_day"}
)
RECOMMENDED: Mapping[str, tuple[Why, ...]] = {
    "cross_sell": (Why.COMPLEMENT,),
    "up_sell": (Why.BETTER_RANGE,),
    "cross_sell_reminder": (Why.COMPLEMENT, Why.BETTER_RANGE),
    "replenishment": (Why.NEXT_OF_CYCLE,),
    "second_purchase_standard": (Why.SECOND_STANDARD,),
    "second_purchase_premium": (Why.SECOND_PREMIUM,),
}
BY_HISTORY = (Why.COMPLEMENT, Why.BETTER_RANGE, Why.SECOND_STANDARD)
"""Of every other letter that shows products, those of the chain's own included."""
ANY_AMOUNT, NO_AMOUNT = 2**62, -1


def recommend_products(sheets: Sequence[Sheet], room: Room) -> Sequence[Values]:
    """Letters of one kind share their look-ups."""
    kinds: dict[tuple[Why, ...], list[int]] = defaultdict(list)
    for place, sheet in enumerate(sheets):
        kinds[_whys_of(sheet)].append(place)
    found: list[Values] = [{} for _ in sheets]
    for whys, places in kinds.items():
        mine = [sheets[place] for place in places]
        for part in rounds(mine):
            chosen = _choose([sheet for _, sheet in part], whys, room)
            for place, sheet in part:
                products = chosen.get(sheet.customer_id, ())
                found[places[place]] = _values(products, sheet, room)
    return found


def _whys_of(sheet: Sheet) -> tuple[Why, ...]:
    """As the step says, else as its letter does."""
    if said := sheet.passage.step.details.get("recommend"):
        return (Why(said),)
    return RECOMMENDED.get(sheet.template.key, BY_HISTORY)


def _choose(
    sheets: Sequence[Sheet], whys: tuple[Why, ...], room: Room
) -> Mapping[int, tuple[Recommended, ...]]:
    """A renewal looks at all he bought: something of the same family may be newer than the order.

    The letter says which range a second purchase is of: the plan chose it by the amount.
    """
    ids = [sheet.customer_id for sheet in sheets]
    if whys == (Why.SECOND_PREMIUM,):
        return recommend_second_purchase(ids, at=room.now, average_cents=NO_AMOUNT)
    if whys == (Why.SECOND_STANDARD,):
        return recommend_second_purchase(ids, at=room.now, average_cents=ANY_AMOUNT)
    if whys == (Why.RENEWAL,):
        return recommend(ids, whys, at=room.now)
    orders = {sheet.customer_id: sheet.passage.order.id for sheet in sheets if sheet.passage.order}
    return recommend(ids, whys, at=room.now, orders=orders)


def _values(products: Sequence[Recommended], sheet: Sheet, room: Room) -> Values:
    if not products:
        return {}
    language = sheet.passage.language.value
    shown = [Suggestion(each.product.name, each.product.price_cents, each.product.url) for each in products]
    values = product_values(shown, currency=room.chain.currency, language=language)
    order = sheet.passage.order
    return values | (_owned(products[0].because_sku, order, language, room) if order else {})


def _owned(sku: str, order: OrderRow, language: str, room: Room) -> Values:
    """The bought product that the first recommendation follows from."""
    name = next((" ".join(line.name.split()) for line in order.lines if line.sku == sku), "")
    if not name:
        return {}
    day = room.day_in_words(order.delivered_at, language) if order.delivered_at else ""
    return {"owned_name": name, "owned_day": day}
