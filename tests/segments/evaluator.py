"""What a condition says of a person of the small base, in plain Python: the other opinion beside the SQL."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.core.text import fold
from hub.orders.behaviour.words import BasketState
from hub.orders.words import OrderState
from hub.outbox.words import MessageState
from hub.segments.conditions.tree import Condition
from hub.segments.conditions.words import Kind, Source, Test
from tests.conftest import TUESDAY
from tests.segments.small_base import FAMILIES, Base, Person

PARIS = ZoneInfo("Europe/Paris")
TODAY = TUESDAY.astimezone(PARIS).date()


def says(person: Person, each: Condition, base: Base) -> bool:
    """Before the condition's own negation."""
    group = each.field.key.partition(".")[0].partition(":")[0]
    return OPINIONS[group](person, each, base)


def in_period(moment: datetime, each: Condition) -> bool:
    period = each.period
    if period is None:
        return True
    if period.last_days is not None:
        return moment >= TUESDAY - timedelta(days=period.last_days)
    day = moment.astimezone(PARIS).date()
    return (period.first_on or date.min) <= day <= (period.last_on or date.max)


def number_test(value: Any, each: Condition) -> bool:
    if value is None:
        return False
    if each.test is Test.EVER:
        return bool(value > 0)
    if each.test is Test.NEVER:
        return bool(value == 0)
    first, last = each.values[0], each.values[-1]
    known = {Test.AT_LEAST: value >= first, Test.AT_MOST: value <= first, Test.EXACTLY: value == first}
    return bool(known.get(each.test, first <= value <= last))


def day_test(value: datetime | date | None, each: Condition) -> bool:
    if value is None:
        return False
    is_moment = isinstance(value, datetime)
    day = value.astimezone(PARIS).date() if isinstance(value, datetime) else value
    if each.test in {Test.IN_LAST, Test.BEFORE_LAST, Test.IN_NEXT}:
        now = TUESDAY if is_moment else TODAY
        away = timedelta(days=int(str(each.values[0])))
        if each.test is Test.IN_LAST:
            return bool(value >= now - away and (is_moment or value <= now))
        return bool(value < now - away) if each.test is Test.BEFORE_LAST else bool(now <= value <= now + away)
    first, last = each.values[0], each.values[-1]
    lowest = date.min if each.test is Test.UNTIL else first
    return bool(lowest <= day <= (date.max if each.test is Test.SINCE else last))


def text_test(value: str | None, each: Condition) -> bool:
    if each.test is Test.EMPTY:
        return not value
    if value is None:
        return False
    given, plain = [str(one).lower() for one in each.values], value.lower()
    if each.test is Test.ONE_OF:
        return plain in given
    return any(plain.startswith(one) if each.test is Test.BEGINS_WITH else one in plain for one in given)


def of_customer(person: Person, each: Condition, _base: Base) -> bool:
    row, name = person.row, each.field.key.partition(".")[2]
    born: date | None = row["birth_on"]
    if name == "name":
        return of_name(row, each)
    if name in {"country", "postcode", "town", "company"}:
        return text_test(row[name], each)
    if name in {"title", "language"}:
        return getattr(row[name], "value", None) in each.values
    if name == "age":
        had = born and (TODAY.month, TODAY.day) >= (born.month, born.day)
        return number_test(TODAY.year - born.year - (not had) if born else None, each)
    if name == "birthday":
        return born is not None and of_birthday(born, int(str(each.values[0])))
    came = bool(person.imports & set(map(str, each.values)))
    has = {**dict.fromkeys(person.kinds, True), "card": person.has_card, "import": came}
    return day_test(row["created_at"], each) if name == "created" else has.get(name, False)


def of_name(row: dict[str, Any], each: Condition) -> bool:
    is_named = bool(row["first_name"] or row["last_name"])
    if each.test is Test.EMPTY:
        return not is_named
    given = [fold(str(one)) for one in each.values]
    if each.test is Test.BEGINS_WITH:
        return is_named and any(row["sort_key"].startswith(one) for one in given)
    return is_named and any(all(word in row["sort_key"] for word in one.split()) for one in given)


def of_birthday(born: date, days: int) -> bool:
    for number in range(min(days, 365) + 1):
        day = TODAY + timedelta(days=number)
        is_leap = day.year % 4 == 0
        shown = (2, 28) if (born.month, born.day) == (2, 29) and not is_leap else (born.month, born.day)
        if (day.month, day.day) == shown:
            return True
    return False


def of_property(person: Person, each: Condition, _base: Base) -> bool:
    value = person.row["properties"].get(each.field.key.partition(":")[2])
    match each.field.kind:
        case Kind.FLAG:
            return value is True
        case Kind.CHOICE:
            return value in each.values
        case Kind.NUMBER:
            return number_test(value if isinstance(value, int | float) else None, each)
        case Kind.DAY:
            return day_test(date.fromisoformat(value) if value else None, each)
    return text_test(value, each)


def of_store(person: Person, each: Condition, base: Base) -> bool:
    store = person.row["preferred_store_id"]
    value = store if each.field.key == "store.preferred" else base.regions.get(store)
    return str(value) in each.values


def narrowed(each: Condition, **values: Any) -> bool:
    """Whether a row fits what narrows the condition."""
    return all(str(values[source.value]) in chosen for source, chosen in each.only)


def orders_of(person: Person, each: Condition, base: Base) -> list[dict[str, Any]]:
    states = each.narrowed_to(Source.ORDER_STATE)
    return [
        order
        for order in person.orders
        if (states or order["state"] is not OrderState.CANCELLED)
        and in_period(order["placed_at"], each)
        and any(
            narrowed(
                each,
                store=order["store_id"],
                region=base.regions[order["store_id"]],
                order_state=order["state"].value,
                sku=sku,
                family=FAMILIES.get(sku, ("", ""))[0],
                range=FAMILIES.get(sku, ("", ""))[1],
            )
            for sku in order["skus"]
        )
    ]


def of_order(person: Person, each: Condition, base: Base) -> bool:
    name = each.field.key.partition(".")[2]
    if name == "promo":
        used = [one for one in person.promos if one["is_valid"] and in_period(one["at"], each)]
        return number_test(len([one for one in used if narrowed(each, pool=one["pool"])]), each)
    orders = orders_of(person, each, base)
    net = sum(order["total_cents"] - order["returned_cents"] for order in orders)
    moments = [order["placed_at"] for order in orders]
    match name:
        case "net":
            return number_test(net, each)
        case "average":
            return number_test(net / len(orders) if orders else None, each)
        case "last":
            return day_test(max(moments, default=None), each)
        case "first":
            return day_test(min(moments, default=None), each)
    return number_test(len(orders), each)


def of_visit(person: Person, each: Condition, _base: Base) -> bool:
    seen = [
        one
        for one in person.visits
        if in_period(one["at"], each)
        and any(
            narrowed(each, visit_kind=one["kind"].value, sku=one["sku"], family=family)
            for family in (one["family"], FAMILIES.get(one["sku"], (None,))[0])
        )
    ]
    return number_test(len(seen), each)


def of_basket(person: Person, each: Condition, _base: Base) -> bool:
    left = [
        one
        for one in person.baskets
        if one["state"] is BasketState.OPEN
        and one["sku"]
        and in_period(one["at"], each)
        and narrowed(each, sku=one["sku"])
    ]
    return number_test(len(left), each)


def of_message(person: Person, each: Condition, _base: Base) -> bool:
    name, count = each.field.key.partition(".")[2], 0
    for one in person.messages:
        fits = narrowed(
            each, template=one["template"], purpose=one["purpose"].value, channel=one["channel"].value
        )
        moments = {
            "sent": [one["at"]] if one["state"] is MessageState.DELIVERED else [],
            "opened": [one["opened"]] if one["opened"] else [],
            "clicked": one["clicked"],
        }[name]
        count += fits and any(in_period(moment, each) for moment in moments)
    return number_test(count, each)


def of_fact(person: Person, each: Condition, _base: Base) -> bool:
    kind = {
        "answers.given": "SurveyAnswered", "tickets.opened": "TicketOpened",
        "tickets.rated": "TicketRated",
    }.get(each.field.key)  # fmt: skip
    if each.field.key == "tickets.open":
        return bool(person.open_tickets)
    if kind is None:
        return person.has_grievance
    mine = [
        one
        for one in person.facts
        if one["kind"] == kind
        and not one["is_gone"]
        and in_period(one["at"], each)
        and narrowed(each, score=one["score"], store=one["store_id"], ticket_channel=one["channel"])
    ]
    return number_test(len(mine), each)


SCORES = {
    "rfm": "rfm_segment",
    "churn": "churn_points",
    "historic": "historic_cents",
    "predicted": "predicted_cents",
}


def of_value(person: Person, each: Condition, _base: Base) -> bool:
    name = each.field.key.partition(".")[2]
    value = (person.score or {}).get(SCORES.get(name, name))
    if each.field.kind is Kind.CHOICE:
        return value is not None and str(value) in each.values
    return number_test(value, each)


def of_consent(person: Person, each: Condition, _base: Base) -> bool:
    channels, purposes = each.narrowed_to(Source.CHANNEL), each.narrowed_to(Source.PURPOSE)
    return all(any((way, purpose) in person.consents for way in channels) for purpose in purposes)


OPINIONS: dict[str, Callable[[Person, Condition, Base], bool]] = {
    "customer": of_customer,
    "property": of_property,
    "store": of_store,
    "orders": of_order,
    "products": of_order,
    "visits": of_visit,
    "baskets": of_basket,
    "messages": of_message,
    "answers": of_fact,
    "tickets": of_fact,
    "value": of_value,
    "consents": of_consent,
    "segments": lambda person, _each, _base: person.is_kept,
}
