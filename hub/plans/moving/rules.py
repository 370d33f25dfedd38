"""Where one passage stands after a move to another version, and when its step is due there. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.plans import rules
from hub.plans.comparing import Whither, where_to
from hub.plans.definitions import Definition
from hub.plans.words import Wait


@dataclass(frozen=True, kw_only=True)
class Inside:
    """A passage that waits. `done`: the steps that have run for it."""

    step_key: str
    anchor_at: datetime
    due_at: datetime
    values: Mapping[str, Any]
    time_zone: str
    wait: Wait | None = None
    paused_at: datetime | None = None
    done: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Moved:
    """`step_key` None: the new version has nothing left for it, the passage ends."""

    step_key: str | None
    due_at: datetime | None
    values: dict[str, Any]
    wait: Wait | None = None
    paused_at: datetime | None = None


def move(inside: Inside, old: Definition, new: Definition, *, now: datetime) -> Moved:
    """The same step, else the next one that is left; due as its delay says, counted from the anchor.

    A step whose moment did not change waits as it waited. One that would have been due before the move is too late: it
    is passed by, not made up for. What has run never runs again.
    """
    where = where_to(old, new, inside.step_key, inside.done)
    values = _kept(inside, old, new)
    if where.key is None:
        return Moved(step_key=None, due_at=None, values=values)
    due_at = rules.due_of(new.step(where.key), inside.anchor_at, values, time_zone=inside.time_zone)
    if where.whither is Whither.SAME and old.find_step(where.key):
        was_due_at = rules.due_of(old.step(where.key), inside.anchor_at, values, time_zone=inside.time_zone)
        if due_at == was_due_at:
            return Moved(
                step_key=where.key,
                due_at=inside.due_at,
                values=values,
                wait=inside.wait,
                paused_at=inside.paused_at,
            )
        if old.step(where.key).is_branch:  # counted from an answer that the passage does not carry
            due_at = inside.due_at + (due_at - was_due_at)
    values.pop("planned_at", None)
    if due_at < now:
        values["moved_at"] = now.isoformat()
    return Moved(step_key=where.key, due_at=due_at, values=values)


def _kept(inside: Inside, old: Definition, new: Definition) -> dict[str, Any]:
    """What the passage remembers; the steps that have run are known by name, since the new order may come by them again."""
    values = dict(inside.values)
    values.pop("moved_at", None)
    ran = sorted({*values.get("ran", ()), *inside.done})
    if ran:
        values["ran"] = ran
    left = values.get("left")
    if left and left.get("step_key"):
        where = where_to(old, new, left["step_key"], inside.done)
        values["left"] = {**left, "step_key": where.key} if where.key else _ended(left)
    return values


def _ended(left: Mapping[str, Any]) -> dict[str, Any]:
    """Whoever takes his answer back finds no step to go back to."""
    return {**left, "step_key": None, "due_at": None}
