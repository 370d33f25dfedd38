"""Scorecards in words and as rows of a table: a figure, how it changed, and where it lies among stores of its size."""

from typing import Any

from flask_babel import format_decimal, gettext

from hub.blueprints import statistics_words as words
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.core.text import N_
from hub.statistics.measures import MEASURES
from hub.statistics.rules import SETTLED_AFTER, Compare
from hub.statistics.scorecards.rules import FEW, Change, Place, Spread, Verdict
from hub.statistics.scorecards.stores import Line

VERDICTS = {
    Verdict.BETTER: N_("better"),
    Verdict.WORSE: N_("worse"),
    Verdict.UNSURE: N_("no sure change"),
    Verdict.FEW: N_("too few to compare"),
    Verdict.EARLY: N_("not compared yet: tickets can come back for 7 days"),
}
PLACES = {
    Place.BELOW: N_("below the middle half"),
    Place.INSIDE: N_("in the middle half"),
    Place.ABOVE: N_("above the middle half"),
}
OPENING, RATE = frozenset({"median_reply"}), frozenset({"contact_rate"})
POINTS = 100
MINUS = "\u2212"


def value_of(key: str, value: float | None) -> str:
    """A figure in its unit."""
    if key in OPENING:
        return words.duration(value)
    if value is None:
        return "–"
    return format_decimal(round(value, 1)) if key in RATE else words.share(value)


def _signed(key: str, value: float) -> str:
    sign = MINUS if value < 0 else "+"
    if key in OPENING:
        return sign + words.duration(abs(value))
    return sign + str(format_decimal(round(abs(value) * (1 if key in RATE else POINTS), 1)))


def change_of(key: str, change: Change | None) -> str:
    """`better: −12 min (−20 min to −4 min)`; nothing when nothing is compared."""
    if change is None:
        return ""
    verdict = gettext(VERDICTS[change.verdict])
    found = change.difference
    if found is None:
        return verdict
    value, low, high = (_signed(key, each) for each in (found.value, found.low, found.high))
    text = N_("%(verdict)s: %(value)s (%(low)s to %(high)s)")
    if key not in OPENING | RATE:
        text = N_("%(verdict)s: %(value)s points (%(low)s to %(high)s)")
    return str(gettext(text, verdict=verdict, value=value, low=low, high=high))


def comparison_of(line: Line, compare: Compare) -> str | None:
    """What it was, and whether it is better now."""
    if line.change is None:
        return None
    change = change_of(line.key, line.change)
    if line.before is None:
        return change
    shown, over = (value_of(line.key, each.value) for each in (line.now, line.over or line.now))
    days, before = SETTLED_AFTER.get(line.key, 0), value_of(line.key, line.before.value)
    was = words.beside(before, compare, now=shown, over=over, days=days)
    return f"{was} · {change}" if was else change


def peers_of(key: str, peers: Spread | None) -> str:
    """`stores of its size: 42 min, the middle half 30 min to 55 min`."""
    if peers is None:
        return str(gettext("too few stores of its size have %(count)s cases", count=FEW))
    low, median, high = (value_of(key, each) for each in (peers.low, peers.median, peers.high))
    text = N_("stores of its size: %(median)s, the middle half %(low)s to %(high)s")
    return str(gettext(text, median=median, low=low, high=high))


def place_of(line: Line) -> str:
    if line.place is not None:
        return str(gettext(PLACES[line.place]))
    return "–" if line.peers is None else str(gettext(VERDICTS[Verdict.FEW]))


def count_of(line: Line) -> str | None:
    """That a figure is of few cases; nothing of enough."""
    return (
        None
        if line.now.count >= FEW
        else str(gettext("of %(count)s, under %(few)s", count=line.now.count, few=FEW))
    )


def table(page: str, lines: tuple[Line, ...], *, has_peers: bool) -> Table:
    """One row a figure; its unit stands in the file beside its name."""
    columns = [
        Column("name", gettext("Figure")),
        Column("value", gettext("In the period"), Kind.NUMBER),
        Column("count", gettext("Cases"), Kind.COUNT),
        Column("before", gettext("Before"), Kind.NUMBER),
        Column("change", gettext("Compared with before"), Kind.LONG),
    ]
    if has_peers:
        columns += [
            Column("median", gettext("Median of stores of its size"), Kind.NUMBER),
            Column("low", gettext("Middle half from"), Kind.NUMBER),
            Column("high", gettext("Middle half up to"), Kind.NUMBER),
            Column("place", gettext("Where the store lies")),
        ]
    title = (
        gettext("Beside the own past and stores of its size") if has_peers else gettext("Beside the own past")
    )
    rows, measures = tuple(_row(line) for line in lines), tuple(line.key for line in lines)
    return Table(page, "card", title, tuple(columns), rows, measures=measures)


def _row(line: Line) -> Row:
    numbers: dict[str, float | None] = {
        "value": line.now.value,
        "before": line.before.value if line.before else None,
        "median": line.peers.median if line.peers else None,
        "low": line.peers.low if line.peers else None,
        "high": line.peers.high if line.peers else None,
    }
    name = gettext(MEASURES[line.key].name)
    values: dict[str, Any] = {
        **numbers,
        "name": _with_unit(line.key, name),
        "count": line.now.count,
        "change": _changed(line),
        "place": place_of(line),
    }
    return Row(
        values, said={"name": name, **{key: value_of(line.key, each) for key, each in numbers.items()}}
    )


def _changed(line: Line) -> str:
    """What was compared, where that is not the value beside it."""
    change = change_of(line.key, line.change)
    if line.over is None:
        return change
    return f"{words.of_days_over(value_of(line.key, line.over.value), SETTLED_AFTER[line.key])} · {change}"


def _with_unit(key: str, name: str) -> str:
    if key in OPENING:
        return str(gettext("%(label)s (seconds)", label=name))
    return name if key in RATE else str(gettext("%(label)s (share of 1)", label=name))
