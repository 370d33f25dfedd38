"""Figures in the reader's words: durations, shares, comparisons, and what the charts and tables want."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from babel.dates import format_date, get_day_names
from flask import Response, make_response
from flask_babel import format_currency, format_decimal, format_percent, get_locale, gettext, ngettext

from hub.core.text import N_
from hub.statistics.measures import MEASURES
from hub.statistics.rows import Satisfaction, SatisfactionReport, Waits
from hub.statistics.rules import BUCKETS_SECONDS, FEW_ANSWERS, Compare

MINUTE, HOUR = 60, 3600

NEGATIVE = re.compile(r"-\d+(?:[.,]\d+)?")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


CHOICES = {"3": N_("Very satisfied"), "2": N_("Satisfied"), "1": N_("Not satisfied")}
LESS = {
    False: N_("%(words)s less than in the period before"),
    True: N_("%(words)s less than a year before"),
}
MORE = {
    False: N_("%(words)s more than in the period before"),
    True: N_("%(words)s more than a year before"),
}


class Counted(NamedTuple):
    """How a figure is counted, for parts/counted.html."""

    definition: str
    formula: str
    leaves_out: str


def define(key: str) -> Counted:
    """How a figure is counted, in the reader's language."""
    measure = MEASURES[key]
    return Counted(gettext(measure.definition), gettext(measure.formula), gettext(measure.leaves_out))


def define_each(*keys: str) -> list[tuple[str, Counted]]:
    """Several figures by their names, for parts/counted.html."""
    return [(name_of(key), define(key)) for key in keys]


def name_of(key: str) -> str:
    """What a figure is called."""
    return str(gettext(MEASURES[key].name))


def duration(seconds: float | None) -> str:
    """`42 min`, `3 h 05`, in opening hours; a dash when nothing was measured."""
    if seconds is None:
        return "–"
    if 0 < seconds < MINUTE:
        return str(gettext("under 1 min"))
    minutes = round(seconds / MINUTE)
    if minutes < MINUTE:
        return str(gettext("%(minutes)s min", minutes=minutes))
    return str(gettext("%(hours)s h %(minutes)s", hours=minutes // MINUTE, minutes=f"{minutes % MINUTE:02d}"))


def weekday(number: int, width: Literal["abbreviated", "wide"] = "wide") -> str:
    """The name of a day of the week, 1 is Monday."""
    return str(get_day_names(width, locale=get_locale() or "fr")[number - 1])


def share(value: float | None) -> str:
    return "–" if value is None else str(format_percent(round(value, 3)))


def rate(value: float | None) -> str:
    """For each thousand, to one place."""
    return "–" if value is None else str(format_decimal(round(value, 1)))


def compare_duration(now: Waits, before: Waits, compare: Compare) -> str | None:
    """Against the period of the comparison; that numbers are too small when they are, nothing when nothing is compared."""
    if compare is Compare.NONE:
        return None
    is_year = compare is Compare.YEAR
    if now.is_few or before.is_few or now.median_seconds is None or before.median_seconds is None:
        return too_few_waits(compare)
    difference = now.median_seconds - before.median_seconds
    if abs(difference) < MINUTE:
        same = N_("as in the period before")
        return str(gettext(N_("as a year before") if is_year else same))
    change = LESS[is_year] if difference < 0 else MORE[is_year]
    return str(gettext(change, words=duration(abs(difference))))


def too_few_waits(compare: Compare) -> str:
    few = N_("too few waits to compare with the period before")
    is_year = compare is Compare.YEAR
    return str(gettext(N_("too few waits to compare with the year before") if is_year else few))


def beside(text: str, compare: Compare, *, now: str = "", over: str = "", days: int = 0) -> str | None:
    """A figure of the period that is compared with, said as such; after what it is set beside, where that is not what is shown.

    Nothing of a period that has none.
    `now` is what is shown, `over` the same of the days that were over so many `days` ago.
    """
    found = _beside(text, compare)
    return found if over == now or found is None else f"{of_days_over(over, days)} · {found}"


def of_days_over(text: str, days: int = 0) -> str:
    """A figure of the days that can be compared, said as such."""
    if days:
        return str(gettext("solved over %(days)s days ago: %(text)s", days=days, text=text))
    return str(gettext("until yesterday: %(text)s", text=text))


def _beside(text: str, compare: Compare) -> str | None:
    if compare is Compare.NONE or text == "–":
        return None
    if compare is Compare.YEAR:
        return str(gettext("a year before: %(text)s", text=text))
    return str(gettext("period before: %(text)s", text=text))


def bucket_words() -> list[str]:
    """The buckets of the distribution, as `15–30` and `over 16 h`."""
    edges = [0, *BUCKETS_SECONDS]
    labels = [f"{_edge(low)}–{_edge(high)}" for low, high in pairwise(edges)]
    return [*labels, str(gettext("over %(words)s", words=_edge(edges[-1])))]


def interval_rows(report: SatisfactionReport) -> list[dict[str, Any]]:
    """Stores with their 95 % interval, only those with any answer."""
    return [
        {
            "label": row.name,
            "low": row.satisfaction.interval.low * 100,
            "value": row.satisfaction.interval.value * 100,
            "high": row.satisfaction.interval.high * 100,
            "text": satisfaction_text(row.satisfaction),
        }
        for row in report.by_store
        if row.satisfaction.interval
    ]


def satisfaction_text(found: Satisfaction) -> str:
    """`81 % (76 % to 85 %), 240 answers`, marked indicative under 30."""
    if found.interval is None:
        return str(gettext("no answer yet"))
    words = ngettext(
        "%(share)s (%(low)s to %(high)s), %(count)s answer",
        "%(share)s (%(low)s to %(high)s), %(count)s answers",
        found.total,
        share=share(found.interval.value),
        low=share(found.interval.low),
        high=share(found.interval.high),
        count=format_decimal(found.total),
    )
    return " · ".join([words, gettext("indicative")]) if is_indicative(found) else str(words)


def is_indicative(found: Satisfaction) -> bool:
    return 0 < found.total < FEW_ANSWERS


def month(first: date) -> str:
    return str(format_date(first, "LLLL y", locale=get_locale() or "fr"))


def cost(cents: int, currency: str) -> str:
    return str(format_currency(Decimal(cents) / 100, currency))


def as_csv(name: str, lines: Iterable[Sequence[object]]) -> Response:
    """Semicolons and a byte order mark, as French spreadsheets expect; no cell can start a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for cells in lines:
        writer.writerow([defused(cell) for cell in cells])
    response = make_response("\ufeff" + text.getvalue())
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _edge(seconds: int) -> str:
    return f"{seconds // HOUR} h" if seconds >= HOUR else f"{seconds // MINUTE}"


def defused(cell: object) -> object:
    """A cell that a spreadsheet would take for a formula; a negative number is none."""
    is_formula = isinstance(cell, str) and cell.startswith(DANGEROUS) and not NEGATIVE.fullmatch(cell)
    return f"'{cell}" if is_formula else cell
