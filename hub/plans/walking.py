"""Decides what a step does and where the passage stands afterwards. Pure: the live engine and the replay walk alike."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hub.core.words import Purpose
from hub.outbox.words import MessageState
from hub.plans import rules
from hub.plans.definitions import AnyOf, Clause, Condition, Definition, Step
from hub.plans.words import Anchor, Arm, Ask, ExitReason, Skip, StepKind, StepOutcome, Wait

SENT = frozenset({MessageState.ACCEPTED, MessageState.DELIVERED})
ON_ITS_WAY = frozenset({MessageState.WAITING, MessageState.CLAIMED, MessageState.CALLING})
LOOK_AGAIN = timedelta(hours=6)
"""A message that waits at the gate is looked at again."""
LOOK_FOR_HOLD = timedelta(hours=1)
"""So is a grievance, should nobody have told that it is solved."""
ABOUT_MESSAGES = frozenset({Ask.OPENED, Ask.CLICKED, Ask.ENGAGED})
NEVER_STALE = frozenset({StepKind.SPLIT, StepKind.END})
TELLING = frozenset({StepKind.SEND, StepKind.NOTIFY, StepKind.TASK, StepKind.AUDIENCE, StepKind.POSTAL})
"""Kinds that reach somebody: after a move to another version none of them makes up for what lies in the past."""
EFFECTS = frozenset(StepKind) - {StepKind.SEND, StepKind.SPLIT, StepKind.END}


@dataclass(frozen=True)
class Sent:
    """A message of the passage as the outbox has it now. `accepted_at` is None until a provider took it."""

    state: MessageState
    accepted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Position:
    """One passage at its step. `time_zone` is the customer's; `messages` are those of the passage, by step key.

    `values`: ids the steps need, and what the walk remembers of it: `first_message_at`, `first_planned_at`,
    `messages` (step key → outbound id), `planned_at` (when the step was due before it had to wait); after a move to another
    version `ran` (steps that have run, and never run again) and `moved_at`, until a step is due after that.
    `held`: the purposes that an open grievance makes wait for this customer.
    """

    customer_id: int
    arm: Arm
    definition: Definition
    step: Step
    anchor_at: datetime
    due_at: datetime
    values: Mapping[str, Any]
    time_zone: str
    messages: Mapping[str, Sent] = field(default_factory=dict)
    held: frozenset[Purpose] = frozenset()

    @property
    def planned_at(self) -> datetime:
        planned = self.values.get("planned_at")
        return datetime.fromisoformat(planned) if planned else self.due_at

    @property
    def first_message(self) -> Sent | None:
        """The plan's first message: one that left, else the one posted first."""
        posted = list(self.messages.values())
        return next((each for each in posted if each.state in SENT), posted[0] if posted else None)


Knows = Callable[[Condition], bool | None]
"""What is true of a passage; None: nobody can know."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One of: the passage ends (`exit_reason`), waits (`wait`, until `wait_until`), or the step has its `outcome`."""

    outcome: StepOutcome | None = None
    reason: str | None = None
    exit_reason: ExitReason | None = None
    wait: Wait | None = None
    wait_until: datetime | None = None
    template: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the passage stands: at a step that is due then, or ended for a reason (`step_key` None)."""

    step_key: str | None
    due_at: datetime | None
    values: dict[str, Any]
    wait: Wait | None = None
    exit_reason: ExitReason | None = None


def holds(clause: Clause, knows: Knows) -> bool | None:
    """Whether it is true; what is not known stays unknown, also turned round."""
    if isinstance(clause, AnyOf):
        found = [holds(part, knows) for part in clause.parts]
        return True if True in found else None if None in found else False
    known = knows(clause)
    return known if known is None else known is not clause.is_not


def all_hold(clauses: Iterable[Clause], knows: Knows) -> bool:
    return all(holds(clause, knows) is True for clause in clauses)


def decide(position: Position, knows: Knows, now: datetime) -> Decision:
    """What the step that is due does now."""
    step = position.step
    if exit_reason := find_exit(position.definition, step, knows):
        return Decision(exit_reason=exit_reason)
    if until := _awaits_message(position, now):
        return Decision(wait=Wait.MESSAGE, wait_until=until)
    if _is_stale(position, now):
        return Decision(outcome=StepOutcome.EXPIRED, reason=Skip.TOO_LATE)
    if _is_paused(position):
        return Decision(wait=Wait.GRIEVANCE, wait_until=now + LOOK_FOR_HOLD)
    if reason := _left_out(position):
        return Decision(outcome=StepOutcome.SKIPPED, reason=reason)
    return _decide_kind(position, knows)


def _left_out(position: Position) -> Skip | None:
    """Switched off, not announced, or run before the passage came to another version; a fork is asked anew there."""
    has_run = position.step.key in position.values.get("ran", ())
    if has_run and position.step.kind not in NEVER_STALE:
        return Skip.HAS_RUN
    if not position.step.is_on:
        return Skip.OFF
    is_erasing = position.step.kind is StepKind.ERASURE_DUE and position.step.acts_in(position.arm)
    return Skip.NOT_TOLD if is_erasing and not _is_told(position) else None


def _is_stale(position: Position, now: datetime) -> bool:
    """Past its expiry; or due in the past as the passage came to another version: nothing is made up for in a burst."""
    step, moved_at = position.step, position.values.get("moved_at")
    if step.kind in NEVER_STALE:
        return False
    if moved_at and step.kind in TELLING and position.planned_at < datetime.fromisoformat(moved_at):
        return True
    return now > position.planned_at + timedelta(minutes=step.expires_minutes)


def _decide_kind(position: Position, knows: Knows) -> Decision:
    step = position.step
    is_true = all_hold(step.when, knows)
    if step.kind is StepKind.SPLIT:
        return Decision(outcome=StepOutcome.CHOSEN, reason=Skip.YES if is_true else Skip.NO)
    if not is_true:
        return Decision(outcome=StepOutcome.SKIPPED, reason=_why_not(step, knows))
    if step.kind is StepKind.END:
        return Decision(outcome=StepOutcome.DONE)
    if not step.acts_in(position.arm):
        return Decision(outcome=StepOutcome.GHOST)
    if step.kind in EFFECTS:
        return Decision(outcome=StepOutcome.DONE)
    return Decision(outcome=StepOutcome.POSTED, template=choose_template(step, knows))


def _is_told(position: Position) -> bool:
    """Nobody is erased who did not get the letter with the day: not yet left, blocked, expired and bounced are none."""
    notice = rules.notice_of(position.values, position.messages)
    return notice is not None and notice.state in SENT


def find_exit(definition: Definition, step: Step, knows: Knows) -> ExitReason | None:
    """The first reason of the plan that now holds. Branch steps follow an answer: the exits of the path do not stop them."""
    if step.is_branch:
        return None
    for reason, found in definition.exits_by_reason.items():
        if knows(found.question):
            return reason
    return None


def _is_paused(position: Position) -> bool:
    """An open grievance: every step of a plan that advertises or asks waits; a step that answers the customer does not."""
    step = position.step
    if step.is_branch:
        return step.is_send and step.purpose in position.held
    return bool(position.definition.held_purposes & position.held)


def _awaits_message(position: Position, now: datetime) -> datetime | None:
    """Until when the step waits for a message of the plan: what is asked of one counts from its real sending."""
    step, moments = position.step, []
    if step.anchor is Anchor.FIRST_MESSAGE and not position.values.get("first_message_at"):
        moments.append(_left(position.first_message, 0, now))
    if step.kind is StepKind.ERASURE_DUE:
        moments.append(_left(rules.notice_of(position.values, position.messages), 0, now))
    for leaf in step.leaves:
        if leaf.ask in ABOUT_MESSAGES:
            of_step = leaf.params.get("step")
            days = int(leaf.params.get("for_days", 0))
            asked = [position.messages.get(of_step)] if of_step else list(position.messages.values())
            moments += [_left(each, days, now) for each in asked]
    return max((moment for moment in moments if moment is not None), default=None)


def _left(sent: Sent | None, days: int, now: datetime) -> datetime | None:
    """When to look again; None: it has left so many days ago, or never will."""
    if sent is None:
        return None
    if sent.state in ON_ITS_WAY:
        return now + LOOK_AGAIN
    if sent.accepted_at is None:
        return None
    moment = sent.accepted_at + timedelta(days=days)
    return moment if moment > now else None


def _why_not(step: Step, knows: Knows) -> Skip:
    failing = [leaf for clause in step.when if holds(clause, knows) is not True for leaf in clause.leaves]
    for leaf in failing:
        is_missing = not leaf.is_not and knows(leaf) is False
        if leaf.ask is Ask.FIRST_MESSAGE_SENT and is_missing:
            return Skip.NEVER_SENT
        if leaf.ask in ABOUT_MESSAGES and knows(leaf) is None:
            return Skip.NEVER_SENT
        if leaf.ask is Ask.SUGGESTED and is_missing:
            return Skip.NO_PRODUCT
    return Skip.CONDITION


def choose_template(step: Step, knows: Knows) -> str:
    for variant in step.variants:
        if all_hold(variant.when, knows):
            return variant.template
    return step.template


def advance(position: Position, decision: Decision, *, outbound_id: int | None = None) -> Place:
    """Where the passage stands after this. Delays count from their anchor, never from this run."""
    values = dict(position.values)
    if decision.exit_reason:
        return _ended(values, decision.exit_reason)
    if decision.wait:
        if decision.wait is Wait.GRIEVANCE:
            values["planned_at"] = position.planned_at.isoformat()
        return Place(
            step_key=position.step.key, due_at=decision.wait_until, values=values, wait=decision.wait
        )
    values = _remember(position, decision, values, outbound_id)
    following = _following(position, decision)
    if following is None:
        return _ended(values, ExitReason.COMPLETED)
    due_at = rules.due_of(following, position.anchor_at, values, time_zone=position.time_zone)
    if following is position.definition.gives_ahead(position.step):
        due_at = max(due_at, position.planned_at)
    if values.get("moved_at") and due_at >= datetime.fromisoformat(values["moved_at"]):
        values.pop("moved_at")
    return Place(step_key=following.key, due_at=due_at, values=values)


def _ended(values: dict[str, Any], reason: ExitReason) -> Place:
    values.pop("planned_at", None)
    return Place(step_key=None, due_at=None, values=values, exit_reason=reason)


def _following(position: Position, decision: Decision) -> Step | None:
    step = position.step
    if step.kind is StepKind.END and decision.outcome is StepOutcome.DONE:
        return None
    if decision.outcome is StepOutcome.CHOSEN and decision.reason == Skip.NO:
        return position.definition.step(step.otherwise or "")
    return position.definition.step_after(step.key)


def _remember(
    position: Position, decision: Decision, values: dict[str, Any], outbound_id: int | None
) -> dict[str, Any]:
    """The first message of a plan is remembered: what follows counts from its acceptance, or its planned time."""
    planned_at = position.planned_at.isoformat()
    values.pop("planned_at", None)
    if not position.step.is_send:
        return values
    if outbound_id is not None:
        values["messages"] = {**values.get("messages", {}), position.step.key: outbound_id}
        values.setdefault("first_outbound_id", outbound_id)
    if decision.outcome in {StepOutcome.POSTED, StepOutcome.GHOST, StepOutcome.EXPIRED}:
        values.setdefault("first_planned_at", planned_at)
    if decision.outcome is StepOutcome.GHOST:
        values.setdefault("first_message_at", planned_at)
    return values


def skipped(decision: Decision, reason: Skip) -> Decision:
    """The step could not have its effect after all."""
    return replace(decision, outcome=StepOutcome.SKIPPED, reason=reason)


def exited(reason: ExitReason) -> Decision:
    return Decision(exit_reason=reason)


def limited(until: datetime) -> Decision:
    """The plan has done enough for the day."""
    return Decision(wait=Wait.DAILY_LIMIT, wait_until=until)
