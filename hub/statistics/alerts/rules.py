"""When a figure is above its threshold, and when that is told. Pure."""

from dataclasses import dataclass

from hub.core.errors import Invalid
from hub.core.intervals import newcombe
from hub.core.text import N_
from hub.statistics.rows import Satisfaction, Waits
from hub.statistics.rules import FEW_ANSWERS
from hub.statistics.words import Watched

THRESHOLDS = {Watched.BACKLOG: range(5, 1001), Watched.LATE: range(5, 100)}
"""Waiting tickets; percent of late replies. Satisfaction has none: it is compared with the period before."""
LATE_DAYS, SATISFACTION_DAYS = 7, 30
"""Replies of the last seven days, answers of the last thirty, today among them."""


@dataclass(frozen=True)
class Reading:
    """A figure as it stands: in tickets, or as a share of 1. `is_above` None: too few cases to say."""

    value: float
    is_above: bool | None


def check_threshold(watched: Watched, threshold: int | None) -> int | None:
    """As it is kept. Raises Invalid (threshold) outside its bounds."""
    bounds = THRESHOLDS.get(watched)
    if bounds is None:
        return None
    if threshold not in bounds:
        raise Invalid(
            N_("Please give a whole number from %(low)s to %(high)s."),
            field="threshold",
            low=bounds.start,
            high=bounds.stop - 1,
        )
    return threshold


def read_backlog(count: int, threshold: int) -> Reading:
    return Reading(count, count > threshold)


def read_late(waits: Waits, threshold: int) -> Reading:
    """Late replies of those with known hours; under 30 of them say nothing."""
    late = 1 - waits.target_share if waits.target_share is not None else 0.0
    return Reading(late, None if waits.is_few else 100 * late > threshold)


def read_satisfaction(now: Satisfaction, before: Satisfaction) -> Reading:
    """Below the period before by more than chance explains: the 95 % interval of the difference lies under 0."""
    value = now.interval.value if now.interval else 0.0
    if min(now.total, before.total) < FEW_ANSWERS:
        return Reading(value, None)
    found = newcombe(now.total - now.counts[2], now.total, before.total - before.counts[2], before.total)
    return Reading(value, found is not None and found.high < 0)


def step(was_above: bool, reading: Reading) -> tuple[bool, bool]:
    """Whether it is above from now on, and whether that is told: once a rise, not again before it was below.

    Too few cases change nothing.
    """
    if reading.is_above is None:
        return was_above, False
    return reading.is_above, reading.is_above and not was_above
