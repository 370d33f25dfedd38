"""Conditions on a customer's own row, addresses and ids, and on the properties of the chain."""

import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Numeric, and_, case, cast, func, literal, or_, select

from hub.core.text import fold
from hub.customers.imports.people import PERSON, people_of
from hub.customers.models import Address, Customer, ExternalId
from hub.customers.words import AddressKind
from hub.segments.compiling.frame import (
    Column,
    Frame,
    Members,
    Truth,
    compare,
    days_of,
    numbers,
    texts,
)
from hub.segments.conditions.fields import PREFIX
from hub.segments.conditions.tree import Condition, Value
from hub.segments.conditions.words import Kind, Test
from hub.stores.models import Store

LEAP_YEAR = 2024
YEAR_DAYS = 365
LAST_OF_FEBRUARY = 228
LEAP_DAY = 229
CARD = "loyalty_card"
Answer = Truth | Members


def known(truth: Truth) -> Truth:
    """What is not known does not hold."""
    return func.coalesce(truth, literal(value=False))


def text_test(column: Column, each: Condition) -> Truth:
    """Without regard to case, as far as the database knows it; nothing is known of an empty text but that it is empty."""
    if each.test is Test.EMPTY:
        return func.coalesce(column, "") == ""
    plain = func.lower(column)
    if each.test is Test.ONE_OF:
        return known(or_(*(plain == func.lower(str(value)) for value in each.values)))
    tests = []
    for value in each.values:
        given = _escaped(str(value))
        pattern = f"{given}%" if each.test is Test.BEGINS_WITH else f"%{given}%"
        tests.append(plain.like(func.lower(pattern), escape="\\"))
    return known(or_(*tests))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _name(each: Condition, _frame: Frame) -> Answer:
    is_named = or_(Customer.first_name != "", Customer.last_name != "")
    if each.test is Test.EMPTY:
        return ~is_named
    key = Customer.sort_key
    if each.test is Test.BEGINS_WITH:
        begins = (key.like(f"{_escaped(fold(str(value)))}%", escape="\\") for value in each.values)
        return and_(is_named, or_(*begins))
    return and_(is_named, or_(*(_has_words(key, value) for value in each.values)))


def _has_words(key: Column, value: Value) -> Truth:
    words = fold(str(value)).split()
    return and_(*(key.like(f"%{_escaped(word)}%", escape="\\") for word in words))


def _age(each: Condition, frame: Frame) -> Answer:
    """In whole years, on the calendar of the chain."""
    first, last = float(str(each.values[0])), float(str(each.values[-1]))
    least = math.ceil(first) if each.test is not Test.AT_MOST else None
    most = math.floor(last) if each.test is not Test.AT_LEAST else None
    born: list[Truth] = [Customer.birth_on.is_not(None)]
    if least is not None:
        born.append(Customer.birth_on <= _years_before(frame.today, least))
    if most is not None:
        born.append(Customer.birth_on > _years_before(frame.today, most + 1))
    return known(and_(*born))


def _years_before(today: date, years: int) -> date:
    year = today.year - years
    if year < 1:
        return date.min
    if year > date.max.year:
        return date.max
    is_leap_day = (today.month, today.day) == (2, 29)
    try:
        return today.replace(year=year)
    except ValueError:
        return date(year, 2, 28) if is_leap_day else today


def _birthday(each: Condition, frame: Frame) -> Answer:
    """From today on; who was born on 29 February has the 28th in other years."""
    days = min(int(str(each.values[0])), YEAR_DAYS)
    ahead = [frame.today + timedelta(days=number) for number in range(days + 1)]
    wanted = {day.month * 100 + day.day for day in ahead}
    if any((day.month, day.day) == (2, 28) and not _is_leap(day.year) for day in ahead):
        wanted.add(LEAP_DAY)
    born = Customer.birth_on
    day = func.date_part("month", born) * 100 + func.date_part("day", born)
    return known(day == numbers(sorted(wanted)))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _has_address(kind: AddressKind) -> Callable[[Condition, Frame], Answer]:
    def has(_each: Condition, frame: Frame) -> Answer:
        mine = (Address.kind == kind, *frame.bounds.keep(Address.customer_id))
        return Members(select(Address.customer_id).where(*mine).group_by(Address.customer_id))

    return has


def _card(_each: Condition, frame: Frame) -> Answer:
    mine = (ExternalId.source == CARD, *frame.bounds.keep(ExternalId.customer_id))
    return Members(select(ExternalId.customer_id).where(*mine).group_by(ExternalId.customer_id))


def _import(each: Condition, frame: Frame) -> Answer:
    people = people_of([int(str(value)) for value in each.values])
    return Members(people.where(*frame.bounds.keep(PERSON)))


def _region(each: Condition, _frame: Frame) -> Answer:
    stores = select(Store.id).where(Store.region_id == numbers(each.values))
    return known(Customer.preferred_store_id.in_(stores))


def _text(column: Any) -> Callable[[Condition, Frame], Answer]:
    return lambda each, _frame: text_test(column, each)


OF_CUSTOMERS: Mapping[str, Callable[[Condition, Frame], Answer]] = {
    "customer.name": _name,
    "customer.title": lambda each, _frame: known(Customer.title == texts(each.values)),
    "customer.language": lambda each, _frame: Customer.language == texts(each.values),
    "customer.country": _text(Customer.country),
    "customer.postcode": _text(Customer.postcode),
    "customer.town": _text(Customer.town),
    "customer.company": _text(Customer.company),
    "customer.birthday": _birthday,
    "customer.age": _age,
    "customer.created": lambda each, frame: frame.is_at(Customer.created_at, each),
    "customer.mail": _has_address(AddressKind.MAIL),
    "customer.phone": _has_address(AddressKind.PHONE),
    "customer.card": _card,
    "customer.import": _import,
    "store.preferred": lambda each, _frame: known(Customer.preferred_store_id == numbers(each.values)),
    "store.region": _region,
}


def of_property(each: Condition, frame: Frame) -> Truth:
    """A value of another kind than the property's is as if it were not there."""
    key = each.field.key.removeprefix(PREFIX)
    value = Customer.properties[key]
    match each.field.kind:
        case Kind.FLAG:
            return _holds({key: True})
        case Kind.CHOICE:
            return or_(*(_holds({key: str(one)}) for one in each.values))
        case Kind.NUMBER:
            is_number = func.jsonb_typeof(value) == "number"
            return known(compare(case((is_number, cast(value.astext, Numeric))), each))
        case Kind.DAY:
            return known(_day_test(value.astext, each, frame))
    return text_test(value.astext, each)


def _holds(pair: dict[str, Any]) -> Truth:
    truth: Truth = Customer.properties.contains(pair)
    return truth


def _day_test(column: Column, each: Condition, frame: Frame) -> Truth:
    """ISO days compare as text does."""
    today = frame.today
    match each.test:
        case Test.IN_LAST:
            return column.between(_iso(today, each, -1), today.isoformat())
        case Test.BEFORE_LAST:
            return column < _iso(today, each, -1)
        case Test.IN_NEXT:
            return column.between(today.isoformat(), _iso(today, each, 1))
    first, last = days_of(each)
    ends = [column >= first.isoformat()] if first else []
    return and_(*ends, *([column <= last.isoformat()] if last else []))


def _iso(today: date, each: Condition, sign: int) -> str:
    return (today + sign * timedelta(days=int(str(each.values[0])))).isoformat()
