"""The page of the base: what was counted in the latest night, as tables for the page and for the files."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext

from hub.blueprints import base_words as said
from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.base import Page
from hub.blueprints.statistics.filter_words import day
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.segments.values.defining import get_definitions
from hub.segments.values.rules import SCORES
from hub.statistics.base.queries import BaseFigures, get_base
from hub.statistics.base.rules import ANYWHERE, EVERYBODY, OFFERS, PARTS, Counts, rf_part
from hub.stores.queries import find_day

KEY = "base"
KEPT = ("store", "region")
"""What the page is narrowed by; it has no period, since only the latest night can be opened."""
SCALE = range(1, SCORES + 1)


def find(asked: Asked) -> BaseFigures:
    """Whatever days stand in the address of the page before."""
    today = find_day(asked.now)
    return get_base(replace(asked.filters, since_on=today, until_on=today), viewer=asked.viewer)


def place_of(args: Mapping[str, str]) -> dict[str, Any]:
    return {name: args[name] for name in KEPT if args.get(name)}


def tables(found: BaseFigures, asked: Asked) -> list[Table]:
    counted = [_cohorts(found)]
    if found.now:
        counts = found.now.counts
        counted += [
            _stages(found, asked),
            _grid(counts),
            _consents(found, asked),
            _stores(found, asked),
            _parts(found),
        ]
    return [
        replace(table, taken_on=found.now.taken_on if found.now else find_day(asked.now)) for table in counted
    ]


def _stages(found: BaseFigures, asked: Asked) -> Table:
    columns = (
        Column("name", gettext("Stage"), Kind.WORD),
        Column("means", gettext("Means"), Kind.LONG),
        Column("count", gettext("Customers"), Kind.COUNT, "base_stages"),
        Column("share", gettext("Share"), Kind.SHARE),
        Column("month", gettext("Since a month ago"), Kind.COUNT),
        Column("year", gettext("Since a year ago"), Kind.COUNT),
    )
    rows = tuple(
        Row(values, values["href"], {name: said.signed(values[name]) for name in ("month", "year")})
        for values in said.stage_rows(found, get_definitions(), place_of(asked.args))
    )
    return Table(KEY, "by-stage", gettext("Customers by stage"), columns, rows)


def _grid(counts: Counts) -> Table:
    columns = (
        Column("r", gettext("Recency")),
        *(Column(f"f{f}", gettext("Frequency %(score)s", score=f), Kind.COUNT) for f in SCALE),
    )
    rows = tuple(
        Row({"r": f"R {r}", **{f"f{f}": counts[rf_part(r, f)] for f in SCALE}}) for r in reversed(SCALE)
    )
    return Table(KEY, "recency-frequency", gettext("Recency and frequency"), columns, rows)


def _consents(found: BaseFigures, asked: Asked) -> Table:
    """The share is of the customers with an address."""
    pairs = [
        (
            Column(key, gettext(text), Kind.COUNT),
            Column(
                f"{key}_share",
                gettext("%(words)s, share of those with an address", words=gettext(text)),
                Kind.SHARE,
            ),
        )
        for key, text in said.SAYINGS.items()
    ]
    columns = (
        Column("channel", gettext("Channel")),
        Column("purpose", gettext("Purpose")),
        Column("whole", gettext("With an address"), Kind.COUNT),
        *(column for pair in pairs for column in pair),
        Column("month", gettext("Given, since a month ago"), Kind.COUNT),
        Column("year", gettext("Given, since a year ago"), Kind.COUNT),
    )
    rows = tuple(Row(_said_by(row)) for row in said.consent_rows(found, place_of(asked.args)))
    return Table(KEY, "consents", gettext("Consents by channel"), columns, rows)


def _said_by(row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: row[name] for name in ("channel", "purpose", "whole", "month", "year")}
    for key, cell in zip(said.SAYINGS, row["cells"], strict=True):
        values |= {key: cell["count"], f"{key}_share": cell["share"]}
    return values


def _cohorts(found: BaseFigures) -> Table:
    months = range(1, said.MONTHS + 1)
    columns = (
        Column("name", gettext("First order")),
        Column("count", gettext("Customers"), Kind.COUNT),
        *(Column(f"m{month}", gettext("M+%(number)s", number=month), Kind.SHARE) for month in months),
    )
    rows = (
        {"name": row["name"], "count": row["count"]}
        | {f"m{month}": cell["share"] for month, cell in enumerate(row["cells"], 1)}
        for row in said.cohort_rows(found.cohorts, {})
    )
    title = gettext("Cohorts by month of the first order")
    return Table(KEY, "cohorts", title, columns, tuple(map(Row, rows)))


def _stores(found: BaseFigures, asked: Asked) -> Table:
    columns = (
        Column("name", gettext("Store")),
        Column("count", gettext("Customers"), Kind.COUNT, "base_customers"),
        Column("open", gettext("May be written to"), Kind.SHARE, "base_reachable"),
        Column("offers", gettext("May get offers"), Kind.SHARE, "base_offers"),
    )
    title = gettext("Customers by preferred store, in alphabetical order")
    names = {row.id: row.name for row in asked.choices.stores}
    return Table(KEY, "by-store", title, columns, tuple(_store_rows(found, names)), is_sortable=True)


def _store_rows(found: BaseFigures, names: Mapping[int, str]) -> Iterable[Row]:
    """In the order of names; customers without a preferred store last."""
    kept = {each: counts for each, counts in found.by_store.items() if counts[EVERYBODY]}
    for each in sorted(kept, key=lambda each: (each == 0, names.get(each, "").casefold())):
        counts, whole = kept[each], kept[each][EVERYBODY]
        shares = {"open": counts[ANYWHERE] / whole, "offers": counts[OFFERS] / whole}
        yield Row({"name": names.get(each) or gettext("Without a preferred store"), "count": whole, **shares})


def _parts(found: BaseFigures) -> Table:
    """Every part with its customers, now and then."""
    nights = [night for night in (found.now, found.month, found.year) if night]
    columns = (
        Column("key", gettext("Key")),
        Column("name", gettext("Part of the base")),
        *(Column(str(night.taken_on), day(night.taken_on), Kind.COUNT) for night in nights),
    )
    rows = tuple(
        Row(
            {"key": part, "name": said.part_words(part)}
            | {str(each.taken_on): each.counts[part] for each in nights}
        )
        for part in sorted(PARTS)
    )
    return Table(KEY, "parts", gettext("Every part of the base, now and then"), columns, rows)


CUSTOMER_BASE = Page(KEY, find, tables, frozenset())
