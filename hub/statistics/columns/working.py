"""The job `statistics`: takes marks and gathers their days anew; days of another layout or time zone are marked first."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db, transaction
from hub.statistics.columns.layouts import LAYOUTS, Day
from hub.statistics.columns.local_days import days_between
from hub.statistics.columns.marking import find_zone, mark
from hub.statistics.columns.sources import find_span
from hub.statistics.models import StatisticsColumn, StatisticsLayout, StatisticsMark
from hub.statistics.words import Subject

BATCH = 62
"""Days of a batch, of all subjects together: one transaction of a second or two in a large chain."""
TURN = 20261123
"""One worker at a time: of two the one that looked first could write last."""


def has_due() -> bool:
    """Whether a day waits, or days were gathered by another layout or in another time zone."""
    return db.session.scalar(select(StatisticsMark.id).limit(1)) is not None or bool(list_strange())


def work_statistics(wake: Callable[[], None]) -> int:
    """One batch in one transaction, the newest days first; returns how many days were gathered."""
    from hub.statistics.columns.gathering import gather

    with transaction() as session:
        if not session.scalar(select(func.pg_try_advisory_xact_lock(TURN))):
            return 0
        zone = find_zone()
        if zone is None:
            return 0
        for subject in list_strange():
            settle_layout(subject, zone)
            mark((subject, day) for day in list_days(subject, zone))
        days = _take()
        if len(days) == BATCH:
            wake()
        gather(days, zone)
    return len(days)


def list_days(subject: Subject, zone: ZoneInfo) -> list[date]:
    """Every day from the first to the last that has rows or columns."""
    kept = db.session.execute(
        select(func.min(StatisticsColumn.day), func.max(StatisticsColumn.day)).where(
            StatisticsColumn.subject == subject
        )
    ).one()
    ends: list[date] = [day for day in (*kept, *(find_span(subject, zone) or ())) if day is not None]
    return days_between(min(ends), max(ends)) if ends else []


def is_settled(first: date, last: date, *, spare: int = 0) -> bool:
    """Whether the columns of these days say what the rows say: none waits to be gathered, or no more than `spare` of a subject."""
    here = (StatisticsMark.day >= first, StatisticsMark.day <= last)
    waiting = select(StatisticsMark.subject, StatisticsMark.day).where(*here).distinct().limit(spare + 1)
    return not list_strange() and len(db.session.execute(waiting).all()) <= spare


def list_days_with_rows(first: date, last: date) -> list[date]:
    """The days of this stretch on which any subject has rows, in their order."""
    found = select(StatisticsColumn.day).where(*_kept(first, last)).distinct().order_by(StatisticsColumn.day)
    return list(db.session.scalars(found))


def has_rows(first: date, last: date) -> bool:
    """Whether any subject has rows on these days."""
    return db.session.scalar(select(StatisticsColumn.day).where(*_kept(first, last)).limit(1)) is not None


def _kept(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """The subjects are named because the key begins with them: without, the whole table is read."""
    days = (StatisticsColumn.day >= first, StatisticsColumn.day <= last)
    return (StatisticsColumn.subject.in_([each.value for each in Subject]), *days)


def settle_layout(subject: Subject, zone: ZoneInfo) -> None:
    """From now on the days of the subject are gathered like this."""
    row = {"subject": subject, "version": LAYOUTS[subject].version, "time_zone": str(zone)}
    db.session.execute(
        insert(StatisticsLayout).values(row).on_conflict_do_update(index_elements=["subject"], set_=row)
    )


def list_strange() -> list[Subject]:
    """Subjects whose days are kept by another layout or in another time zone, or not yet."""
    zone = find_zone()
    if zone is None:
        return []
    found = db.session.execute(
        select(StatisticsLayout.subject, StatisticsLayout.version, StatisticsLayout.time_zone)
    )
    known = {subject: (version, time_zone) for subject, version, time_zone in found}
    return [each for each in Subject if known.get(each) != (LAYOUTS[each].version, str(zone))]


def _take() -> list[Day]:
    """The newest days that wait, with their marks: whatever is marked from now on is gathered again."""
    wanted = select(StatisticsMark.day, StatisticsMark.subject).distinct()
    newest = wanted.order_by(StatisticsMark.day.desc(), StatisticsMark.subject).limit(BATCH)
    days = [(row.day, row.subject) for row in db.session.execute(newest)]
    taken = delete(StatisticsMark).where(tuple_(StatisticsMark.day, StatisticsMark.subject).in_(days))
    db.session.execute(taken, execution_options={"synchronize_session": False})
    return [(Subject(subject), day) for day, subject in days]
