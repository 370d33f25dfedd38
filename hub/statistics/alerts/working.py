"""The work of alert rules: every quarter of an hour each one that is on is looked at, and a rise is told once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from hub.core import apart, clock
from hub.core.db import db, transaction
from hub.core.facts import record
from hub.statistics.alerts.looking import look
from hub.statistics.alerts.rules import Reading, step
from hub.statistics.facts import FigureAlerted
from hub.statistics.models import AlertRule, AlertState
from hub.statistics.words import Watched

KIND = "figure_alerts"
EVERY = timedelta(minutes=15)
BATCH = 20


def has_due() -> bool:
    due = select(AlertRule.id).where(_is_due(clock.business_now()), _is_tried())
    return db.session.scalar(due.limit(1)) is not None


def next_due_at() -> datetime | None:
    """A quarter of an hour after the rule that was looked at longest ago; None without a rule that is on."""
    first = db.session.scalar(select(func.min(AlertRule.checked_at)).where(AlertRule.is_on))
    return first + EVERY if first is not None else None


def work_figure_alerts(wake: Callable[[], None]) -> int:
    """One batch; what it found and the facts that tell it are one transaction."""
    with transaction():
        now = clock.business_now()
        due = select(AlertRule).where(_is_due(now), _is_tried()).order_by(AlertRule.id).limit(BATCH)
        rows = db.session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            row.checked_at = now  # also of one that fails: it comes again in its turn
        db.session.flush()
        apart.do_each(
            KIND,
            rows,
            lambda rule: _look(rule, now),
            id_of=lambda rule: rule.id,
            machine_now=clock.machine_now(),
        )
    if len(rows) == BATCH:
        wake()
    return len(rows)


def _look(rule: AlertRule, now: datetime) -> None:
    """A store without waiting tickets is below; one without replies or answers stays as it was."""
    known = {row.store_id: row for row in db.session.scalars(select(AlertState).filter_by(rule_id=rule.id))}
    found = look(rule, now)
    empty = Reading(0.0, is_above=False if rule.watched is Watched.BACKLOG else None)
    for store_id in known.keys() | found.keys():
        _note(rule, known.get(store_id), store_id, found.get(store_id, empty), now)


def _note(
    rule: AlertRule, row: AlertState | None, store_id: int | None, reading: Reading, now: datetime
) -> None:
    was_above = row is not None and row.is_above
    is_above, is_told = step(was_above, reading)
    if row is None:
        row = AlertState(rule_id=rule.id, store_id=store_id, is_above=is_above, value=0.0, since_at=now)
        db.session.add(row)
    elif row.is_above != is_above:
        row.is_above, row.since_at = is_above, now
    row.value = reading.value
    if is_told:
        record(FigureAlerted(rule_id=rule.id, store_id=store_id, value=reading.value), now=now)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(AlertRule.is_on, or_(AlertRule.checked_at.is_(None), AlertRule.checked_at <= now - EVERY))


def _is_tried() -> ColumnElement[bool]:
    put_off = apart.list_put_off_ids(KIND, machine_now=clock.machine_now())
    return AlertRule.id.not_in(put_off)
