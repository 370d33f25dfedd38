"""The ways through a plan: which steps follow which, what is reached, what lies before a step, and when it is due. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from hub.plans.definitions import Definition, Delay, Step
from hub.plans.words import Anchor, StepKind

DAY_MINUTES = 24 * 60
COUNTED = frozenset({Anchor.ENTRY, Anchor.FIRST_MESSAGE})
"""Moments that can be laid side by side; an answer or a date may come at any time."""


@dataclass(frozen=True)
class Trace:
    """How a step was reached: the step before it that is due last, and the first message on the way."""

    latest: Step | None = None
    first_send: Step | None = None


@dataclass(frozen=True)
class Ways:
    """`needed`: branch steps that answers of customers lead to."""

    definition: Definition
    needed: frozenset[str] = frozenset()

    def after(self, step: Step) -> tuple[Step, ...]:
        """The steps that may come next: a fork that asks something goes two ways, an end without a condition none."""
        if step.kind is StepKind.END and step.is_on and not step.when:
            return ()
        following = self.definition.step_after(step.key)
        found = [following] if following else []
        if step.kind is StepKind.SPLIT and step.is_on and step.when and step.otherwise:
            found.append(self.definition.step(step.otherwise))
        return tuple(dict.fromkeys(found))

    @cached_property
    def starts(self) -> tuple[Step, ...]:
        first = self.definition.steps[0]
        return (first, *(step for step in self.definition.steps if step.key in self.needed and step != first))

    @cached_property
    def reached(self) -> frozenset[str]:
        return frozenset(step.key for start in self.starts for step in (start, *self.ahead(start)))

    @cached_property
    def opened(self) -> frozenset[str]:
        """What would be reached with every fork switched on: a way that rests for now is no dead end."""
        steps = (
            replace(step, is_on=True) if step.kind is StepKind.SPLIT else step
            for step in self.definition.steps
        )
        return Ways(replace(self.definition, steps=tuple(steps)), self.needed).reached

    def ahead(self, start: Step) -> tuple[Step, ...]:
        """Everything that may come after a step."""
        found: dict[str, Step] = {}
        waiting = list(self.after(start))
        while waiting:
            step = waiting.pop(0)
            if step.key not in found:
                found[step.key] = step
                waiting += self.after(step)
        return tuple(found.values())

    @cached_property
    def before(self) -> Mapping[str, frozenset[str]]:
        """What may have been passed on the way to a step; an answer may come from anywhere on the path."""
        found: dict[str, set[str]] = {step.key: set() for step in self.definition.steps}
        for step in self.definition.steps:
            if step.key in self.reached:
                for later in self.ahead(step):
                    found[later.key].add(step.key)
        path = {self.definition.steps[0].key, *(each.key for each in self.ahead(self.definition.steps[0]))}
        for start in self.starts[1:]:
            for step in (start, *self.ahead(start)):
                found[step.key] |= path - {step.key}
        return {key: frozenset(keys) for key, keys in found.items()}

    def steps_before(self, step: Step) -> Iterator[Step]:
        return (each for each in self.definition.steps if each.key in self.before[step.key])

    @cached_property
    def traces(self) -> Mapping[str, frozenset[Trace]]:
        """Every way in which a step is reached, as far as its moment depends on it."""
        found: dict[str, set[Trace]] = {step.key: set() for step in self.definition.steps}
        waiting = [(start, Trace()) for start in self.starts]
        while waiting:
            step, trace = waiting.pop()
            if trace in found[step.key]:
                continue
            found[step.key].add(trace)
            passed = _pass(step, trace)
            waiting += [(later, passed) for later in self.after(step)]
        return {key: frozenset(traces) for key, traces in found.items()}

    def day_of(self, step: Step) -> int:
        """Minutes from the entry to the step on its soonest way, as far as that can be told."""
        return min((_minutes(resolve(step, trace)) for trace in self.traces[step.key]), default=0)


def _pass(step: Step, trace: Trace) -> Trace:
    if not step.is_on or step.kind in {StepKind.SPLIT, StepKind.END}:
        return trace
    back = minutes_back(step, trace)
    latest = trace.latest if back is not None and back > 0 else step
    first = trace.first_send or (step if step.is_send else None)
    return Trace(latest, first)


def resolve(step: Step, trace: Trace) -> Delay | None:
    """The step's delay counted from the entry; None when it counts from something that may come at any time."""
    if step.anchor not in COUNTED:
        return None
    first = trace.first_send
    if step.anchor is Anchor.ENTRY or first is None or first.key == step.key:
        return step.delay
    base = resolve(first, Trace())
    if base is None:
        return None
    own = step.delay
    at = own.at or (base.at if not own.minutes else None)
    minutes = own.minutes if own.at else own.minutes + base.minutes
    return Delay(own.days + base.days, minutes, at)


def minutes_back(step: Step, trace: Trace) -> int | None:
    """By how many minutes a step is due before one that was passed already; None when nobody can know."""
    if trace.latest is None:
        return None
    own, other = resolve(step, trace), resolve(trace.latest, trace)
    return None if own is None or other is None else -minutes_between(other, own)


def minutes_between(first: Delay, second: Delay) -> int:
    """From one to the other, both counted from the entry; the most, where the hour of the entry decides."""
    ahead = (second.days - first.days) * DAY_MINUTES + second.minutes - first.minutes
    if first.at and second.at:
        return ahead + _clock(second.at) - _clock(first.at)
    if first.at or second.at:
        return ahead + DAY_MINUTES - 1
    return ahead


def _clock(at: str) -> int:
    hours, minutes = at.split(":")
    return int(hours) * 60 + int(minutes)


def _minutes(delay: Delay | None) -> int:
    return delay.days * DAY_MINUTES + delay.minutes if delay else 0
