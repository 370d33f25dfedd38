"""Whose day of the year it is: a birth date, else the first order's or the registration's, or a date property."""

from calendar import isleap, monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, TextClause, text

from hub.core.db import db
from hub.plans.entering import Newcomer
from hub.plans.occurring.legs import DAY, HERE, Leg, Stretch, midnight

BIRTH, FIRST_ORDER, REGISTERED, PROPERTY = "birth_on", "first_order", "registered", "property:"
MONTH_START = "month_start"
FEBRUARY, LAST_OF_FEBRUARY = 2, 28
BEFORE_ALL = "-infinity"

_KNOWN = f"{HERE} AND (c.archived_at IS NULL OR c.archived_at > :moment)"
_COUNTED = "o.placed_at <= :moment AND NOT (o.state = 'cancelled' AND o.state_at <= :moment)"
# A customer at a time: the planner would else hash all orders of the base for each page.
_HAS_ORDERED = f"((SELECT o.id FROM orders o WHERE o.customer_id = c.id AND {_COUNTED} LIMIT 1) IS NOT NULL)"  # noqa: S608 - our own words
# Somebody nobody knew by then has no day; a history that came in one file has its past all the same.
_WAS_THERE = f"(c.created_at <= :moment OR {_HAS_ORDERED})"
_IN_TIME = """
    {at} >= :begin AND {at} < :end AND ({at}, {id}) > (CAST(:after_key AS timestamptz), CAST(:after_id AS bigint))
"""
_BIRTH_KEY = "(EXTRACT(MONTH FROM c.birth_on)::int * 100 + EXTRACT(DAY FROM c.birth_on)::int)"
_BORN = text(f"""
    SELECT c.id AS customer_id, {_BIRTH_KEY} AS key, c.id, {_BIRTH_KEY} AS month_day FROM customers c
    WHERE {_BIRTH_KEY} >= :first AND {_BIRTH_KEY} <= :last AND ({_BIRTH_KEY}, c.id) > (:after_key, :after_id)
        AND c.birth_on IS NOT NULL AND EXTRACT(YEAR FROM c.birth_on) < :year AND {_KNOWN} AND {_WAS_THERE}
    ORDER BY {_BIRTH_KEY}, c.id LIMIT :limit
""")  # noqa: S608 - put together from constants
_ORDERED = f"""
    SELECT c.id AS customer_id, o.placed_at AS key, o.id, to_char(o.placed_at AT TIME ZONE :zone, 'MMDD')::int AS month_day
    FROM orders o JOIN customers c ON c.id = o.customer_id
    WHERE {_IN_TIME.format(at="o.placed_at", id="o.id")} AND {_COUNTED} AND {_KNOWN} AND {{who}}
        AND NOT EXISTS (SELECT FROM orders first WHERE first.customer_id = c.id
            AND (first.placed_at, first.id) < (o.placed_at, o.id)
            AND NOT (first.state = 'cancelled' AND first.state_at <= :moment))
    ORDER BY o.placed_at, o.id LIMIT :limit
"""  # noqa: S608 - put together from constants
_CAME = f"""
    SELECT c.id AS customer_id, c.created_at AS key, c.id, to_char(c.created_at AT TIME ZONE :zone, 'MMDD')::int AS month_day
    FROM customers c WHERE {_IN_TIME.format(at="c.created_at", id="c.id")} AND {_KNOWN} AND {{who}}
    ORDER BY c.created_at, c.id LIMIT :limit
"""  # noqa: S608 - put together from constants
_UNBORN = "c.birth_on IS NULL"
_GIVEN = text(f"""
    SELECT c.id AS customer_id, 0 AS key, c.id,
        replace(right(c.properties ->> :property, 5), '-', '')::int AS month_day FROM customers c
    WHERE c.id > :after_id AND c.properties ? :property
        AND c.properties ->> :property ~ '^\\d{{4}}-\\d\\d-\\d\\d$' AND left(c.properties ->> :property, 4)::int <= :year
        AND right(c.properties ->> :property, 5) BETWEEN :first AND :last AND {_KNOWN} AND {_WAS_THERE}
    ORDER BY c.id LIMIT :limit
""")  # noqa: S608 - put together from constants
_BY_YEAR: Mapping[str, tuple[tuple[str, TextClause], ...]] = {
    FIRST_ORDER: ((FIRST_ORDER, text(_ORDERED.format(who="true"))),),
    REGISTERED: ((REGISTERED, text(_CAME.format(who="true"))),),
    BIRTH: (
        (FIRST_ORDER, text(_ORDERED.format(who=_UNBORN))),
        (REGISTERED, text(_CAME.format(who=f"{_UNBORN} AND NOT {_HAS_ORDERED}"))),
    ),
}
_OLDEST = text("SELECT least((SELECT min(placed_at) FROM orders), (SELECT min(created_at) FROM customers))")


def list_dates(params: Mapping[str, Any], stretch: Stretch) -> list[Leg]:
    """On the day itself, or on the first of its month, where `at` says so: `birthday:<year>`, `<property>:<year>`.

    29 February is kept on the 28th where there is none. A property's own day counts too, as for the end of a contract.
    """
    days = stretch.days
    if params["at"] == MONTH_START:
        days = [day for day in days if day.day == 1]
    oldest = _find_oldest(stretch) if days else None
    return [leg for day in days for leg in _legs_of(day, params, stretch, oldest)]


def _find_oldest(stretch: Stretch) -> int | None:
    moment: datetime | None = db.session.scalar(_OLDEST)
    return moment.astimezone(stretch.zone).year if moment else None


def _legs_of(day: date, params: Mapping[str, Any], stretch: Stretch, oldest: int | None) -> Iterator[Leg]:
    of: str = params["of"]
    last = (
        date(day.year, day.month, monthrange(day.year, day.month)[1]) if params["at"] == MONTH_START else day
    )
    common = {"moment": stretch.knows(midnight(day, stretch.zone)), "year": day.year}
    tell = _teller(day, stretch)
    if of.startswith(PROPERTY):
        first, until = f"{day:%m-%d}", f"{_month_day(last) // 100:02}-{_month_day(last) % 100:02}"
        given = {**common, "property": of.removeprefix(PROPERTY), "first": first, "last": until}
        yield Leg((day.isoformat(), of), _GIVEN, given, tell(of), 0)
        return
    if of == BIRTH:
        given = {**common, "first": day.month * 100 + day.day, "last": _month_day(last)}
        yield Leg((day.isoformat(), BIRTH), _BORN, given, tell(BIRTH), 0)
    for year in range(oldest or day.year, day.year):
        for name, statement in _BY_YEAR[of]:
            given = {**_range_of(day, last, year, stretch), **common, "zone": stretch.zone.key}
            yield Leg((day.isoformat(), name, str(year)), statement, given, tell(name), BEFORE_ALL)


def _month_day(last: date) -> int:
    """The last month and day whose anniversary is on this day: 229 for 28 February of a year without a 29th."""
    is_short = (last.month, last.day) == (FEBRUARY, LAST_OF_FEBRUARY) and not isleap(last.year)
    return last.month * 100 + last.day + is_short


def _range_of(first: date, last: date, year: int, stretch: Stretch) -> dict[str, Any]:
    """The same days of an earlier year, as moments; nothing for 29 February of a year that has none."""
    begin = _in_year(first.month * 100 + first.day, year)
    until = _month_day(last)
    end = _in_year(until, year)
    has_last = isleap(year) or until != FEBRUARY * 100 + LAST_OF_FEBRUARY + 1
    return {
        "begin": midnight(begin, stretch.zone),
        "end": midnight(end + DAY if has_last else end, stretch.zone),
    }


def _in_year(month_day: int, year: int) -> date:
    """That day; 1 March for 29 February of a year that has none."""
    month, day = divmod(month_day, 100)
    return date(year, month, day) if day <= monthrange(year, month)[1] else date(year, month + 1, 1)


def anniversary(month_day: int, year: int) -> date:
    """The day in a year; 28 February for a 29th that the year has not."""
    month, day = divmod(month_day, 100)
    return date(year, month, min(day, monthrange(year, month)[1]))


def _teller(day: date, stretch: Stretch) -> Callable[[str], Callable[[Row[Any]], Newcomer]]:
    """Says which date it was: a word of `of`."""

    def of(name: str) -> Callable[[Row[Any]], Newcomer]:
        key = name.removeprefix(PROPERTY) if name.startswith(PROPERTY) else "birthday"

        def tell(row: Row[Any]) -> Newcomer:
            values = {
                "date_on": anniversary(row.month_day, day.year).isoformat(),
                "anniversary_of": name,
                "is_day": True,
            }
            return Newcomer(
                customer_id=row.customer_id,
                entry_key=f"{key}:{day.year}",
                anchor_at=midnight(day, stretch.zone),
                values=values,
            )

        return tell

    return of
