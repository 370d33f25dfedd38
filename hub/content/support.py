"""How many readers' mail programs draw what a mail uses: the caniemail data, weighted by how common each program is."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hub.content.reading import Reading

TABLE = Path(__file__).resolve().parent.parent / "static" / "mail-support.json"
"""Built from hub/assets/mail_clients.json and the caniemail package by hub/assets/build.mjs; not in git."""
_SHARES = {"y": 1.0, "a": 0.5, "n": 0.0}
_ELEMENTS = {"h1": "h1-h6", "h2": "h1-h6", "h3": "h1-h6", "ul": "lists", "ol": "lists", "li": "lists"}
_UNITS = re.compile(r"(?<![#\w])-?\d*\.?\d+(px|%|em|rem|vw|vh|pt)")
_UNIT_NAMES = {"%": "percent"}
_IMAGE = re.compile(r"\.(png|jpe?g|gif|webp|svg|avif|bmp)(?:\?|$)", re.IGNORECASE)
_LONGHANDS = re.compile(r"^(margin|padding|border|background|font|outline|list-style|text-decoration)-.+$")
_ATTRIBUTES = frozenset(
    {"align", "cellpadding", "cellspacing", "dir", "height", "lang", "role", "valign", "width"}
)


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing a mail can use: its name, the page about it, one letter a client (y, a: partly, n, u: unknown)."""

    title: str
    url: str
    support: str


@dataclass(frozen=True, slots=True)
class SupportTable:
    """The clients with their weights, and the features by slug."""

    clients: tuple[tuple[str, float], ...]
    features: Mapping[str, Feature]
    date: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A feature that some programs do not draw, or only in part."""

    title: str
    url: str
    missing_in: tuple[str, ...]
    partly_in: tuple[str, ...]
    lost_percent: float


@dataclass(frozen=True, slots=True)
class Support:
    """`percent`: the weighted share of what is used that is drawn; what costs most comes first."""

    percent: float
    used_count: int
    failures: tuple[Failure, ...]


@lru_cache(maxsize=1)
def load_table() -> SupportTable | None:
    """The table of the build, None when the assets are not built."""
    if not TABLE.is_file():
        return None
    raw = json.loads(TABLE.read_text(encoding="utf-8"))
    return SupportTable(
        clients=tuple((each["name"], float(each["weight"])) for each in raw["clients"]),
        features={slug: Feature(**each) for slug, each in raw["features"].items()},
        date=str(raw["date"])[:10],
    )


def score(reading: Reading, table: SupportTable) -> Support:
    """How much of what a mail uses is drawn. What a client was never tested for does not count for it."""
    used = sorted(slug for slug in set(_slugs(reading, table)) if slug in table.features)
    shares = {slug: _share(table.features[slug], table) for slug in used}
    failures = [_failure(table.features[slug], table, share) for slug, share in shares.items() if share < 1]
    percent = 100 * sum(shares.values()) / len(shares) if shares else 100.0
    return Support(
        round(percent, 1),
        len(used),
        tuple(sorted(failures, key=lambda failure: -failure.lost_percent)),
    )


def _share(feature: Feature, table: SupportTable) -> float:
    """The weighted share of the tested clients that draw a feature; 1 when none was tested."""
    pairs = [
        (_SHARES[answer], weight)
        for answer, (_, weight) in zip(feature.support, table.clients, strict=True)
        if answer in _SHARES
    ]
    total = sum(weight for _, weight in pairs)
    return sum(share * weight for share, weight in pairs) / total if total else 1.0


def _failure(feature: Feature, table: SupportTable, share: float) -> Failure:
    by_answer: dict[str, list[str]] = {"n": [], "a": []}
    for answer, (name, _) in zip(feature.support, table.clients, strict=True):
        by_answer.get(answer, []).append(name)
    lost = round(100 * (1 - share), 1)
    return Failure(feature.title, feature.url, tuple(by_answer["n"]), tuple(by_answer["a"]), lost)


def _slugs(reading: Reading, table: SupportTable) -> Iterator[str]:
    """The names the data set has for what a mail uses."""
    for element in reading.elements:
        yield f"html-{_ELEMENTS.get(element, element)}"
    for name in reading.attributes & _ATTRIBUTES:
        yield f"html-{name}"
    for image in reading.images:
        if found := _IMAGE.search(image.source):
            yield f"image-{found[1].lower().replace('jpeg', 'jpg')}"
    for name, value in reading.declarations:
        yield from _style_slugs(name, value, table)


def _style_slugs(name: str, value: str, table: SupportTable) -> Iterator[str]:
    """The names of one declaration: the property (or the one it is a part of), its value, its units."""
    if name.startswith(("mso-", "-webkit-", "-ms-", "-moz-")):
        return  # for one program only, by intention
    if name == "display":
        yield f"css-display-{value}" if f"css-display-{value}" in table.features else "css-display"
    elif f"css-{name}" in table.features:
        yield f"css-{name}"
    elif found := _LONGHANDS.match(name):
        yield f"css-{found[1]}"
    for unit in _UNITS.findall(value):
        yield f"css-unit-{_UNIT_NAMES.get(unit, unit)}"
