"""The audit of the base: every report counted, kept, compared with the one before; when it is planned and who is told."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from hub.core import facts
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.customers.facts import BaseAudited
from hub.customers.quality.models import QualityAudit, QualitySettings
from hub.customers.quality.months import months_after
from hub.customers.quality.reports import EVERYBODY, PARTS, Asked, count_part

KIND = "quality"
ROW = 1
EVERY = (1, 3, 6, 12)
BOUNDS = range(1, 121)
INACTIVE_MONTHS, ARCHIVE_MONTHS, EVERY_MONTHS = 12, 24, 3
NEVER = datetime(2999, 1, 1, tzinfo=UTC)
FIRST_AFTER = timedelta(days=1)
SHOWN = 12


@dataclass(frozen=True)
class Settings:
    """As set, or by default: an audit each quarter, told to the administrators, nobody archived by itself."""

    is_audit_on: bool
    every_months: int
    next_audit_at: datetime | None
    agent_ids: tuple[int, ...]
    inactive_months: int
    is_archive_on: bool
    archive_months: int
    next_archive_at: datetime | None


@dataclass(frozen=True)
class AuditRow:
    """One audit. `counts` by report, `before` those of the audit before it (empty for the first)."""

    id: int
    is_planned: bool
    made_at: datetime
    customer_count: int
    counts: Mapping[str, int]
    before: Mapping[str, int]


def get_settings() -> Settings:
    row = db.session.get(QualitySettings, ROW)
    if row is None:
        return Settings(True, EVERY_MONTHS, None, (), INACTIVE_MONTHS, False, ARCHIVE_MONTHS, None)
    return Settings(
        row.is_audit_on,
        row.every_months,
        row.next_audit_at,
        tuple(row.agent_ids),
        row.inactive_months,
        row.is_archive_on,
        row.archive_months,
        row.next_archive_at,
    )


def keep_settings(
    *,
    is_audit_on: bool,
    every_months: int,
    agent_ids: Collection[int],
    inactive_months: int,
    is_archive_on: bool,
    archive_months: int,
    by: Actor,
    now: datetime,
) -> None:
    """Raises Invalid for months out of bounds."""
    if every_months not in EVERY:
        raise Invalid(N_("Please choose an interval of the list."), field="every_months")
    for field, months in (("inactive_months", inactive_months), ("archive_months", archive_months)):
        if months not in BOUNDS:
            raise Invalid(N_("Please give a number of months from 1 to 120."), field=field)
    row = open_settings(now)
    was_on, was_every = row.is_audit_on, row.every_months
    row.is_audit_on, row.every_months, row.agent_ids = is_audit_on, every_months, sorted(agent_ids)
    row.inactive_months, row.is_archive_on, row.archive_months = (
        inactive_months,
        is_archive_on,
        archive_months,
    )
    row.changed_at = now
    if (is_audit_on, every_months) != (was_on, was_every):
        row.next_audit_at = next_audit(row, now)
    note_change(
        "quality.settings", subject_kind="quality", subject_id=None, by=by, now=now, every_months=every_months
    )
    db.session.flush()


def open_settings(now: datetime) -> QualitySettings:
    """The row, held; made with the defaults when there is none. The first audit is a day away."""
    row = db.session.get(QualitySettings, ROW, with_for_update=True)
    if row is None:
        row = QualitySettings(
            id=ROW,
            is_audit_on=True,
            every_months=EVERY_MONTHS,
            next_audit_at=now + FIRST_AFTER,
            agent_ids=[],
            inactive_months=INACTIVE_MONTHS,
            is_archive_on=False,
            archive_months=ARCHIVE_MONTHS,
            next_archive_at=now + FIRST_AFTER,
            changed_at=now,
        )
        db.session.add(row)
        db.session.flush()
    return row


def next_audit(row: QualitySettings, now: datetime) -> datetime:
    """So many months from now; never, where none is planned: one may still be asked for."""
    return months_after(now, row.every_months) if row.is_audit_on else NEVER


def ask_audit(*, by: Actor, now: datetime) -> None:
    """Have the base audited now, by a worker."""
    open_settings(now).next_audit_at = now
    note_change("quality.audit_asked", subject_kind="quality", subject_id=None, by=by, now=now)
    db.session.flush()
    ring_after_commit(KIND)


def begin_audit(*, is_planned: bool, by: Actor, now: datetime) -> int:
    """An audit of which nothing is counted yet. Returns its id."""
    row = QualityAudit(
        is_planned=is_planned, made_at=now, made_by_id=by.agent_id, customer_count=0, counts={}, is_done=False
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def count_next(row: QualityAudit, ask: Callable[[str], Asked], *, now: datetime) -> None:
    """Count one more part, the first that is missing; with the last one the audit is done, and the fact has it mailed."""
    part, *others = [each for each in PARTS if each not in row.counts]
    row.counts = {**row.counts, part: count_part(part, ask(part))}
    if not others:
        counts = dict(row.counts)
        row.customer_count, row.counts, row.is_done = counts.pop(EVERYBODY), counts, True
        facts.record(BaseAudited(audit_id=row.id), now=now)
    db.session.flush()


def find_unfinished() -> tuple[int, int] | None:
    """Of an audit that is being counted, how many parts are, and of how many."""
    counts = db.session.scalar(select(QualityAudit.counts).where(~QualityAudit.is_done).limit(1))
    return None if counts is None else (len(counts), len(PARTS))


def list_audits() -> list[AuditRow]:
    """The latest audits that are done, newest first, each with the counts before it."""
    done = select(QualityAudit).where(QualityAudit.is_done)
    found = done.order_by(QualityAudit.made_at.desc(), QualityAudit.id.desc()).limit(SHOWN + 1)
    rows = list(db.session.scalars(found))
    earlier = [*rows[1:], None]
    return [_row_of(row, before) for row, before in zip(rows, earlier, strict=False)][:SHOWN]


def get_audit(audit_id: int) -> AuditRow:
    """Raises NotFound."""
    row = db.session.get(QualityAudit, audit_id)
    if row is None:
        raise NotFound(N_("This audit does not exist."))
    earlier = select(QualityAudit).where(QualityAudit.id < audit_id, QualityAudit.is_done)
    return _row_of(row, db.session.scalar(earlier.order_by(QualityAudit.id.desc()).limit(1)))


def _row_of(row: QualityAudit, before: QualityAudit | None) -> AuditRow:
    earlier = before.counts if before else {}
    return AuditRow(row.id, row.is_planned, row.made_at, row.customer_count, row.counts, earlier)
