"""When a figure is better than before, which stores are of a store's size, and where it lies among them. Pure.

Small numbers are said and never compared; nothing is ranked.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.core.intervals import Interval, difference
from hub.statistics.measuring.figures import Figure
from hub.statistics.rules import FEW_WAITS

FEW = FEW_WAITS
LEAST_PEERS, MOST_PEERS = 6, 10
SIZE_FACTOR = 2
"""Of a store's size is who has at least half and at most twice as many tickets."""
QUARTERS = (0.25, 0.5, 0.75)


class Goal(StrEnum):
    """Which way a figure is better."""

    LESS = "less"
    MORE = "more"


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    UNSURE = "unsure"
    FEW = "few"
    EARLY = "early"


class Place(StrEnum):
    """Where a store lies beside the middle half of its peers."""

    BELOW = "below"
    INSIDE = "inside"
    ABOVE = "above"


SCORED: Mapping[str, Goal] = {
    "median_reply": Goal.LESS,
    "within_target": Goal.MORE,
    "csat": Goal.MORE,
    "contact_rate": Goal.LESS,
    "reopened": Goal.LESS,
    "dropped_share": Goal.LESS,
}
"""The figures of a store's card, in their order."""
OF_PERSONS: Mapping[str, Goal] = {
    "median_reply": Goal.LESS,
    "within_target": Goal.MORE,
    "reopened": Goal.LESS,
    "ticket_csat": Goal.MORE,
}


@dataclass(frozen=True)
class Change:
    """`difference` to the period before at 95 %; None where one side has too few, or no interval."""

    verdict: Verdict
    difference: Interval | None = None


@dataclass(frozen=True)
class Spread:
    """The middle half of the peers: each of the three lies between two stores and is no single store's value."""

    low: float
    median: float
    high: float
    count: int


def is_few(figure: Figure) -> bool:
    return figure.count < FEW or figure.value is None


def compare(now: Figure, before: Figure, goal: Goal) -> Change:
    """Better or worse only where the interval of the difference leaves 0 out."""
    if is_few(now) or is_few(before):
        return Change(Verdict.FEW)
    later, earlier = _interval(now), _interval(before)
    if later is None or earlier is None:
        return Change(Verdict.UNSURE)
    found = difference(later, earlier)
    if not found.is_sure:
        return Change(Verdict.UNSURE, found)
    is_better = (found.value < 0) is (goal is Goal.LESS)
    return Change(Verdict.BETTER if is_better else Verdict.WORSE, found)


def choose_peers(sizes: Mapping[int, int], store_id: int) -> tuple[int, ...]:
    """The ten stores nearest in number of tickets, nearest first, among those of its size; none of fewer than six."""
    own = sizes.get(store_id, 0)
    near = [
        (abs(size - own), size, other)
        for other, size in sizes.items()
        if other != store_id and own <= size * SIZE_FACTOR and size <= own * SIZE_FACTOR and size > 0
    ]
    chosen = tuple(other for *_, other in sorted(near)[:MOST_PEERS])
    return chosen if len(chosen) >= LEAST_PEERS else ()


def spread(figures: Iterable[Figure]) -> Spread | None:
    """Of peers from the nearest on: those with enough cases, an even number of them, six at least."""
    values = [each.value for each in figures if not is_few(each) and each.value is not None]
    values = sorted(values[: len(values) // 2 * 2])
    if len(values) < LEAST_PEERS:
        return None
    low, median, high = (_between(values, share) for share in QUARTERS)
    return Spread(low, median, high, len(values))


def place(now: Figure, peers: Spread | None) -> Place | None:
    """None of too few cases, or of too few peers."""
    if peers is None or is_few(now) or now.value is None:
        return None
    if now.value < peers.low:
        return Place.BELOW
    return Place.ABOVE if now.value > peers.high else Place.INSIDE


def _between(values: Sequence[float], share: float) -> float:
    """A quantile by straight line between two values; of an even number, never one of them alone."""
    at = share * (len(values) - 1)
    below, above = values[math.floor(at)], values[math.ceil(at)]
    return below + (at - math.floor(at)) * (above - below)


def _interval(figure: Figure) -> Interval | None:
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    return Interval(figure.low, figure.value, figure.high)
