"""The day of erasure as the plan tells it to the customer: in the letter, and remembered until it is written down. Pure."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.plans import rules
from hub.plans.definitions import Step
from hub.plans.walking import Position
from hub.plans.words import StepKind

DAY = "erasure_on"
"""The value of a letter that shows it."""


def announced_on(position: Position, now: datetime) -> date | None:
    """The day that the plan will write down, for the letter that announces it; None when no step does.

    A letter that leaves late puts it off: between the two lie the days of the plan.
    """
    steps = position.definition.steps
    ahead = steps[steps.index(position.step) :]
    erasures = (each for each in ahead if each.kind is StepKind.ERASURE_DUE and each.is_on)
    step = next((each for each in erasures if each.acts_in(position.arm)), None)
    if step is None:
        return None
    zone = position.time_zone
    planned_on = day_of(step, _due(position, step), zone)
    between = planned_on - _local(_due(position, position.step), zone)
    return max(planned_on, _local(now, zone) + max(between, timedelta()))


def day_of(step: Step, at: datetime, time_zone: str) -> date:
    """The day that the step writes down when it runs then."""
    return _local(at, time_zone) + timedelta(days=step.details["days"])


def tell(position: Position, now: datetime) -> dict[str, Any]:
    """What the passage remembers of a letter that shows the day: which it was, and the day."""
    day = announced_on(position, now)
    return {rules.TOLD: {"step": position.step.key, "on": day.isoformat()}} if day else {}


def _due(position: Position, step: Step) -> datetime:
    return rules.due_of(step, position.anchor_at, position.values, time_zone=position.time_zone)


def _local(at: datetime, time_zone: str) -> date:
    return at.astimezone(ZoneInfo(time_zone)).date()
