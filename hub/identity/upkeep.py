"""What is done to the base by the calendar: the audit each quarter, the archive of the silent each month."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from hub.core import apart, clock
from hub.core.actor import SYSTEM, Actor
from hub.core.db import db, transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.quality import archiving, auditing
from hub.customers.quality.models import QualityAudit, QualitySettings
from hub.customers.quality.months import months_before
from hub.customers.quality.reports import Asked, ask_with
from hub.identity import activity
from hub.segments.values import actions as values
from hub.stores.queries import find_chain, find_day

AT_A_TIME = timedelta(seconds=5)


def asked_now(now: datetime, key: str | None = None) -> Asked:
    """What the report of this key, or all of them, is asked with today."""
    months = auditing.get_settings().inactive_months
    return ask_with(months_before(now, months), today=find_day(now), key=key)


def has_due() -> bool:
    """Whether an audit or an archiving has come, or an audit is half done; without settings they are made first."""
    if find_chain() is None:
        return False
    now = clock.business_now()
    found = db.session.execute(select(QualitySettings.id)).first()
    if found is None or db.session.scalar(select(QualitySettings.id).where(_is_due(now))) is not None:
        return True
    return db.session.scalar(select(QualityAudit.id).where(_is_unfinished()).limit(1)) is not None


def next_due_at() -> datetime | None:
    """The next audit or archiving that is on."""
    settings = auditing.get_settings()
    planned = [settings.next_audit_at] * settings.is_audit_on + [
        settings.next_archive_at
    ] * settings.is_archive_on
    return min((moment for moment in planned if moment is not None), default=None)


def _is_due(now: datetime) -> ColumnElement[bool]:
    audit = QualitySettings.next_audit_at <= now
    return or_(audit, QualitySettings.is_archive_on & (QualitySettings.next_archive_at <= now))


def work_quality(wake: Callable[[], None]) -> int:
    """Do what has come. Returns how much was done: at most an audit, or its parts for some seconds, and an archiving."""
    del wake  # at most one of each
    now, done = clock.business_now(), 0
    with transaction():
        settings = auditing.open_settings(now)
        if settings.next_audit_at <= now:
            settings.next_audit_at = auditing.next_audit(settings, now)
            auditing.begin_audit(is_planned=settings.is_audit_on, by=SYSTEM, now=now)
        if settings.is_archive_on and settings.next_archive_at <= now:
            settings.next_archive_at = months_before(now, -1)
            archive_now(settings.archive_months, is_planned=True, by=SYSTEM, now=now)
            done += 1
    return done + _count_parts(now)


def _count_parts(now: datetime) -> int:
    """One part after the other, each in a transaction of its own, until all are counted or it took long enough."""
    stop_at, counted = clock.machine_now() + AT_A_TIME, 0
    while clock.machine_now() < stop_at and _count_part(now):
        counted = 1
    return counted


def _count_part(now: datetime) -> bool:
    with transaction():
        found = select(QualityAudit).where(_is_unfinished()).order_by(QualityAudit.id).limit(1)
        row = db.session.scalar(found.with_for_update(skip_locked=True))
        if row is None:
            return False
        apart.do_each(
            auditing.KIND,
            [row],
            lambda each: auditing.count_next(each, lambda part: asked_now(each.made_at, part), now=now),
            id_of=lambda each: each.id,
            machine_now=clock.machine_now(),
        )
    return True


def _is_unfinished() -> ColumnElement[bool]:
    free = apart.is_free(auditing.KIND, QualityAudit.id, machine_now=clock.machine_now())
    return ~QualityAudit.is_done & free


def archive_now(months: int, *, is_planned: bool, by: Actor, now: datetime) -> int:
    """Archive the silent, once their clicks are seen. Returns the id of the run. Raises Invalid."""
    if months not in auditing.BOUNDS:
        raise Invalid(N_("Please give a number of months from 1 to 120."), field="months")
    before = months_before(now, months)
    activity.note_clicks(since=before)
    run_id = archiving.archive_silent(before=before, months=months, is_planned=is_planned, by=by, now=now)
    values.forget_archived(run_id)
    return run_id
