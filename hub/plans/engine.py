"""Runs due steps: claim a batch, decide, let the steps have their effect, advance. One transaction a batch."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from hub.core import clock
from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db, transaction
from hub.core.facts import record_many
from hub.plans import codes, smoothing
from hub.plans.effects import take_effect
from hub.plans.facts import GhostSent, PlanEnded
from hub.plans.failing import FAILED, walk_apart
from hub.plans.gather import is_first_question, open_passages
from hub.plans.leaving import HAPPENED, note_exits
from hub.plans.models import Enrolment, Plan, StepRun
from hub.plans.passage import Passage
from hub.plans.switching import stand_by_switches
from hub.plans.walking import Place, advance, exited
from hub.plans.words import EnrolmentState, ExitReason, StepOutcome, Wait

BATCH = 250  # each customer asked is a lock until the end of the batch: 20 workers stay below 6,400
COUNTED_ANEW = frozenset({Wait.MESSAGE, Wait.DAILY_LIMIT})
"""Waits after which a step is as fresh as if it were due then."""
log = structlog.get_logger(__name__)
# Each writes a whole batch at once.
RUN = ("enrolment_id", "step_key", "outcome", "reason", "outbound_id", "ran_at")
RUNS = (
    insert(table_of(StepRun))
    .from_select(RUN, select(*given_rows(table_of(StepRun), RUN).c))
    .on_conflict_do_nothing()
)
MOVED = ("state", "step_key", "due_at", "values", "ended_at", "exit_reason", "paused_at", "wait_reason")
_moves = given_rows(table_of(Enrolment), ("id", *MOVED))
MOVES = (
    update(table_of(Enrolment))
    .where(table_of(Enrolment).c.id == _moves.c.id)
    .values({name: _moves.c[name] for name in MOVED})
)


def work_plans(wake: Callable[[], None]) -> int:
    """One batch of due steps. A crash at any point neither loses nor doubles a message: it is one transaction,
    and the message's key is the enrolment and the step. When it fails, those that can go on do so without the one
    that cannot.
    """
    now = clock.business_now()
    ids: list[int] = []
    try:
        with transaction():
            enrolments = _claim(now)
            ids = [enrolment.id for enrolment in enrolments]
            if len(ids) == BATCH:
                wake()
            if ids:
                _run(enrolments, now)
    except OperationalError:
        raise
    except Exception as error:
        if not ids:
            raise
        log.exception("plans.apart", count=len(ids))
        walk_apart(ids, error, partial(_run_again, now=now), now=now)
    return len(ids)


def _run_again(ids: Sequence[int], *, now: datetime) -> None:
    """Some of a batch that failed: those that are still due and in no other hands."""
    with transaction():
        if enrolments := _claim(now, among(Enrolment.id, ids)):
            _run(enrolments, now)


def has_due() -> bool:
    return db.session.scalar(select(Enrolment.id).where(*_due(clock.business_now())).limit(1)) is not None


def next_due_at() -> datetime | None:
    """Business time of the next step of anybody inside a plan."""
    return db.session.scalar(
        select(Enrolment.due_at)
        .where(*_inside())
        .order_by(Enrolment.due_at)
        .limit(1)  # min() would read them all
    )


def _due(now: datetime) -> tuple[Any, ...]:
    return *_inside(), Enrolment.due_at <= now


def _inside() -> tuple[Any, ...]:
    """Nobody goes on in a plan that is off: he leaves it."""
    on = select(Plan.id).where(Plan.is_on)
    return Enrolment.state == EnrolmentState.WAITING, Enrolment.plan_id.in_(on)


def _claim(now: datetime, *only: ColumnElement[bool]) -> Sequence[Enrolment]:
    """The row lock is the lease: it is free again when the connection of a dead worker ends.

    In an order that does not depend on who claims: a plan with a daily limit hands out its places in it.
    """
    stand_by_switches()
    is_due = (Enrolment.state == EnrolmentState.WAITING, Enrolment.due_at <= now)
    return db.session.scalars(
        select(Enrolment)
        .where(*is_due, among(Enrolment.plan_id, smoothing.take_turns()), *only)
        .order_by(Enrolment.due_at, Enrolment.customer_id, Enrolment.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()


def _run(enrolments: Sequence[Enrolment], now: datetime) -> None:
    passages = open_passages(enrolments, now=now)
    _ask_once(passages)
    passages = smoothing.keep_limits(passages, now=now)
    take_effect(passages, now=now)
    _record_runs(passages, now)
    _advance(passages, now)


def _ask_once(passages: Sequence[Passage]) -> None:
    """Of two questions to one customer in the same batch only the first leaves."""
    asked = set()
    for passage in passages:
        if not passage.is_to(StepOutcome.POSTED) or not is_first_question(passage.step):
            continue
        customer_id = passage.customer.id
        if customer_id in asked and passage.position.definition.find_exit(ExitReason.ASKED_RECENTLY):
            passage.decision = exited(ExitReason.ASKED_RECENTLY)
        asked.add(customer_id)


def _record_runs(passages: Sequence[Passage], now: datetime) -> None:
    rows = [
        {
            "enrolment_id": passage.enrolment.id,
            "step_key": passage.step.key,
            "outcome": passage.decision.outcome,
            "reason": passage.decision.reason,
            "outbound_id": passage.outbound_id,
            "ran_at": now,
        }
        for passage in passages
        if passage.decision.outcome
    ]
    if rows:
        db.session.execute(RUNS, rows_given(rows))
    ghosts = [
        GhostSent(
            customer_id=passage.customer.id,
            enrolment_id=passage.enrolment.id,
            step_key=passage.step.key,
        )
        for passage in passages
        if passage.is_to(StepOutcome.GHOST) and passage.step.is_send
    ]
    record_many(ghosts, now=now)


def _advance(passages: Sequence[Passage], now: datetime) -> None:
    places = [_place_of(passage) for passage in passages]
    pairs = list(zip(passages, places, strict=True))
    db.session.execute(MOVES, rows_given([_row(passage, place, now) for passage, place in pairs]))
    ended = [(passage, place) for passage, place in pairs if place.exit_reason]
    facts = [
        PlanEnded(
            customer_id=passage.customer.id,
            enrolment_id=passage.enrolment.id,
            plan_id=passage.enrolment.plan_id,
            reason=str(place.exit_reason),
        )
        for passage, place in ended
    ]
    record_many(facts, now=now)
    _note_exits(ended, now)
    codes.settle_ended({passage.enrolment.id: place.values for passage, place in ended}, now=now)


def _note_exits(ended: Sequence[tuple[Passage, Place]], now: datetime) -> None:
    """What the customer did was seen here before a reaction told it: what has not left is stopped all the same."""
    left: dict[ExitReason, list[int]] = defaultdict(list)
    for passage, place in ended:
        if place.exit_reason in HAPPENED:
            left[place.exit_reason].append(passage.enrolment.id)
    for reason, enrolment_ids in left.items():
        note_exits(enrolment_ids, reason, now=now)


def _place_of(passage: Passage) -> Place:
    place = advance(passage.position, passage.decision, outbound_id=passage.outbound_id)
    place.values.update(passage.values)
    if place.values.pop(FAILED, None) and place.wait in COUNTED_ANEW:
        place.values.pop("planned_at", None)
    return place


def _row(passage: Passage, place: Place, now: datetime) -> dict[str, Any]:
    is_held = place.wait is Wait.GRIEVANCE
    return {
        "id": passage.enrolment.id,
        "state": EnrolmentState.ENDED if place.exit_reason else EnrolmentState.WAITING,
        "step_key": place.step_key,
        "due_at": place.due_at,
        "values": place.values,
        "ended_at": now if place.exit_reason else None,
        "exit_reason": place.exit_reason,
        "paused_at": (passage.enrolment.paused_at or now) if is_held else None,
        "wait_reason": place.wait,
    }
