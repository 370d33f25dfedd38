"""What a new version of a plan changes, and what becomes of the people inside when they are moved to it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from hub.plans.definitions import Definition, Step
from hub.plans.words import StepKind


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


class Whither(StrEnum):
    """Where somebody inside stands after a move: at the same step, at the next one that is left, or nowhere."""

    SAME = "same"
    NEXT = "next"
    OUT = "out"


@dataclass(frozen=True)
class FieldChange:
    """A field of a step or of the plan, as it was and as it is."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class StepChange:
    """What happened to a step; `old` is None for an added one, `new` for one that was removed.

    `after` is the step that it now follows, for one that was added or moved (None: it is the first).
    """

    change: Change
    old: Step | None
    new: Step | None
    fields: tuple[FieldChange, ...] = ()
    after: Step | None = None

    @property
    def step(self) -> Step | None:
        return self.new or self.old


@dataclass(frozen=True)
class Comparison:
    """Steps in the order of the new version, those removed where they stood; then what holds for the plan as a whole."""

    steps: tuple[StepChange, ...]
    plan: tuple[FieldChange, ...]

    @property
    def is_empty(self) -> bool:
        return not self.steps and not self.plan


@dataclass(frozen=True)
class Where:
    """`key` is the step of the new version; None: there is none left, the passage ends."""

    whither: Whither
    key: str | None


UNSEEN = frozenset({"key", "next_key"})
PLAN_FIELDS = ("exits", "daily_limit", "spread_days", "horizon_days")


def compare(old: Definition, new: Definition) -> Comparison:
    """Steps are the same when their key is; what moved stands after another step than the others beside it do."""
    before = {step.key: step for step in in_walking_order(old)}
    after = {step.key: step for step in in_walking_order(new)}
    kept_in_place = _in_place(
        [key for key in before if key in after], [key for key in after if key in before]
    )
    changes: list[StepChange] = []
    previous: Step | None = None
    for step in after.values():
        was = before.get(step.key)
        if was is None:
            if not _is_idle_end(step, new, old):
                changes.append(StepChange(Change.ADDED, None, step, after=previous))
        else:
            changed = (*_step_changes(was, step), *_lead_changes(old, was, new, step))
            if step.key not in kept_in_place:
                changes.append(StepChange(Change.MOVED, was, step, changed, after=previous))
            elif changed:
                changes.append(StepChange(Change.CHANGED, was, step, changed))
        previous = step
    removed = [
        StepChange(Change.REMOVED, step, None)
        for step in before.values()
        if step.key not in after and not _is_idle_end(step, old, new)
    ]
    return Comparison((*changes, *removed), _plan_changes(old, new))


def in_walking_order(definition: Definition) -> list[Step]:
    """The steps as they are walked, the first way of a fork before the other; then those that answers or nobody come to.

    Where steps stand in the list means nothing where they say themselves what follows.
    """
    found: dict[str, Step] = {}
    for start in definition.steps:
        ahead = [start]
        while ahead:
            step = ahead.pop()
            if step.key in found:
                continue
            found[step.key] = step
            ahead += [
                each for each in (definition.find_step(step.otherwise), _following(definition, step)) if each
            ]
    return list(found.values())


def _is_idle_end(end: Step, here: Definition, there: Definition) -> bool:
    """An end written down where the path ended anyway on the other side."""
    if not _is_plain_end(end):
        return False
    leading = [step for step in here.steps if (after := _following(here, step)) and after.key == end.key]
    return all(
        (other := there.find_step(step.key)) is not None and _lead(there, other) is None for step in leading
    ) and not any(step.otherwise == end.key for step in here.steps)


def _is_plain_end(step: Step) -> bool:
    return step.kind is StepKind.END and step.is_on and not step.when


def _lead(definition: Definition, step: Step) -> str | None:
    """Where the path goes on; to an end is the same as nowhere."""
    after = _following(definition, step)
    return None if after is None or _is_plain_end(after) else after.key


def _in_place(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The longest common order: what lies outside it was moved."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return {key for block in matcher.get_matching_blocks() for key in old[block.a : block.a + block.size]}


def _step_changes(old: Step, new: Step) -> tuple[FieldChange, ...]:
    names = [each.name for each in fields(Step) if each.name not in UNSEEN]
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in names]
    return tuple(FieldChange(name, was, now) for name, was, now in pairs if was != now)


def _lead_changes(old: Definition, was: Step, new: Definition, now: Step) -> tuple[FieldChange, ...]:
    """Where the path goes on, when that was said of the step itself; another neighbour in the list is the neighbour's change."""
    keys = (_lead(old, was), _lead(new, now))
    after = _following(new, now)
    is_cut_off = after is not None and _is_plain_end(after)
    if keys[0] == keys[1] or (was.next_key == now.next_key and not is_cut_off):
        return ()
    return (FieldChange("next_key", *keys),)


def _plan_changes(old: Definition, new: Definition) -> tuple[FieldChange, ...]:
    found = [FieldChange("entry", old.entry, new.entry)] if old.entry != new.entry else []
    for name in PLAN_FIELDS:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            found.append(FieldChange(name, was, now))
    return tuple(found)


def where_to(old: Definition, new: Definition, step_key: str, done: Collection[str] = ()) -> Where:
    """Where somebody who waits at a step of the old version stands in the new one.

    `done`: steps that have run for him, which never run again. A step that is gone gives way to the first one after it
    on the old path that is still there; at a fork the path goes on as if it were answered with yes.
    """
    step = old.find_step(step_key)
    if new.find_step(step_key) is not None and step_key not in done:
        return Where(Whither.SAME, step_key)
    seen = {step_key}
    while step is not None and (step := _following(old, step)) is not None and step.key not in seen:
        seen.add(step.key)
        if step.key not in done and new.find_step(step.key) is not None:
            return Where(Whither.NEXT, step.key)
    return Where(Whither.OUT, None)


def _following(definition: Definition, step: Step) -> Step | None:
    return None if _is_plain_end(step) else definition.step_after(step.key)
