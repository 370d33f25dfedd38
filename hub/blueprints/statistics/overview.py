"""The first page of the statistics: its figures, its lines over the period, and the things to look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal, gettext

from hub.blueprints import statistics_words as words
from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.base import Page
from hub.blueprints.statistics.charts import seconds_line
from hub.blueprints.statistics.links import behind
from hub.blueprints.statistics.tables import Column, Kind, Row, Table, day_words
from hub.reactions import digest_words
from hub.reactions.digest_words import DigestWords
from hub.statistics.digest.queries import find_newest
from hub.statistics.overview import Overview, Step, get_overview
from hub.statistics.rules import Compare

KEY = "overview"
TICKS = 4


@dataclass(frozen=True)
class Seen:
    """`digest` is the reader's latest one, None before the first."""

    all: Overview
    digest: DigestWords | None


def find(asked: Asked) -> Seen:
    newest = find_newest(asked.viewer)
    return Seen(
        get_overview(asked.filters, viewer=asked.viewer, now=asked.now),
        digest_words.in_words(newest) if newest else None,
    )


def tables(found: Seen, asked: Asked) -> list[Table]:
    columns = (
        Column("day", gettext("Day"), Kind.DAY),
        Column("tickets", gettext("Tickets"), Kind.COUNT, "tickets"),
        Column("replies", gettext("Replies"), Kind.COUNT, "waits"),
        Column("median", gettext("Median"), Kind.OPENING, "median_reply"),
    )
    rows = tuple(_rows(found.all.steps, asked))
    return [Table(KEY, "by-day", gettext("Tickets and median reply time over the period"), columns, rows)]


def _rows(steps: Iterable[Step], asked: Asked) -> Iterable[Row]:
    for step in steps:
        days = {"since": step.first.isoformat(), "until": step.last.isoformat()}
        values = {
            "day": step.first,
            "tickets": step.tickets,
            "replies": step.waits.count,
            "median": step.waits.median_seconds,
        }
        links = {"tickets": behind(asked, "tickets", **days), "replies": behind(asked, "waits", **days)}
        yield Row(values, links=links)


def tickets_line(steps: Sequence[Step]) -> dict[str, Any]:
    """For parts/line_chart.html."""
    counts = [step.tickets for step in steps]
    top = -(-max([*counts, 1]) // TICKS) * TICKS
    return {
        "labels": [day_words(step.first) for step in steps],
        "series": [
            {"name": gettext("Tickets"), "values": counts, "texts": [format_decimal(each) for each in counts]}
        ],
        "top": top,
        "ticks": [format_decimal(top * part // TICKS) for part in range(TICKS + 1)],
    }


def median_line(steps: Sequence[Step]) -> dict[str, Any]:
    """For parts/line_chart.html; nothing where nobody was answered."""
    series = [(gettext("Median"), [step.waits.median_seconds for step in steps])]
    return {"labels": [day_words(step.first) for step in steps], **seconds_line(series)}


def rate_note(found: Overview) -> str | None:
    """Its interval, where there are fewer tickets than orders."""
    rate = found.sums.rate
    if rate.low is None or rate.high is None:
        return None
    low, high = words.rate(rate.low), words.rate(rate.high)
    return str(gettext("95%% interval %(low)s to %(high)s", low=low, high=high))


def waits_beside(found: Overview, compare: Compare) -> dict[str, str | None]:
    """The reply times of the period that is compared with, by measure; small numbers are said."""
    if found.before is None:
        return {"median_reply": None, "within_target": None}
    now, before = found.sums.waits, found.before.waits
    median = words.compare_duration(now, before, compare)
    is_few = now.is_few or before.is_few
    share = (
        words.too_few_waits(compare) if is_few else words.beside(words.share(before.target_share), compare)
    )
    return {"median_reply": median, "within_target": share}


OVERVIEW = Page(KEY, find, tables, frozenset())
