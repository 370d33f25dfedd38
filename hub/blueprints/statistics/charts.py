"""What the charts of response times are drawn from: the same figures as their tables, scaled."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext

from hub.blueprints import statistics_words as words
from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.links import behind
from hub.blueprints.statistics.tables import Table, day_words
from hub.blueprints.statistics.waits import WEEK_DAYS, Times, earlier_medians
from hub.statistics.queries import LONG_DAYS
from hub.statistics.rows import NO_WAITS, Waits
from hub.statistics.rules import Compare

MINUTE = 60
LEVELS = 5
WEEK = range(1, 8)
LONG_AXIS = 240


def line(found: Times, asked: Asked) -> dict[str, Any]:
    """Median and 90th percentile over time, in minutes, and the median of the period before, for parts/line_chart.html."""
    periods = list(_each_period(found, asked))
    earlier = earlier_medians(found, asked)
    series = [
        _series(gettext("Median"), [waits.median_seconds for _, waits in periods]),
        _series(gettext("90th percentile"), [waits.p90_seconds for _, waits in periods]),
    ]
    if earlier:
        before = _series(before_words(asked), [earlier.get(day) for day, _ in periods])
        series.append({**before, "is_before": True})
    return {"labels": [day_words(day) for day, _ in periods], "series": series, **_axis(series)}


def _each_period(found: Times, asked: Asked) -> Iterator[tuple[date, Waits]]:
    """Each day or week, also without a reply, so that the line lies over time."""
    known = dict(found.all.by_period)
    step = timedelta(days=WEEK_DAYS if asked.filters.days > LONG_DAYS else 1)
    day = next(iter(known), asked.filters.since_on)
    while day > asked.filters.since_on:
        day -= step
    while day <= asked.filters.until_on:
        yield day, known.get(day, NO_WAITS)
        day += step


def seconds_line(named: list[tuple[str, list[float | None]]]) -> dict[str, Any]:
    """The same of any seconds, in minutes: series and axis."""
    series = [_series(name, seconds) for name, seconds in named]
    return {"series": series, **_axis(series)}


def _axis(series: list[dict[str, Any]]) -> dict[str, Any]:
    tops = [value for each in series for value in each["values"] if value is not None]
    top = _round_up(max(tops, default=60))
    ticks = [words.duration(top * MINUTE * part / 3) if part else "0" for part in range(4)]
    return {"top": top, "ticks": ticks}


def before_words(asked: Asked) -> str:
    is_year = asked.filters.compare is Compare.YEAR
    return str(gettext("Median a year before") if is_year else gettext("Median of the period before"))


def histogram(found: Times) -> list[dict[str, Any]]:
    """One bar a bucket of the distribution."""
    return [
        {"label": label, "count": count}
        for label, count in zip(words.bucket_words(), found.all.buckets, strict=True)
    ]


def heat(found: Times, asked: Asked) -> dict[str, Any]:
    """Median by hour and weekday, for parts/heat_map.html: rows are hours, darker is longer."""
    hours = sorted({hour for _, hour in found.by.by_hour})
    most = max((waits.median_seconds or 0 for waits in found.by.by_hour.values()), default=0) or 1
    return {
        "heads": [words.weekday(day, "abbreviated") for day in WEEK],
        "rows": [
            {"label": _hour(hour), "cells": [_cell(found, day, hour, most, asked) for day in WEEK]}
            for hour in range(hours[0], hours[-1] + 1)
        ],
    }


def _cell(found: Times, day: int, hour: int, most: float, asked: Asked) -> dict[str, Any] | None:
    waits = found.by.by_hour.get((day, hour))
    if waits is None or waits.median_seconds is None:
        return None
    return {
        "text": words.duration(waits.median_seconds),
        "count": waits.measured_count,
        "level": min(LEVELS, 1 + int(LEVELS * waits.median_seconds / most)),
        "href": behind(asked, "median_reply", weekday=day, hour=hour),
    }


def ranked(table: Table) -> list[dict[str, Any]]:
    """Replies by contact reason, most first, for parts/ranked_bars.html."""
    return [
        {"label": row.values["name"], "count": row.values["count"], "href": row.links["count"]}
        for row in table.rows
    ]


def _series(name: str, seconds: list[float | None]) -> dict[str, Any]:
    values = [None if each is None else round(each / MINUTE, 1) for each in seconds]
    return {"name": name, "values": values, "texts": [words.duration(each) for each in seconds]}


def _round_up(minutes: float) -> int:
    """A top of the axis that divides by three into whole minutes."""
    step = 30 if minutes <= LONG_AXIS else 180
    return int(-(-minutes // step) * step) or step


def _hour(hour: int) -> str:
    return str(gettext("%(hour)s h", hour=hour))
