"""What is known of moves: the one under way, the last ones, and who stands where."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hub.core.db import db
from hub.plans.models import Enrolment, PlanVersion
from hub.plans.moving.models import PlanMove
from hub.plans.words import EnrolmentState

BELL = "plan_moves"


@dataclass(frozen=True)
class MoveRow:
    """`number` is the version everybody comes to; `left_count`: who still stands elsewhere."""

    number: int
    asked_at: datetime
    asked_by_id: int | None
    moved_count: int
    ended_count: int
    finished_at: datetime | None
    left_count: int


@dataclass(frozen=True)
class Standing:
    """How many wait at a step of a version."""

    version_id: int
    step_key: str
    count: int


def find_open(plan_id: int, *, is_locked: bool = False) -> PlanMove | None:
    """The move of a plan that is under way."""
    found = select(PlanMove).where(PlanMove.plan_id == plan_id, PlanMove.finished_at.is_(None))
    return db.session.scalar(found.with_for_update() if is_locked else found)


def find_last_move(plan_id: int) -> MoveRow | None:
    """The newest move of a plan, under way or done."""
    found = (
        select(PlanMove, PlanVersion.number)
        .join(PlanVersion, PlanVersion.id == PlanMove.version_id)
        .where(PlanMove.plan_id == plan_id)
        .order_by(PlanMove.id.desc())
        .limit(1)
    )
    row = db.session.execute(found).one_or_none()
    if row is None:
        return None
    move, number = row
    left = 0 if move.finished_at else count_elsewhere(plan_id, move.version_id)
    return MoveRow(
        number, move.asked_at, move.asked_by_id, move.moved_count, move.ended_count, move.finished_at, left
    )


def count_elsewhere(plan_id: int, version_id: int) -> int:
    """Who waits in the plan on another version."""
    counted = select(func.count()).where(
        Enrolment.plan_id == plan_id,
        Enrolment.state == EnrolmentState.WAITING,
        Enrolment.version_id != version_id,
    )
    return db.session.scalar(counted) or 0


def list_standing(plan_id: int) -> list[Standing]:
    """Who waits where, by version and step."""
    found = (
        select(Enrolment.version_id, Enrolment.step_key, func.count())
        .where(Enrolment.plan_id == plan_id, Enrolment.state == EnrolmentState.WAITING)
        .group_by(Enrolment.version_id, Enrolment.step_key)
        .order_by(Enrolment.version_id.desc(), Enrolment.step_key)
    )
    return [Standing(version_id, key or "", count) for version_id, key, count in db.session.execute(found)]
