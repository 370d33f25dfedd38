"""Walks a plan as the engine does, for one customer who is not inside: the same decisions, and a tally as the door out. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from hub.core.words import Purpose
from hub.outbox.foreseeing import Foreseen, Passed
from hub.outbox.rules import Verdict
from hub.outbox.words import MessageState
from hub.plans import rules
from hub.plans.checking.ways import Ways
from hub.plans.definitions import AnyOf, Clause, Condition, Definition, Step
from hub.plans.telling import tell
from hub.plans.trying.rows import Fate, Seed, TriedStep, Way
from hub.plans.walking import (
    Decision,
    Knows,
    Place,
    Position,
    Sent,
    advance,
    choose_template,
    decide,
    holds,
    skipped,
)
from hub.plans.words import Arm, Ask, Skip, StepKind, StepOutcome, Wait

AHEAD = frozenset(
    {Ask.PURCHASED, Ask.BASKET, Ask.OPENED, Ask.CLICKED, Ask.ENGAGED, Ask.ANSWERED, Ask.CODE_USED}
)
"""What the customer does after the entry: nobody knows it yet."""
MOST_TURNS = 400
FATES = {
    StepOutcome.DONE: Fate.DONE,
    StepOutcome.SKIPPED: Fate.SKIPPED,
    StepOutcome.EXPIRED: Fate.LATE,
    StepOutcome.CHOSEN: Fate.CHOSEN,
}


class Oracle(Protocol):
    """What is known now of the customer, asked for a moment of the walk."""

    def knows(self, position: Position, step: Step, at: datetime) -> Knows: ...
    def post(
        self, step: Step, template: str, at: datetime, planned_at: datetime, passed: Sequence[Passed]
    ) -> Foreseen:
        """What the gate would say, after the messages that have passed on the same way."""

    def why_not(self, step: Step, template: str, *, has_code: bool) -> Skip | None:
        """What keeps the step from its effect: no template, no code, nobody to call."""

    def is_notice(self, template: str) -> bool:
        """Whether it tells the day of erasure."""


@dataclass(frozen=True)
class Standing:
    """Where the walk stands: at a step, at a moment, with the messages that would have left."""

    position: Position
    now: datetime
    is_held: bool = False
    passed: tuple[Passed, ...] = ()
    has_code: bool = False


@dataclass
class Walk:
    """`found` by step key, in the order in which the steps are reached first."""

    definition: Definition
    oracle: Oracle
    found: dict[str, TriedStep] = field(default_factory=dict)
    open_forks: list[Step] = field(default_factory=list)

    def go(self, standing: Standing) -> tuple[TriedStep, ...]:
        ahead, turns = [standing], 0
        while ahead and turns < MOST_TURNS:
            turns += 1
            here = ahead.pop()
            if here.position.step.key not in self.found:
                ahead += self._take(here)
        ways = Ways(self.definition)
        placed = [
            replace(each, ways=_ways_to(ways, each.step, self.open_forks)) for each in self.found.values()
        ]
        return tuple(sorted(placed, key=lambda each: each.at or each.planned_at))

    def _take(self, here: Standing) -> Iterable[Standing]:
        """Decide one step, write it down, and say where the walk goes on; first comes last."""
        position, step = here.position, here.position.step
        known = self.oracle.knows(position, step, here.now)
        decision = decide(position, _favourably(self.definition, known), here.now)
        if decision.wait is Wait.GRIEVANCE:
            return [replace(here, position=replace(position, held=frozenset()), is_held=True)]
        if decision.wait_until:
            place = advance(position, decision)
            return [self._at(here, place, max(decision.wait_until, here.now))]
        if decision.exit_reason:
            self._note(here, Fate.LEAVES, decision)
            return []
        ifs = _open(step.when, known)
        if step.kind is StepKind.SPLIT and ifs and decision.reason in {Skip.YES, Skip.NO}:
            self.open_forks.append(step)
            self._note(here, Fate.OPEN, decision, ifs=ifs)
            yes, no = (replace(decision, reason=reason) for reason in (Skip.YES, Skip.NO))
            return [*self._on(here, no), *self._on(here, yes)]
        if decision.outcome is StepOutcome.POSTED:
            return self._post(here, decision, known, ifs)
        if decision.outcome is StepOutcome.DONE and (reason := self.oracle.why_not(step, "", has_code=False)):
            decision = skipped(decision, reason)
        ends = step.kind is StepKind.END and decision.outcome is StepOutcome.DONE
        fate = Fate.ENDS if ends else FATES[decision.outcome or StepOutcome.DONE]
        failed = _failed(step.when, known) if decision.reason is Skip.CONDITION else ()
        self._note(here, fate, decision, ifs=ifs if fate is not Fate.SKIPPED else (), failed=failed)
        if fate is Fate.DONE and step.kind is StepKind.PROMO:
            here = replace(here, has_code=True)
        return self._on(here, decision)

    def _post(
        self, here: Standing, decision: Decision, known: Knows, ifs: tuple[Clause, ...]
    ) -> Iterable[Standing]:
        position, step = here.position, here.position.step
        template = choose_template(step, known)
        if reason := self.oracle.why_not(step, template, has_code=here.has_code):
            self._note(here, Fate.SKIPPED, skipped(decision, reason), template=template, ifs=ifs)
            return self._on(here, skipped(decision, reason))
        seen = self.oracle.post(step, template, here.now, position.planned_at, here.passed)
        at = seen.passed.at if seen.passed else None
        fate = Fate.SENT if at else Fate.REFUSED
        self._note(here, fate, decision, template=template, ifs=ifs, verdict=seen.verdict, at=at)
        sent = Sent(MessageState.ACCEPTED, at) if at else Sent(MessageState.BLOCKED, None)
        values = dict(position.values)
        if at:
            values.setdefault("first_message_at", at.isoformat())
            values |= tell(position, at) if self.oracle.is_notice(template) else {}
        after = replace(position, messages={**position.messages, step.key: sent}, values=values)
        passed = (*here.passed, seen.passed) if seen.passed else here.passed
        return self._on(
            replace(here, position=after, passed=passed), decision, outbound_id=len(position.messages) + 1
        )

    def _on(self, here: Standing, decision: Decision, outbound_id: int | None = None) -> list[Standing]:
        place = advance(here.position, decision, outbound_id=outbound_id)
        return [self._at(here, place, here.now)] if place.step_key else []

    def _at(self, here: Standing, place: Place, now: datetime) -> Standing:
        step = self.definition.step(place.step_key or "")
        due_at = place.due_at or now
        position = replace(here.position, step=step, due_at=due_at, values=place.values)
        return replace(here, position=position, now=max(due_at, now))

    def _note(
        self,
        here: Standing,
        fate: Fate,
        decision: Decision,
        *,
        ifs: tuple[Clause, ...] = (),
        failed: tuple[Clause, ...] = (),
        template: str = "",
        verdict: Verdict | None = None,
        at: datetime | None = None,
    ) -> None:
        self.found[here.position.step.key] = TriedStep(
            step=here.position.step,
            planned_at=here.position.due_at,
            fate=fate,
            at=at or here.now,
            reason=Skip(decision.reason) if decision.reason else None,
            exit_reason=decision.exit_reason,
            verdict=verdict,
            ifs=ifs,
            failed=failed,
            template=template,
            is_held=here.is_held,
        )


def walk(
    definition: Definition,
    seed: Seed,
    oracle: Oracle,
    *,
    customer_id: int,
    time_zone: str,
    now: datetime,
    held: frozenset[Purpose] = frozenset(),
) -> tuple[TriedStep, ...]:
    """What would happen to a treated customer who enters now, step by step in the order of time."""
    first = definition.steps[0]
    due_at = rules.due_of(first, seed.anchor_at, seed.values, time_zone=time_zone)
    position = Position(
        customer_id=customer_id,
        arm=Arm.TREATED,
        definition=definition,
        step=first,
        anchor_at=seed.anchor_at,
        due_at=due_at,
        values=dict(seed.values),
        time_zone=time_zone,
        held=held,
    )
    return Walk(definition, oracle).go(Standing(position, max(due_at, now)))


def _favourably(definition: Definition, known: Knows) -> Knows:
    """What nobody knows yet is taken as the step would have it; what ends the plan does not happen."""
    questions = [each.question for each in definition.exits]

    def knows(condition: Condition) -> bool | None:
        if condition.ask not in AHEAD:
            return known(condition)
        is_exit = any(condition is question for question in questions)
        return False if is_exit else not condition.is_not

    return knows


def _surely(known: Knows) -> Knows:
    return lambda condition: None if condition.ask in AHEAD else known(condition)


def _open(clauses: Iterable[Clause], known: Knows) -> tuple[Clause, ...]:
    """Those that depend on what the customer does; what is unknown otherwise stays unknown."""
    return tuple(
        each
        for each in clauses
        if holds(each, _surely(known)) is None and any(leaf.ask in AHEAD for leaf in each.leaves)
    )


def _failed(clauses: Iterable[Clause], known: Knows) -> tuple[Clause, ...]:
    """What does not hold for the customer as he is known now."""
    return tuple(
        each
        for each in clauses
        if holds(each, _surely(known)) is not True
        and (isinstance(each, AnyOf) or each.ask not in AHEAD)
        and each not in _open([each], known)
    )


def _ways_to(ways: Ways, step: Step, forks: Iterable[Step]) -> tuple[Way, ...]:
    """The ways of undecided forks that alone lead to the step."""
    found = []
    for fork in forks:
        yes = _reach(ways, ways.definition.step_after(fork.key))
        no = _reach(ways, ways.definition.find_step(fork.otherwise))
        if (step.key in yes) is not (step.key in no):
            found.append(Way(fork, step.key in yes))
    return tuple(found)


def _reach(ways: Ways, start: Step | None) -> set[str]:
    return {start.key, *(each.key for each in ways.ahead(start))} if start else set()
