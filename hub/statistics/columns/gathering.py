"""Makes the columns of whole days from the rooms' rows: the same rows give the same bytes, whoever asked and how often."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select

from hub.core.db import db
from hub.statistics.columns.layouts import LAYOUTS, Day
from hub.statistics.columns.local_days import days_between, runs_of
from hub.statistics.columns.memory import MEMORY
from hub.statistics.columns.packing import pack
from hub.statistics.columns.sources import list_rows
from hub.statistics.models import StatisticsColumn
from hub.statistics.words import Subject

MOST_DAYS = 31
"""Gathered with one statement: the rows of a month of a large chain are held in memory."""

Columns = Mapping[str, bytes]


@dataclass(frozen=True)
class Gathered:
    """How many days and rows were gathered, and which of the days were kept otherwise before."""

    day_count: int
    row_count: int
    differing: tuple[Day, ...]


def gather(days: Iterable[Day], zone: ZoneInfo, *, is_check: bool = False) -> Gathered:
    """These days anew, in the caller's transaction; only those that differ are written, with `is_check` none."""
    wanted = sorted(set(days))
    done = [
        _gather_run(subject, first, last, zone, is_check)
        for subject, listed in groupby(wanted, key=lambda each: each[0])
        for run in runs_of(day for _, day in listed)
        for first, last in _pieces(*run)
    ]
    differing = tuple(each for part in done for each in part.differing)
    return Gathered(len(wanted), sum(part.row_count for part in done), differing)


def _pieces(first: date, last: date) -> Iterable[tuple[date, date]]:
    while first <= last:
        end = min(last, first + timedelta(days=MOST_DAYS - 1))
        yield first, end
        first = end + timedelta(days=1)


def _gather_run(subject: Subject, first: date, last: date, zone: ZoneInfo, is_check: bool) -> Gathered:
    days = days_between(first, last)
    rows = list_rows(subject, first, last, zone)
    made = pack(rows, LAYOUTS[subject], days, zone)
    kept = _kept(subject, first, last)
    differing = [day for day in days if made.get(day) != kept.get(day)]
    if differing and not is_check:
        _write(subject, differing, made)
    return Gathered(len(days), len(rows), tuple((subject, day) for day in differing))


def _kept(subject: Subject, first: date, last: date) -> dict[date, Columns]:
    found = db.session.execute(
        select(StatisticsColumn.day, StatisticsColumn.name, StatisticsColumn.data).where(
            StatisticsColumn.subject == subject, StatisticsColumn.day.between(first, last)
        )
    )
    kept: dict[date, dict[str, bytes]] = {}
    for day, name, data in found:
        kept.setdefault(day, {})[name] = bytes(data)
    return dict(kept)


def _write(subject: Subject, days: Sequence[date], made: Mapping[date, Columns]) -> None:
    db.session.execute(
        delete(StatisticsColumn).where(StatisticsColumn.subject == subject, StatisticsColumn.day.in_(days)),
        execution_options={"synchronize_session": False},
    )
    MEMORY.forget(subject, days)
    rows = [
        {"subject": subject, "day": day, "name": name, "data": data}
        for day in days
        for name, data in made.get(day, {}).items()
    ]
    if rows:
        db.session.execute(insert(StatisticsColumn), rows)
