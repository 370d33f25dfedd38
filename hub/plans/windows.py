"""The window in which orders count for the results of a passage: said at its entry, the same in both arms. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.plans import rules
from hub.plans.definitions import Definition, Delay, Step
from hub.plans.words import Anchor, StepKind

UNSEEN = frozenset({StepKind.SPLIT, StepKind.END, StepKind.PROMO})
"""Nobody notices these: a code is seen in the message that shows it."""
COUNTED = frozenset({Anchor.ENTRY, Anchor.DATE})
"""What follows a message or an answer comes after the step that asked for it."""


@dataclass(frozen=True)
class Window:
    opens_at: datetime
    closes_at: datetime


def find_window(
    definition: Definition,
    anchor_at: datetime,
    values: Mapping[str, Any],
    *,
    entered_at: datetime,
    time_zone: str,
) -> Window | None:
    """Opens before the first step can reach the customer, its days count from the last day that one is anchored to.

    Only what is known at the entry decides: whether a step runs depends on what he does, and the arms would differ. None:
    it is `horizon_days` from the entry.
    """
    steps = [
        step for step in definition.steps if step.is_on and step.kind not in UNSEEN and step.anchor in COUNTED
    ]
    moments = [_counts_from(step, anchor_at, values, time_zone=time_zone) for step in steps]
    opens_at = max(entered_at, min(moments, default=entered_at))
    last_at = max([opens_at, *moments])
    if last_at == entered_at:
        return None
    return Window(opens_at, rules.due_moment(last_at, Delay(definition.horizon_days), time_zone=time_zone))


def _counts_from(step: Step, anchor_at: datetime, values: Mapping[str, Any], *, time_zone: str) -> datetime:
    """What its delay counts from, or earlier when it is due before."""
    moment, _ = rules.anchor_of(step, anchor_at, values, time_zone=time_zone)
    return min(moment, rules.due_of(step, anchor_at, values, time_zone=time_zone))
