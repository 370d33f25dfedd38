"""Alert rules in the reader's words."""

from typing import Any

from flask_babel import format_decimal, format_percent, gettext

from hub.core.text import N_
from hub.reactions.figure_words import Names, names_of, place_of
from hub.statistics.alerts.queries import RuleRow, StateRow
from hub.statistics.words import Told, Watched

WATCHED = {
    Watched.BACKLOG: N_("Tickets that wait for a reply"),
    Watched.LATE: N_("Share of late replies, last 7 days"),
    Watched.SATISFACTION: N_("Satisfaction, last 30 days against the 30 before"),
}
TELLS = {
    Told.AUTHOR: N_("Whoever made the rule"),
    Told.STORE: N_("Managers of the store"),
    Told.REGION: N_("Managers of the region"),
    Told.HEAD_OFFICE: N_("Head office"),
}


def lines_of(rows: list[RuleRow]) -> list[dict[str, Any]]:
    """Rules as the list shows them."""
    names = names_of(rows, [each.store_id for row in rows for each in row.above if each.store_id])
    return [_line(row, names) for row in rows]


def _line(row: RuleRow, names: Names) -> dict[str, Any]:
    """`above` are the places whose figure is above the threshold now, with since when."""
    return {
        "watched": gettext(WATCHED[row.watched]),
        "place": place_of(row, None, names),
        "threshold": _threshold(row),
        "tells": ", ".join(gettext(TELLS[each]) for each in Told if each in row.tells),
        "above": [(_above(row, each, names), each.since_at) for each in row.above],
    }


def _threshold(row: RuleRow) -> str:
    if row.watched is Watched.BACKLOG:
        return gettext("more than %(count)s", count=format_decimal(row.threshold or 0))
    if row.watched is Watched.LATE:
        return gettext("more than %(count)s", count=format_percent((row.threshold or 0) / 100))
    return gettext("a fall beyond its interval")


def _above(row: RuleRow, state: StateRow, names: Names) -> str:
    value = (
        format_decimal(int(state.value))
        if row.watched is Watched.BACKLOG
        else format_percent(round(state.value, 3))
    )
    return gettext("%(place)s: %(words)s", place=place_of(row, state.store_id, names), words=value)
