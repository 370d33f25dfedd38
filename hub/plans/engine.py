"""Runs due steps: claim a batch, test the exits, post the messages, advance. One transaction a batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core import clock
from hub.core.batches import given_rows, rows_given, table_of
from hub.core.db import db, transaction
from hub.core.facts import record_many
from hub.outbox.actions import post_many
from hub.plans import rules
from hub.plans.facts import GhostSent, PlanEnded
from hub.plans.gather import Gathered, draft_of, gather, invite_asked, is_first_question
from hub.plans.models import Enrolment, StepRun
from hub.plans.queries import get_definition
from hub.plans.rules import Definition, Step
from hub.plans.words import Anchor, Arm, EnrolmentState, ExitReason, Skip, StepOutcome
from hub.stores.queries import get_chain

BATCH = 250  # each customer asked is a lock until the end of the batch: 20 workers stay below 6,400
POSTPONE = timedelta(hours=6)
# Each writes a whole batch at once.
RUN = ("enrolment_id", "step_key", "outcome", "reason", "outbound_id", "ran_at")
RUNS = (
    insert(table_of(StepRun))
    .from_select(RUN, select(*given_rows(table_of(StepRun), RUN).c))
    .on_conflict_do_nothing()
)
MOVED = ("state", "step_key", "due_at", "values", "ended_at", "exit_reason")
_moves = given_rows(table_of(Enrolment), ("id", *MOVED))
MOVES = (
    update(table_of(Enrolment))
    .where(table_of(Enrolment).c.id == _moves.c.id)
    .values({name: _moves.c[name] for name in MOVED})
)


@dataclass
class Passage:
    """One claimed enrolment at its step, and what became of it in this batch."""

    enrolment: Enrolment
    definition: Definition
    step: Step
    outcome: StepOutcome | None = None
    reason: str | None = None
    exit_reason: ExitReason | None = None
    outbound_id: int | None = None
    is_postponed: bool = False


def work_plans(wake: Callable[[], None]) -> int:
    """One batch of due steps. A crash at any point neither loses nor doubles a message: it is one transaction,
    and the message's key is the enrolment and the step.
    """
    now = clock.business_now()
    with transaction():
        passages = _claim(now)
        if len(passages) == BATCH:
            wake()
        if passages:
            _run(passages, now)
    return len(passages)


def has_due() -> bool:
    return db.session.scalar(select(Enrolment.id).where(*_due(clock.business_now())).limit(1)) is not None


def next_due_at() -> datetime | None:
    """Business time of the next step of anybody inside a plan."""
    return db.session.scalar(
        select(func.min(Enrolment.due_at)).where(Enrolment.state == EnrolmentState.WAITING)
    )


def _due(now: datetime) -> tuple[Any, ...]:
    return Enrolment.state == EnrolmentState.WAITING, Enrolment.due_at <= now


def _claim(now: datetime) -> list[Passage]:
    rows = db.session.scalars(
        select(Enrolment)
        .where(*_due(now))
        .order_by(Enrolment.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = []
    for enrolment in rows:
        definition = get_definition(enrolment.version_id)
        found.append(Passage(enrolment, definition, definition.step(enrolment.step_key or "")))
    return found


def _run(passages: Sequence[Passage], now: datetime) -> None:
    seen = gather([(passage.enrolment, passage.step) for passage in passages], now=now)
    for passage in passages:
        _decide(passage, seen, now)
    _ask_once(passages)
    _post([passage for passage in passages if passage.outcome is StepOutcome.POSTED], seen, now)
    _record_runs(passages, now)
    _advance(passages, now)


def _decide(passage: Passage, seen: Gathered, now: datetime) -> None:
    step, enrolment = passage.step, passage.enrolment
    circumstances = seen.circumstances[enrolment.id]
    passage.exit_reason = rules.find_exit(passage.definition, step, circumstances)
    if passage.exit_reason:
        return
    if step.anchor is Anchor.FIRST_MESSAGE and seen.is_first_message_waiting(enrolment):
        passage.is_postponed = True
        return
    if enrolment.due_at and now > enrolment.due_at + timedelta(days=step.expires_days):
        passage.outcome, passage.reason = StepOutcome.EXPIRED, Skip.TOO_LATE
    elif not rules.may_run(step.when, circumstances):
        never = not circumstances.is_first_message_sent
        passage.outcome = StepOutcome.SKIPPED
        passage.reason = Skip.NEVER_SENT if never else Skip.CONDITION
    elif enrolment.arm is Arm.CONTROL:
        passage.outcome = StepOutcome.GHOST
    else:
        passage.outcome = StepOutcome.POSTED


def _ask_once(passages: Sequence[Passage]) -> None:
    """Of two questions to one customer in the same batch only the first leaves."""
    asked = set()
    for passage in passages:
        if passage.outcome is not StepOutcome.POSTED or not is_first_question(passage.step):
            continue
        customer_id = passage.enrolment.customer_id
        if customer_id in asked and ExitReason.ASKED_RECENTLY in passage.definition.exits:
            passage.outcome, passage.exit_reason = None, ExitReason.ASKED_RECENTLY
        asked.add(customer_id)


def _post(passages: Sequence[Passage], seen: Gathered, now: datetime) -> None:
    leaving = [(passage.enrolment, passage.step) for passage in passages]
    seen = replace(seen, invitations=invite_asked(leaving, seen, now=now))
    drafts = [
        draft_of(passage.enrolment, passage.step, seen, exits=passage.definition.exits, now=now)
        for passage in passages
    ]
    for passage, posted in zip(passages, post_many(drafts, now=now), strict=True):
        passage.outbound_id = posted.message_id_row


def _record_runs(passages: Sequence[Passage], now: datetime) -> None:
    rows = [
        {
            "enrolment_id": passage.enrolment.id,
            "step_key": passage.step.key,
            "outcome": passage.outcome,
            "reason": passage.reason,
            "outbound_id": passage.outbound_id,
            "ran_at": now,
        }
        for passage in passages
        if passage.outcome
    ]
    if rows:
        db.session.execute(RUNS, rows_given(rows))
    ghosts = [
        GhostSent(
            customer_id=passage.enrolment.customer_id,
            enrolment_id=passage.enrolment.id,
            step_key=passage.step.key,
        )
        for passage in passages
        if passage.outcome is StepOutcome.GHOST
    ]
    record_many(ghosts, now=now)


def _advance(passages: Sequence[Passage], now: datetime) -> None:
    zone = get_chain().time_zone
    rows = [_next_row(passage, zone, now) for passage in passages]
    db.session.execute(MOVES, rows_given(rows))
    pairs = zip(passages, rows, strict=True)
    ends = [_end_of(passage, row) for passage, row in pairs if row["state"] is EnrolmentState.ENDED]
    record_many(ends, now=now)


def _next_row(passage: Passage, zone: str, now: datetime) -> dict[str, Any]:
    """Where the customer stands after this step. Delays count from the anchor, never from this run."""
    enrolment = passage.enrolment
    row: dict[str, Any] = {
        "id": enrolment.id,
        "state": EnrolmentState.WAITING,
        "step_key": enrolment.step_key,
        "due_at": enrolment.due_at,
        "values": enrolment.values,
        "ended_at": None,
        "exit_reason": None,
    }
    if passage.is_postponed:
        return row | {"due_at": now + POSTPONE}
    following = passage.definition.step_after(passage.step.key)
    if passage.exit_reason or following is None:
        reason = passage.exit_reason or ExitReason.COMPLETED
        ended = {"state": EnrolmentState.ENDED, "due_at": None, "step_key": None}
        return row | ended | {"ended_at": now, "exit_reason": reason}
    values = _values_after(passage, now)
    due_at = rules.due_moment(_anchor(following, passage, values), following.delay, time_zone=zone)
    return row | {"step_key": following.key, "due_at": due_at, "values": values}


def _values_after(passage: Passage, now: datetime) -> dict[str, Any]:
    """The first message of a plan is remembered: what follows counts from its acceptance."""
    values = dict(passage.enrolment.values)
    if passage.outbound_id and "first_outbound_id" not in values:
        values["first_outbound_id"] = passage.outbound_id
    if passage.outcome is StepOutcome.GHOST and "first_message_at" not in values:
        values["first_message_at"] = (passage.enrolment.due_at or now).isoformat()
    return values


def _anchor(following: Step, passage: Passage, values: dict[str, Any]) -> datetime:
    if following.anchor is Anchor.ENTRY:
        return passage.enrolment.anchor_at
    sent = values.get("first_message_at")
    return datetime.fromisoformat(sent) if sent else (passage.enrolment.due_at or passage.enrolment.anchor_at)


def _end_of(passage: Passage, row: dict[str, Any]) -> PlanEnded:
    return PlanEnded(
        customer_id=passage.enrolment.customer_id,
        enrolment_id=passage.enrolment.id,
        plan_id=passage.enrolment.plan_id,
        reason=row["exit_reason"].value,
    )
