"""Random documents of segments, as a builder could write them."""

from datetime import timedelta
from random import Random
from typing import Any

from hub.segments.conditions.fields import CLOSED, Catalog, Field
from hub.segments.conditions.reading import BARE, COUNTED_BACK, LISTED
from hub.segments.conditions.words import Kind, Match, Source, Test
from tests.segments.evaluator import TODAY
from tests.segments.small_base import IMPORTS, SKUS, STATIC_ID, TEMPLATES, Base

WORDS = ("dora", "Mart", "o'b", "69", "FR", "acme", "100%", "_2", "Lyon", "Rex", "lille")


def grow(random: Random, catalog: Catalog, base: Base, depth: int = 3) -> dict[str, Any]:
    """A document of up to `depth` groups within each other."""
    return {"version": 1, "root": _group(random, catalog, base, depth)}


def _group(random: Random, catalog: Catalog, base: Base, depth: int) -> dict[str, Any]:
    parts = []
    for _ in range(random.randint(1, 3)):
        if depth > 1 and random.random() < 0.35:
            parts.append(_group(random, catalog, base, depth - 1))
        else:
            parts.append(grow_condition(random, random.choice(list(catalog.values())), base))
    return {"match": random.choice(list(Match)).value, "parts": parts}


def grow_condition(random: Random, field: Field, base: Base, test: Test | None = None) -> dict[str, Any]:
    test = test or random.choice(field.tests)
    grown: dict[str, Any] = {"field": field.key, "test": test.value}
    if test not in BARE:
        grown["value"] = _value(random, field, test, base)
    if field.has_period and random.random() < 0.5:
        first = TODAY - timedelta(days=random.randint(200, 700))
        last = TODAY - timedelta(days=random.randint(0, 200))
        grown["within"] = random.choice(
            ({"last_days": random.randint(1, 700)}, {"from": first.isoformat(), "to": last.isoformat()})
        )
    only = {
        one.source.value: _chosen(random, one.source, base, ())
        for one in field.narrowings
        if one.is_needed or random.random() < 0.3
    }
    if only:
        grown["only"] = only
    if random.random() < 0.25:
        grown["not"] = True
    return grown


def _value(random: Random, field: Field, test: Test, base: Base) -> Any:
    if test in LISTED:
        return _chosen(random, field.source, base, field.choices)
    if test in COUNTED_BACK:
        return random.randint(1, 366)
    one, two = sorted(_one(random, field) for _ in range(2))
    return [one, two] if test is Test.BETWEEN else one


def _one(random: Random, field: Field) -> Any:
    if field.kind is Kind.DAY:
        return (TODAY - timedelta(days=random.randint(-30, 700))).isoformat()
    if field.kind is Kind.MONEY:
        return random.choice((0, 1, 5_000, 6_000, 20_000))
    if field.kind is Kind.EVENT:
        return random.randint(0, 3)
    return random.choice((-6, 0, 1, 2, 2.5, 4, 30, 50))


def _chosen(random: Random, source: Source | None, base: Base, choices: tuple[str, ...]) -> list[str]:
    offered = {
        None: WORDS,
        Source.PROPERTY: choices,
        Source.STORE: tuple(map(str, base.stores)),
        Source.REGION: tuple(map(str, base.regions.values())),
        Source.POOL: tuple(map(str, base.pools)),
        Source.SEGMENT: (str(STATIC_ID),),
        Source.IMPORT: tuple(map(str, IMPORTS)),
        Source.SKU: SKUS,
        Source.FAMILY: ("lampes", "deco"),
        Source.RANGE: ("premium", "standard"),
        Source.TEMPLATE: TEMPLATES,
        Source.TIER: ("gold", "silver"),
    }.get(source) or CLOSED[source]  # type: ignore[index]  # the other sources are closed lists
    return random.sample(offered, random.randint(1, min(2, len(offered))))
