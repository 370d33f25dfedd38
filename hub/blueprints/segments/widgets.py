"""Nodes of a segment as the template draws them: tests, values, what narrows, the period, all with their words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from hub.blueprints.segments.base import choices_of
from hub.blueprints.segments.drafts import Building, Node
from hub.core.text import N_
from hub.segments.conditions.fields import TYPED, Catalog, Field
from hub.segments.conditions.words import FieldGroup, Kind, Match, Source, Test

HEADINGS: Mapping[FieldGroup, str] = {
    FieldGroup.CUSTOMER: N_("The customer"),
    FieldGroup.PROPERTIES: N_("Properties"),
    FieldGroup.STORES: N_("Store"),
    FieldGroup.ORDERS: N_("Orders"),
    FieldGroup.PRODUCTS: N_("Articles"),
    FieldGroup.BEHAVIOUR: N_("Visits and baskets"),
    FieldGroup.MESSAGES: N_("Messages"),
    FieldGroup.CONTACTS: N_("Answers and tickets"),
    FieldGroup.VALUE: N_("Stage and value"),
    FieldGroup.CONSENTS: N_("Consents"),
    FieldGroup.SEGMENTS: N_("Other segments"),
}
MATCHES: Mapping[Match, str] = {
    Match.ALL: N_("all of these hold"),
    Match.ANY: N_("at least one of these holds"),
    Match.NONE: N_("none of these holds"),
}
TESTS: Mapping[Test, str] = {
    Test.ONE_OF: N_("is one of"),
    Test.CONTAINS: N_("contains"),
    Test.BEGINS_WITH: N_("begins with"),
    Test.EMPTY: N_("is empty"),
    Test.AT_LEAST: N_("at least"),
    Test.AT_MOST: N_("at most"),
    Test.EXACTLY: N_("exactly"),
    Test.BETWEEN: N_("from … to …"),
    Test.IN_LAST: N_("less than … days ago"),
    Test.BEFORE_LAST: N_("more than … days ago"),
    Test.IN_NEXT: N_("within … days"),
    Test.SINCE: N_("from a day on"),
    Test.UNTIL: N_("until a day"),
    Test.YES: N_("yes"),
    Test.EVER: N_("at least once"),
    Test.NEVER: N_("never"),
}
TIMES: Mapping[Test, str] = {
    Test.AT_LEAST: N_("at least … times"),
    Test.AT_MOST: N_("at most … times"),
    Test.EXACTLY: N_("exactly … times"),
    Test.BETWEEN: N_("from … to … times"),
}
NEGATABLE = frozenset({Kind.TEXT, Kind.CHOICE, Kind.FLAG, Kind.BIRTHDAY})
"""The tests of the other kinds have their opposite beside them."""


def draw(node: Node, building: Building, catalog: Catalog, depth: int = 1) -> dict[str, Any]:
    """A group with its parts, or a condition; one that waits for its value has no error before it is tried."""
    is_waiting = bool(node.error) and node.is_blank and not building.is_tried
    drawn = {
        "number": node.number,
        "name": f"n{node.number}-",
        "is_added": node.number == building.added,
        "is_waiting": is_waiting,
        "error": "" if is_waiting else node.error,
    }
    if node.match is not None:
        parts = [draw(part, building, catalog, depth + 1) for part in node.parts]
        return drawn | {"is_group": True, "match": node.match.value, "parts": parts, "depth": depth}
    field = catalog[str(node.given["field"])]
    return drawn | _condition(node.given, field)


def _condition(given: Mapping[str, Any], field: Field) -> dict[str, Any]:
    test = str(given.get("test"))
    value = given.get("value")
    ends = value if test == Test.BETWEEN and isinstance(value, list) else [value, None]
    return {
        "field": field.key,
        "label": gettext(field.label),
        "kind": field.kind.value,
        "tests": [(each.value, _test_words(each, field)) for each in field.tests],
        "test": test,
        "is_negatable": field.kind in NEGATABLE or bool(given.get("not")),
        "is_negated": bool(given.get("not")),
        "choices": _choices(field.source, field.choices),
        "chosen": value if isinstance(value, list) else [],
        "first": _typed(ends[0], field),
        "second": _typed(ends[-1], field),
        "narrowings": [_narrowing(one, given) for one in field.narrowings],
        "has_period": field.has_period,
        **_period(given.get("within")),
    }


def _test_words(test: Test, field: Field) -> str:
    words = TIMES.get(test) if field.kind is Kind.EVENT else None
    return str(gettext(words or TESTS[test]))


def _choices(source: Source | None, own: tuple[str, ...]) -> list[tuple[str, str]] | None:
    """None where values are typed."""
    if source is Source.PROPERTY:
        return [(each, each) for each in own]
    return choices_of(source) if source else None


def _typed(value: Any, field: Field) -> str:
    """A value as it stands in its field; what could not be read stays as it was typed."""
    if value is None or isinstance(value, list):
        return ""
    if field.kind is Kind.MONEY and isinstance(value, int):
        return f"{value // 100}" if value % 100 == 0 else f"{value / 100:.2f}"
    return str(value)


def _narrowing(one: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    only = given.get("only") or {}
    choices = None if one.source in TYPED else choices_of(one.source)
    return {
        "source": one.source.value,
        "label": gettext(one.label),
        "choices": choices,
        "chosen": [str(each) for each in only.get(one.source.value, [])],
    }


def _period(within: Any) -> dict[str, Any]:
    given = within if isinstance(within, Mapping) else {}
    kind = "last" if "last_days" in given else "dates" if given else ""
    return {
        "period": kind,
        "last_days": given.get("last_days", ""),
        "from": given.get("from", ""),
        "to": given.get("to", ""),
    }
