"""All days anew, or only compared: what `flask statistics rebuild` does, and what a chain filled by COPY begins with."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import func, select

from hub.core.db import db
from hub.statistics.columns.layouts import Day
from hub.statistics.columns.marking import find_zone, mark
from hub.statistics.columns.working import TURN, list_days, settle_layout
from hub.statistics.models import StatisticsMark
from hub.statistics.words import Subject

PIECE = 31


def list_pieces(since: date | None = None, until: date | None = None) -> Iterator[list[Day]]:
    """Every day with rows or columns, of one subject after the other, in pieces that fit a transaction."""
    zone = find_zone()
    for subject in Subject:
        days = [
            (subject, day)
            for day in (list_days(subject, zone) if zone else ())
            if (since is None or day >= since) and (until is None or day <= until)
        ]
        for first in range(0, len(days), PIECE):
            yield days[first : first + PIECE]


def rebuild(days: Sequence[Day]) -> tuple[int, list[Day]]:
    """In the caller's transaction, after whoever gathers now. Returns how many rows, and the days that were kept otherwise."""
    from hub.statistics.columns.gathering import gather

    db.session.execute(select(func.pg_advisory_xact_lock(TURN)))
    zone = find_zone()
    if zone is None:
        return 0, []
    done = gather(days, zone)
    return done.row_count, list(done.differing)


def compare(days: Sequence[Day]) -> tuple[int, list[Day]]:
    """The same and nothing is written; a day that waits to be gathered is not told as differing."""
    from hub.statistics.columns.gathering import gather

    zone = find_zone()
    if zone is None:
        return 0, []
    done = gather(days, zone, is_check=True)
    marks = db.session.execute(select(StatisticsMark.subject, StatisticsMark.day))
    waiting = {(subject, day) for subject, day in marks}
    return done.row_count, [
        (subject, day) for subject, day in done.differing if (subject, day) not in waiting
    ]


def rebuild_all() -> None:
    """Every day, in the caller's transaction."""
    zone = find_zone()
    if zone is None:
        return
    for subject in Subject:
        settle_layout(subject, zone)
    for days in list_pieces():
        rebuild(days)


def mark_everything() -> int:
    """Rows changed that no fact tells of: workers gather every day anew. Returns how many days."""
    return sum(mark(days) for days in list_pieces())
