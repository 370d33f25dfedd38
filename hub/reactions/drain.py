"""Lets the wires of recorded facts have their effect: at least once from the queue, once in effect."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core import clock
from hub.core.db import db, transaction
from hub.core.facts import FactQueueRow, FactRow, WireEffect
from hub.reactions.alerting import alert
from hub.reactions.counting import count
from hub.reactions.happening import Happening
from hub.reactions.switchboard import WIRES
from hub.reactions.telling import tell

log = structlog.get_logger(__name__)
BATCH = 100
MAX_BACK_OFF_SECONDS = 600


def has_due() -> bool:
    """Whether a fact waits for its wires."""
    return db.session.scalar(_due().limit(1)) is not None


def work_facts(wake: Callable[[], None]) -> int:
    """Let the wires of one batch of facts have their effect. A failing wire is tried again later, alone."""
    with transaction():
        ids = list(db.session.scalars(_due().limit(BATCH).with_for_update(skip_locked=True)))
        if len(ids) == BATCH:
            wake()
        facts = db.session.scalars(select(FactRow).where(FactRow.id.in_(ids)).order_by(FactRow.id)).all()
        is_told = _tell(facts)
        done = [fact.id for fact in facts if _react(fact) and is_told]
        db.session.execute(delete(FactQueueRow).where(FactQueueRow.fact_id.in_(done)))
    return len(ids)


def _tell(facts: Sequence[FactRow]) -> bool:
    """Other systems and the browsers of the staff are told of the whole batch, and statistics which days it touches.

    If that fails its facts come again, and are told once all the same.
    """
    try:
        with db.session.begin_nested():
            tell(facts)
            alert(facts)
            count(facts)
    except Exception as error:  # webhooks must not stop the wires
        log.exception("telling.failed", count=len(facts))
        for fact in facts:
            _postpone(fact.id, error)
        return False
    return True


def _due() -> Select[int]:
    moment = clock.machine_now()
    waits = or_(FactQueueRow.next_attempt_at.is_(None), FactQueueRow.next_attempt_at <= moment)
    return select(FactQueueRow.fact_id).where(waits).order_by(FactQueueRow.fact_id)


def _react(fact: FactRow) -> bool:
    """Whether every wire of the fact has had its effect."""
    happening = Happening(fact.id, fact.customer_id, fact.happened_at, fact.data)
    for wire, effect in WIRES.get(fact.kind, ()):
        try:
            with db.session.begin_nested():
                if _claim(fact.id, wire):
                    effect(happening)
        except Exception as error:  # one broken wire must not stop the others
            log.exception("wire.failed", wire=wire, fact_id=fact.id)
            _postpone(fact.id, error)
            return False
    return True


def _claim(fact_id: int, wire: str) -> bool:
    """Once in effect: the row and the effect are one savepoint."""
    statement = insert(WireEffect).values(fact_id=fact_id, wire=wire, done_at=clock.machine_now())
    done = db.session.execute(statement.on_conflict_do_nothing().returning(WireEffect.id)).first()
    return done is not None


def _postpone(fact_id: int, error: Exception) -> None:
    row = db.session.get_one(FactQueueRow, fact_id)
    wait = min(MAX_BACK_OFF_SECONDS, 2**row.attempt_count)
    db.session.execute(
        update(FactQueueRow)
        .where(FactQueueRow.fact_id == fact_id)
        .values(
            attempt_count=FactQueueRow.attempt_count + 1,
            next_attempt_at=clock.machine_now() + timedelta(seconds=wait),
            error=f"{type(error).__name__}: {error}"[:500],
        )
    )
