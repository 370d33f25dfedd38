"""The job that invites, reminds and calls back: one batch of one wave a transaction, whichever worker takes it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from hub.core import clock
from hub.core.apart import do_each, is_free
from hub.core.db import db, transaction
from hub.questionnaires.models import Wave
from hub.questionnaires.sending import rules
from hub.questionnaires.sending.ending import call_back_batch
from hub.questionnaires.sending.gathering import Sheet, find_sheet
from hub.questionnaires.sending.inviting import invite_batch
from hub.questionnaires.sending.reminding import remind_batch
from hub.questionnaires.sending.rules import Step

KIND = "questionnaire_waves"
MOST_LOOKED_AT = 20


def work_invitations(wake: Callable[[], None]) -> int:
    """One batch; returns 1 when there was one. A worker that dies has done it whole or not at all."""
    del wake  # the drain asks again until nothing is due
    with transaction():
        return int(_take_batch(clock.business_now()))


def send_batches(now: datetime) -> bool:
    """One batch in a transaction of its own; whether there was one, so that the caller asks again."""
    with transaction():
        return _take_batch(now)


def has_due() -> bool:
    due = select(Wave.id).where(Wave.due_at <= clock.business_now(), _is_free()).limit(1)
    return db.session.scalar(due) is not None


def next_due_at() -> datetime | None:
    """Business time; what is put off comes by machine time."""
    return db.session.scalar(select(func.min(Wave.due_at)).where(Wave.due_at.is_not(None), _is_free()))


def _is_free() -> ColumnElement[bool]:
    return is_free(KIND, Wave.id, machine_now=clock.machine_now())


def _take_batch(now: datetime) -> bool:
    """Of the first wave that nobody else works on; one that fails is put off, and others go on.

    The questionnaire is locked before its wave, as by who closes it.
    """
    due = select(Wave.id, Wave.questionnaire_id).where(Wave.due_at <= now, _is_free())
    first = due.order_by(Wave.due_at, Wave.id).limit(MOST_LOOKED_AT)
    for wave_id, questionnaire_id in db.session.execute(first).all():
        sheet = find_sheet(questionnaire_id, now=now, is_locked=True)
        mine = select(Wave).where(Wave.id == wave_id, Wave.due_at <= now).with_for_update(skip_locked=True)
        wave = db.session.scalar(mine.execution_options(populate_existing=True))
        if wave is not None:
            _work(wave, sheet, now)
            return True
    return False


def _work(wave: Wave, sheet: Sheet | None, now: datetime) -> None:
    do_each(
        KIND,
        [wave],
        lambda one: _do(one, sheet, now),
        id_of=lambda one: one.id,
        machine_now=clock.machine_now(),
    )


def _do(wave: Wave, sheet: Sheet | None, now: datetime) -> None:
    is_closed = sheet is None or sheet.is_closed
    step = rules.next_step(wave.state, reminds_at=wave.reminds_at, is_closed=is_closed, now=now)
    if step is Step.CALL_BACK or sheet is None:
        wave.due_at = now if call_back_batch(wave, now=now) else None
        return
    if step is Step.INVITE:
        invite_batch(wave, sheet, now=now)
    elif step is Step.REMIND:
        remind_batch(wave, sheet, now=now)
    wave.due_at = rules.next_moment(
        wave.state, starts_at=wave.starts_at, reminds_at=wave.reminds_at, closes_at=sheet.closes_at, now=now
    )
