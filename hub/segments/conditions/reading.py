"""A tree as JSON and back: version 1. What cannot be used is refused in words, with the place it stands at."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.segments.conditions.fields import CLOSED, IDS, Catalog, Field
from hub.segments.conditions.tree import Condition, Group, Node, Period, Value, depth_of
from hub.segments.conditions.words import Kind, Match, Source, Test

VERSION = 1
MOST_CONDITIONS = 40
MOST_DEPTH = 5
MOST_VALUES = 200
LONGEST_VALUE = 200
MOST_DAYS = 36_500
MOST_AMOUNT = 10**12
ID_DIGITS = 18
Place = tuple[int, ...]

LISTED = frozenset({Test.ONE_OF, Test.CONTAINS, Test.BEGINS_WITH})
BARE = frozenset({Test.YES, Test.EMPTY, Test.EVER, Test.NEVER})
COUNTED_BACK = frozenset({Test.IN_LAST, Test.BEFORE_LAST, Test.IN_NEXT})
YEAR = 366


def read_tree(document: object, catalog: Catalog) -> Group:
    """The tree of a document {"version": 1, "root": group}. Raises Invalid; `field` is the place, such as `root.0.2`."""
    if not isinstance(document, Mapping) or document.get("version") != VERSION:
        raise Invalid(N_("This is not a segment of version 1. Please build it again."), field="root")
    counted = [0]
    root = _read_node(document.get("root"), catalog, (), counted)
    if not isinstance(root, Group):
        raise Invalid(N_("A segment begins with a group. Please build it again."), field="root")
    if depth_of(root) > MOST_DEPTH:
        raise Invalid(N_("Groups stand at most 5 deep. Please take one out."), field="root")
    return root


def _read_node(given: object, catalog: Catalog, place: Place, counted: list[int]) -> Node:
    if not isinstance(given, Mapping):
        raise Invalid(
            N_("A part of the segment cannot be read. Please build it again."), field=name_of(place)
        )
    if "match" not in given:
        counted[0] += 1
        if counted[0] > MOST_CONDITIONS:
            raise Invalid(N_("A segment has at most 40 conditions. Please take one out."), field="root")
        return read_condition(given, catalog, place)
    parts = given.get("parts")
    if given["match"] not in set(Match) or not isinstance(parts, list) or len(place) > MOST_DEPTH:
        raise Invalid(
            N_("A group of the segment cannot be read. Please build it again."), field=name_of(place)
        )
    read = (_read_node(part, catalog, (*place, number), counted) for number, part in enumerate(parts))
    return Group(Match(given["match"]), tuple(read))


def name_of(place: Place) -> str:
    """Where a part stands, for an error: `root.0.2`."""
    return ".".join(["root", *map(str, place)])


def read_condition(given: Mapping[str, Any], catalog: Catalog, place: Place = ()) -> Condition:
    """One condition {"field", "test", "value", "within", "only", "not"}. Raises Invalid."""
    at = name_of(place)
    field = catalog.get(str(given.get("field")))
    if field is None:
        raise Invalid(
            N_("Nothing is known as “%(name)s”. Please choose another field."),
            field=at,
            name=str(given.get("field"))[:LONGEST_VALUE],
        )
    test = given.get("test")
    if test not in {each.value for each in field.tests}:
        raise Invalid(N_("Please choose how “%(name)s” is compared."), field=at, name=field.label)
    if not isinstance(given.get("not", False), bool):
        raise Invalid(N_("A part of the segment cannot be read. Please build it again."), field=at)
    return Condition(
        field,
        Test(test),
        _read_values(given.get("value"), field, Test(test), at),
        _read_period(given.get("within"), field, at),
        _read_only(given.get("only"), field, at),
        is_negated=given.get("not", False),
    )


def _read_values(given: object, field: Field, test: Test, at: str) -> tuple[Value, ...]:
    if test in BARE:
        return ()
    if test in LISTED:
        return _read_list(given, field.source, at, field.choices)
    if test in COUNTED_BACK:
        most = YEAR if test is Test.IN_NEXT else MOST_DAYS
        return (_read_whole(given, at, most=most),)
    if test is Test.BETWEEN:
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 2:  # noqa: PLR2004 - from, to
            raise Invalid(N_("Please give both ends."), field=at)
        ends = tuple(_read_one(each, field, at) for each in given)
        if ends[0] > ends[1]:  # type: ignore[operator]  # both ends are read as the same kind
            raise Invalid(N_("The first value is above the second. Please exchange them."), field=at)
        return ends
    return (_read_one(given, field, at),)


def _read_one(given: object, field: Field, at: str) -> Value:
    if field.kind is Kind.DAY:
        return _read_day(given, at)
    if field.kind in {Kind.MONEY, Kind.EVENT}:
        return _read_whole(given, at, least=0, most=MOST_AMOUNT)
    if (
        isinstance(given, bool)
        or not isinstance(given, int | float)
        or not -MOST_AMOUNT <= given <= MOST_AMOUNT
    ):
        raise Invalid(N_("Please give a number."), field=at)
    return given


def _read_whole(given: object, at: str, *, least: int = 1, most: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        raise Invalid(N_("Please give a whole number."), field=at)
    if not least <= given <= most:
        raise Invalid(
            N_("Please give a number from %(least)s to %(most)s."), field=at, least=least, most=most
        )
    return given


def _read_day(given: object, at: str) -> date:
    try:
        return date.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise Invalid(N_("Please give a date."), field=at) from None


def _read_list(given: object, source: Source | None, at: str, choices: Sequence[str] = ()) -> tuple[str, ...]:
    """Words, one or more; those of a closed list, or numbers of rows, are checked."""
    listed = given if isinstance(given, list | tuple) else []
    values = tuple(dict.fromkeys(str(each).strip() for each in listed))
    if not values or "" in values:
        raise Invalid(N_("Please choose or type at least one value."), field=at)
    if len(values) > MOST_VALUES or max(map(len, values)) > LONGEST_VALUE:
        raise Invalid(
            N_("These are too many values. Please give at most 200, of 200 letters each."), field=at
        )
    known = choices if source is Source.PROPERTY else CLOSED.get(source) if source else None
    for value in values:
        is_id = value.isascii() and value.isdecimal() and len(value) <= ID_DIGITS
        if (known is not None and value not in known) or (source in IDS and not is_id) or "\x00" in value:
            raise Invalid(
                N_("“%(value)s” is not one of the values. Please choose again."), field=at, value=value
            )
    return values


def _read_period(given: object, field: Field, at: str) -> Period | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or not field.has_period:
        raise Invalid(N_("This condition has no period. Please take it out."), field=at)
    if "last_days" in given:
        return Period(last_days=_read_whole(given["last_days"], at, most=MOST_DAYS))
    first, last = given.get("from"), given.get("to")
    period = Period(
        first_on=_read_day(first, at) if first is not None else None,
        last_on=_read_day(last, at) if last is not None else None,
    )
    if period == Period():
        raise Invalid(N_("Please give the first or the last day of the period."), field=at)
    if period.first_on and period.last_on and period.first_on > period.last_on:
        raise Invalid(N_("The period ends before it begins. Please exchange its days."), field=at)
    return period


def _read_only(given: object, field: Field, at: str) -> tuple[tuple[Source, tuple[str, ...]], ...]:
    narrowed = given if isinstance(given, Mapping) else {}
    offered = {each.source.value: each for each in field.narrowings}
    if set(narrowed) - set(offered) or (given is not None and not isinstance(given, Mapping)):
        raise Invalid(N_("This condition cannot be narrowed like that. Please build it again."), field=at)
    for name, each in offered.items():
        if each.is_needed and not narrowed.get(name):
            raise Invalid(N_("Please choose at least one value in each list."), field=at)
    return tuple(
        (Source(name), _read_list(narrowed[name], Source(name), at))
        for name in sorted(narrowed)
        if narrowed[name]
    )


def write_tree(root: Group) -> dict[str, Any]:
    """The document of a tree; `read_tree` gives the same tree back."""
    return {"version": VERSION, "root": write_node(root)}


def write_node(node: Node) -> dict[str, Any]:
    if isinstance(node, Group):
        return {"match": node.match.value, "parts": [write_node(part) for part in node.parts]}
    written: dict[str, Any] = {"field": node.field.key, "test": node.test.value}
    values = [each.isoformat() if isinstance(each, date) else each for each in node.values]
    if values:
        written["value"] = values if node.test in LISTED | {Test.BETWEEN} else values[0]
    if node.period:
        written["within"] = _write_period(node.period)
    if node.only:
        written["only"] = {source.value: list(chosen) for source, chosen in node.only}
    if node.is_negated:
        written["not"] = True
    return written


def _write_period(period: Period) -> dict[str, Any]:
    if period.last_days is not None:
        return {"last_days": period.last_days}
    ends = {"from": period.first_on, "to": period.last_on}
    return {name: day.isoformat() for name, day in ends.items() if day is not None}
