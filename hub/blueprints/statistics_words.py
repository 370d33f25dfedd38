"""Figures in the reader's words: durations, shares, comparisons, and what the charts and tables want."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from babel.dates import format_date
from flask import Response, make_response, url_for
from flask_babel import format_currency, format_decimal, format_percent, get_locale, gettext, ngettext

from hub.blueprints.inbox.words import channel_words
from hub.core.words import Channel
from hub.statistics.after_answer import AfterAnswer
from hub.statistics.gestures import GestureCosts
from hub.statistics.measures import MEASURES
from hub.statistics.ratings import TicketRatings
from hub.statistics.rows import ResponseTimes, Satisfaction, SatisfactionReport, Waits
from hub.statistics.rules import BUCKETS_SECONDS, FEW_ANSWERS, FEW_WAITS

MINUTE, HOUR = 60, 3600

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


class Counted(NamedTuple):
    """How a figure is counted, for parts/counted.html."""

    definition: str
    formula: str
    leaves_out: str


def define(key: str) -> Counted:
    """How a figure is counted, in the reader's language."""
    measure = MEASURES[key]
    return Counted(gettext(measure.definition), gettext(measure.formula), gettext(measure.leaves_out))


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


def share(value: float | None) -> str:
    return "–" if value is None else str(format_percent(round(value, 3)))


def compare_duration(now: Waits, before: Waits) -> str:
    """Against the period of the same length just before; nothing when either is small."""
    if now.is_few or before.is_few or now.median_seconds is None or before.median_seconds is None:
        return str(gettext("too few waits to compare with the period before"))
    difference = now.median_seconds - before.median_seconds
    if abs(difference) < MINUTE:
        return str(gettext("as in the period before"))
    words = duration(abs(difference))
    if difference < 0:
        return str(gettext("%(words)s less than in the period before", words=words))
    return str(gettext("%(words)s more than in the period before", words=words))


def store_rows(found: ResponseTimes, args: dict[str, str]) -> list[dict[str, Any]]:
    """The table by store: in the order of names; small numbers are said."""
    return [
        {
            "store": row.name or gettext("Central queue"),
            "href": _with(args, "statistics.response_times", store=row.code) if row.code else "",
            **_cells(row.waits),
        }
        for row in found.by_store
    ]


def channel_rows(found: ResponseTimes) -> list[dict[str, Any]]:
    return [{"channel": channel_words(channel), **_cells(waits)} for channel, waits in found.by_channel]


def histogram(found: ResponseTimes) -> list[dict[str, Any]]:
    """One bar a bucket of the distribution."""
    edges = [0, *BUCKETS_SECONDS]
    labels = [f"{_edge(low)}–{_edge(high)}" for low, high in pairwise(edges)]
    labels.append(str(gettext("over %(words)s", words=_edge(edges[-1]))))
    return [
        {"label": label, "count": count, "is_late": False}
        for label, count in zip(labels, found.buckets, strict=True)
    ]


def line(found: ResponseTimes) -> dict[str, Any]:
    """Median and 90th percentile over time, in minutes, for parts/line_chart.html."""
    median = [_minutes(waits.median_seconds) for _, waits in found.by_period]
    ninth = [_minutes(waits.p90_seconds) for _, waits in found.by_period]
    top = _round_up(max([value for value in ninth if value is not None], default=60))
    return {
        "labels": [_day(day) for day, _ in found.by_period],
        "series": [
            {"name": gettext("Median"), "values": median, "texts": [_text(value) for value in median]},
            {"name": gettext("90th percentile"), "values": ninth, "texts": [_text(value) for value in ninth]},
        ],
        "top": top,
        "ticks": [duration(top * MINUTE * part / 3) if part else "0" for part in range(4)],
    }


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


def link_rows(found: AfterAnswer) -> list[dict[str, Any]]:
    """By answer, in the order of the mail."""
    names = {"3": gettext("Very satisfied"), "2": gettext("Satisfied"), "1": gettext("Not satisfied")}
    return [
        {
            "answer": names[row.choice.value],
            "answered": format_decimal(row.answered_count),
            "sent": format_decimal(row.sent_count),
            "share": share(row.share.value if row.share else None),
        }
        for row in found.links
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
    return " · ".join([words, gettext("indicative")]) if found.total < FEW_ANSWERS else str(words)


def satisfaction_rows(report: SatisfactionReport) -> list[dict[str, Any]]:
    return [
        {
            "store": row.name,
            "very": row.satisfaction.counts[0],
            "some": row.satisfaction.counts[1],
            "not": row.satisfaction.counts[2],
            "share": satisfaction_text(row.satisfaction),
        }
        for row in report.by_store
    ]


def rating_rows(ratings: TicketRatings) -> list[dict[str, Any]]:
    """The same of the question after a solved ticket."""
    return [
        {
            "store": name or gettext("Central queue"),
            "very": found.counts[0],
            "some": found.counts[1],
            "not": found.counts[2],
            "share": satisfaction_text(found),
        }
        for name, found in ratings.by_store
    ]


def cost(cents: int, currency: str) -> str:
    return str(format_currency(Decimal(cents) / 100, currency))


def gesture_rows(costs: GestureCosts) -> list[dict[str, Any]]:
    """Gestures of each store."""
    return [
        {
            "store": row.name or gettext("Central queue"),
            "vouchers": f"{row.voucher_count} · {cost(row.voucher_cents, costs.currency)}",
            "refunds": f"{row.refund_count} · {cost(row.refund_cents, costs.currency)}",
            "refused": row.refused_count,
            "cost": cost(row.cents, costs.currency),
        }
        for row in costs.by_store
    ]


def store_lines(found: ResponseTimes) -> list[Sequence[object]]:
    head: Sequence[object] = [
        "store",
        "name",
        "waits",
        "median_seconds",
        "p90_seconds",
        "mean_seconds",
        "within_target",
    ]
    return [head, *(_line(row.code, row.name, row.waits) for row in found.by_store)]


def _line(code: str, name: str, waits: Waits) -> Sequence[object]:
    times = (waits.median_seconds, waits.p90_seconds, waits.mean_seconds)
    return [code, name, waits.count, *times, waits.target_share]


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


def filter_channels() -> list[tuple[str, str]]:
    return [("", str(gettext("All channels")))] + [(each.value, channel_words(each)) for each in Channel]


def _cells(waits: Waits) -> dict[str, Any]:
    few = [gettext("under %(count)s waits", count=FEW_WAITS)] if waits.is_few else []
    return {
        "count": waits.count,
        "median": duration(waits.median_seconds),
        "p90": duration(waits.p90_seconds),
        "target": " · ".join([share(waits.target_share), *few]),
    }


def _with(args: dict[str, str], endpoint: str, **more: str) -> str:
    return url_for(endpoint, **(dict(args) | more))  # type: ignore[arg-type]  # url_for takes any query value


def _edge(seconds: int) -> str:
    return f"{seconds // HOUR} h" if seconds >= HOUR else f"{seconds // MINUTE}"


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / MINUTE, 1)


def _text(minutes: float | None) -> str:
    return duration(None if minutes is None else minutes * MINUTE)


def _round_up(minutes: float) -> int:
    """A top of the axis that divides by three into whole minutes."""
    step = 30 if minutes <= 4 * MINUTE else 180
    return int(-(-minutes // step) * step) or step


def _day(day: date) -> str:
    return str(format_date(day, "d MMM", locale=get_locale() or "fr"))


def defused(cell: object) -> object:
    """A cell that a spreadsheet would take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell
