"""The page of contact reasons: tickets by reason, what grew, and the stores by tickets per thousand orders."""

from collections.abc import Iterable
from typing import Any

from flask_babel import format_decimal, gettext

from hub.blueprints import statistics_words as words
from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.base import Page
from hub.blueprints.statistics.links import behind, to_page
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.statistics.contact_reasons import ContactReasons, ReasonCount, StoreRate, get_contact_reasons
from hub.statistics.rules import FEW_TICKETS, Compare, Filters

KEY = "reasons"


def find(asked: Asked) -> ContactReasons:
    return get_contact_reasons(asked.filters, viewer=asked.viewer)


def tables(found: ContactReasons, asked: Asked) -> list[Table]:
    head = gettext("Contact reason")
    return [
        Table(
            KEY,
            "growing",
            gettext("What grew most"),
            _columns(head, asked.filters),
            tuple(_rows(found.growing, asked)),
        ),
        Table(
            KEY,
            "by-reason",
            gettext("By contact reason, most tickets first"),
            _columns(head, asked.filters),
            tuple(_rows(found.reasons, asked)),
        ),
        Table(
            KEY,
            "by-store",
            gettext("By store, in alphabetical order, for each thousand orders of the store"),
            (
                Column("name", gettext("Store")),
                Column("count", gettext("Tickets"), Kind.COUNT, "tickets"),
                Column("rate", gettext("Per 1,000 orders"), Kind.RATE, "contact_rate"),
                Column("low", gettext("Lower bound"), Kind.RATE, "contact_rate"),
                Column("high", gettext("Upper bound"), Kind.RATE, "contact_rate"),
            ),
            tuple(_store(each, asked) for each in found.by_store),
            is_sortable=True,
        ),
    ]


def _columns(head: str, filters: Filters) -> tuple[Column, ...]:
    """A share of all tickets has no place among those of one reason."""
    columns = (
        Column("name", head),
        Column("count", gettext("Tickets"), Kind.COUNT, "tickets"),
        *([] if filters.reason_id else [Column("share", gettext("Share"), Kind.SHARE, "reason_share")]),
        Column("rate", gettext("Per 1,000 orders"), Kind.RATE, "contact_rate"),
    )
    if filters.compare is Compare.NONE:
        return columns
    return (
        *columns,
        Column("before", gettext("Before"), Kind.COUNT, "tickets"),
        Column("change", gettext("Difference"), Kind.COUNT, "tickets_change"),
    )


def _rows(reasons: Iterable[ReasonCount], asked: Asked) -> Iterable[Row]:
    names = {row.id: row.path(asked.viewer.language) for row in asked.choices.reasons}
    past = asked.filters.before()
    for each in reasons:
        is_named = each.reason_id is not None
        clicked: dict[str, Any] = {"reason": each.reason_id, "alone": 1} if is_named else {"unnamed": 1}
        links = {"count": behind(asked, "tickets", **clicked)}
        if past:
            days = {"since": past.since_on.isoformat(), "until": past.until_on.isoformat()}
            links["before"] = behind(asked, "tickets", **days, **clicked)
        values = {
            "name": names.get(each.reason_id, "–") if each.reason_id else gettext("No reason yet"),
            "count": each.count,
            "share": each.share,
            "rate": each.rate.value,
            "before": each.before,
            "change": each.change,
        }
        yield Row(values, said=_said(each), links=links)


def _said(each: ReasonCount) -> dict[str, str]:
    """The change as the reader sees it: `+12 · +40%`, the part only of enough tickets before."""
    if each.change is None:
        return {}
    if each.is_few:
        return {"change": gettext("too few to compare")}
    parts = [signed(format_decimal(each.change), each.change)]
    if each.before is not None and each.before >= FEW_TICKETS:
        parts.append(signed(words.share(each.change / each.before), each.change))
    return {"change": " · ".join(parts)}


def signed(text: str, value: float) -> str:
    return f"+{text}" if value > 0 else text


def _store(each: StoreRate, asked: Asked) -> Row:
    rate, row = each.rate, each.row
    values = {
        "name": row.name if row else gettext("Central queue"),
        "count": rate.count,
        "rate": rate.value,
        "low": rate.low,
        "high": rate.high,
    }
    clicked: dict[str, Any] = {"store": row.code} if row else {"central": 1}
    said = {}
    if rate.value is not None and rate.count < FEW_TICKETS:
        few = gettext("under %(count)s tickets", count=FEW_TICKETS)
        said["rate"] = " · ".join((words.rate(rate.value), few))
    href = to_page(asked, "statistics.reasons", store=row.code) if row else ""
    links = {"count": behind(asked, "tickets", **clicked)}
    return Row(values, href, said, links, frozenset({"rate", "low", "high"} if said else ()))


def ranked(table: Table) -> list[dict[str, Any]]:
    """For parts/ranked_bars.html."""
    return [
        {"label": row.values["name"], "count": row.values["count"], "href": row.links["count"]}
        for row in table.rows
        if row.values["count"]
    ]


REASONS = Page(KEY, find, tables, frozenset({"channel", "reason"}))
