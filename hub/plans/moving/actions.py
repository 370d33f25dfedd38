"""Moves people inside a plan to another version: asked for once, done in batches that a crash cannot spoil."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db, ring_after_commit
from hub.core.errors import Invalid, NotFound
from hub.customers.queries import get_customers
from hub.plans.definitions import Definition
from hub.plans.gather import Zones
from hub.plans.leaving import end_enrolments
from hub.plans.models import Enrolment, StepRun
from hub.plans.moving.models import PlanMove
from hub.plans.moving.queries import BELL, count_elsewhere, find_open
from hub.plans.moving.rules import Inside, Moved, move
from hub.plans.queries import BELL as STEPS_BELL
from hub.plans.queries import get_definition
from hub.plans.words import EnrolmentState, ExitReason

BATCH = 500
FIELDS = ("version_id", "entered_version_id", "step_key", "due_at", "values", "wait_reason", "paused_at")
_rows = given_rows(table_of(Enrolment), ("id", *FIELDS))
MOVES = (
    update(table_of(Enrolment))
    .where(table_of(Enrolment).c.id == _rows.c.id)
    .values({name: _rows.c[name] for name in FIELDS})
)


def ask_move(*, plan_id: int, version_id: int, by: Actor, now: datetime) -> int:
    """Have everybody inside brought to this version, in the background. Returns how many stand elsewhere.

    A move that is under way goes to the new version from now on. Nothing is begun for nobody.
    """
    count = count_elsewhere(plan_id, version_id)
    if not count:
        return 0
    row = find_open(plan_id, is_locked=True)
    if row is None:
        row = PlanMove(plan_id=plan_id, version_id=version_id, asked_by_id=by.agent_id, asked_at=now)
        db.session.add(row)
    row.version_id, row.last_id = version_id, 0
    db.session.flush()
    note_change(
        "plan.people_moved", subject_kind="plan", subject_id=plan_id, by=by, now=now, version_id=version_id,
        count=count,
    )  # fmt: skip
    ring_after_commit(BELL)
    return count


def move_some(row: PlanMove, *, now: datetime) -> int:
    """One batch of a move, whose row the caller holds. Returns how many it handled; 0 when nobody was free to be moved.

    Whoever is in the hands of the engine just now is left to the next round: his step runs as it stood.
    """
    inside = db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.plan_id == row.plan_id,
            Enrolment.state == EnrolmentState.WAITING,
            Enrolment.version_id != row.version_id,
            Enrolment.id > row.last_id,
        )
        .order_by(Enrolment.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if not inside:
        return _finish_round(row, now=now)
    placed = list(zip(inside, _place(inside, row.version_id, now=now), strict=True))
    staying = [_as_row(each, to, row.version_id) for each, to in placed if to.step_key]
    leaving = [each.id for each, to in placed if not to.step_key]
    if staying:
        db.session.execute(MOVES, rows_given(staying))
    if leaving:
        end_enrolments(reason=ExitReason.COMPLETED, now=now, enrolment_ids=leaving)
    row.last_id = inside[-1].id
    row.moved_count += len(staying)
    row.ended_count += len(leaving)
    if any(to.due_at and to.due_at <= now for _, to in placed):
        ring_after_commit(STEPS_BELL)
    return len(inside)


def _finish_round(row: PlanMove, *, now: datetime) -> int:
    """Whoever was locked, or came meanwhile by the older version, is looked at again from the beginning."""
    if not count_elsewhere(row.plan_id, row.version_id):
        row.finished_at = now
        return 0
    is_next_round = row.last_id > 0
    row.last_id = 0
    return int(is_next_round)


def _place(inside: Sequence[Enrolment], version_id: int, *, now: datetime) -> list[Moved]:
    new = get_definition(version_id)
    people = get_customers({each.customer_id for each in inside})
    zones = Zones.of(people.values())
    done: dict[int, list[str]] = {}
    runs = select(StepRun.enrolment_id, StepRun.step_key).where(
        among(StepRun.enrolment_id, [each.id for each in inside])
    )
    for enrolment_id, key in db.session.execute(runs):
        done.setdefault(enrolment_id, []).append(key)
    return [
        move(
            Inside(
                step_key=each.step_key or "",
                anchor_at=each.anchor_at,
                due_at=each.due_at or each.entered_at,
                values=each.values,
                time_zone=zones.zone_of(people[each.customer_id]),
                wait=each.wait_reason,
                paused_at=each.paused_at,
                done=done.get(each.id, ()),
            ),
            _read_old(each.version_id, new),
            new,
            now=now,
        )
        for each in inside
    ]


def _read_old(version_id: int, new: Definition) -> Definition:
    """What they stand in; who stands in a version that cannot be read is placed by the name of his step alone."""
    try:
        return get_definition(version_id)
    except (Invalid, NotFound):
        return new


def _as_row(enrolment: Enrolment, to: Moved, version_id: int) -> dict[str, Any]:
    return {
        "id": enrolment.id,
        "version_id": version_id,
        "entered_version_id": enrolment.entered_version_id or enrolment.version_id,
        "step_key": to.step_key,
        "due_at": to.due_at,
        "values": to.values,
        "wait_reason": to.wait,
        "paused_at": to.paused_at,
    }
