"""How sure a figure is: intervals at 95 % for shares, scores and differences, values drawn to the chain's mean. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
FEW_DEGREES = (math.inf, 12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060)
"""The 97.5 % point of Student's t for 1 to 8 degrees of freedom, where the expansion of `student` is not good yet."""
PSEUDO = 3.0
PSEUDO_END = 0.75
"""Rocks 2016: three answers are added, a quarter of them promoters and a quarter detractors."""
LEAST_TO_SPREAD = 2
LEAST_GROUPS = 4
"""Of fewer groups nobody can say how much they differ (Morris 1983: the factor of (groups - 3) would be 0)."""


@dataclass(frozen=True)
class Interval:
    low: float
    value: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Of a difference: whether 0 lies outside."""
        return self.low > 0 or self.high < 0


def wilson(successes: float, total: float) -> Interval | None:
    """Wilson's score interval at 95 % (E. B. Wilson 1927, JASA 22:209). None without observations.

    Fractions come from weighted answers: `total` is then as many answers as would be as sure without weights.
    """
    if total <= 0:
        return None
    share = min(1.0, max(0.0, successes / total))
    spread = Z95 * math.sqrt(share * (1 - share) / total + Z95**2 / (4 * total**2))
    middle = share + Z95**2 / (2 * total)
    scale = 1 + Z95**2 / total
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return Interval(min(share, max(0.0, low)), share, max(share, min(1.0, high)))


def difference(later: Interval, earlier: Interval) -> Interval:
    """Of two independent estimates, each with an interval of its own, by squaring and adding the distances to their ends.

    Newcombe 1998 (method 10) for shares; Zou and Donner 2008, Statistics in Medicine 27:1693, for any estimate.
    """
    value = later.value - earlier.value
    below = math.hypot(later.value - later.low, earlier.high - earlier.value)
    above = math.hypot(later.high - later.value, earlier.value - earlier.low)
    return Interval(value - below, value, value + above)


def newcombe(successes: int, total: int, other_successes: int, other_total: int) -> Interval | None:
    """The difference of two shares: R. G. Newcombe 1998, Statistics in Medicine 17:873, method 10."""
    later, earlier = wilson(successes, total), wilson(other_successes, other_total)
    if later is None or earlier is None:
        return None
    found = difference(later, earlier)
    return Interval(max(-1.0, found.low), found.value, min(1.0, found.high))


def nps(promoters: float, detractors: float, total: float) -> Interval | None:
    """Share of promoters less share of detractors, -1 to 1: the adjusted Wald interval of B. Rocks 2016.

    The American Statistician 70:365: three answers more (3/4 promoters, 3/2 passives, 3/4 detractors) make the normal
    interval hold for few answers. The value itself stays as it was answered, and inside.
    """
    if total <= 0:
        return None
    value = (promoters - detractors) / total
    count = total + PSEUDO
    first, last = (promoters + PSEUDO_END) / count, (detractors + PSEUDO_END) / count
    middle = first - last
    spread = Z95 * math.sqrt(max(0.0, first + last - middle**2) / count)
    low, high = max(-1.0, middle - spread), min(1.0, middle + spread)
    return Interval(min(value, low), value, max(value, high))


def mean(count: float, total: float, squares: float, *, least: float, most: float) -> Interval | None:
    """The mean of a number with Student's interval, from the sums of the numbers and of their squares.

    One answer says nothing of the spread: its interval is the whole scale.
    """
    if count <= 0:
        return None
    value = min(most, max(least, total / count))
    if count < LEAST_TO_SPREAD:
        return Interval(least, value, most)
    variance = max(0.0, squares - total**2 / count) / (count - 1)
    spread = student(count - 1) * math.sqrt(variance / count)
    return Interval(max(least, value - spread), value, min(most, value + spread))


def student(freedom: float) -> float:
    """The 97.5 % point of Student's t, by the expansion of Abramowitz and Stegun 26.7.5; up to 8 degrees from a table."""
    if freedom < len(FEW_DEGREES):
        return FEW_DEGREES[max(0, int(freedom))]
    z = Z95
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


@dataclass(frozen=True)
class Group:
    """One store's answers: how many, their mean (a share, an NPS from -1 to 1, a score), and how large the store is."""

    count: float
    value: float
    size: float = 0.0


def shrink(groups: Sequence[Group], variance: float) -> tuple[float, ...] | None:
    """Each group's value drawn to the mean of all, the more the fewer answers it has. None of too few groups.

    Empirical Bayes as by C. Morris 1983, JASA 78:47: what the groups differ by beyond chance says how much each one is
    believed. `variance`: of one answer, in the chain (for a share p(1-p), which makes it the beta-binomial's mean).
    """
    known = [group for group in groups if group.count > 0]
    if len(known) < LEAST_GROUPS:
        return None
    total = sum(group.count for group in known)
    middle = sum(group.count * group.value for group in known) / total
    between = sum(group.count * (group.value - middle) ** 2 for group in known)
    usual = (total - sum(group.count**2 for group in known) / total) / (len(known) - 1)
    spread = max(0.0, (between / (len(known) - 1) - variance) / usual)
    caution = (len(known) - 3) / (len(known) - 1) if spread else 1.0
    return tuple(_drawn(group, middle, variance, spread, caution) for group in groups)


def _drawn(group: Group, middle: float, variance: float, spread: float, caution: float) -> float:
    if group.count <= 0 or variance <= 0:
        return middle if group.count <= 0 else group.value
    chance = variance / group.count
    return middle + (1 - caution * chance / (chance + spread)) * (group.value - middle)


@dataclass(frozen=True)
class Weighted:
    """The chain's value when each store counts by its size, and as many answers as are as sure without weights.

    `design_effect`: by how much the weights widen the variance (L. Kish 1965): answers divided by `effective`.
    """

    value: float
    effective: float
    design_effect: float


def weigh(groups: Sequence[Group]) -> Weighted | None:
    """The mean of the groups by size. Groups without answers stand aside: the others speak for them."""
    known = [group for group in groups if group.count > 0 and group.size > 0]
    size = sum(group.size for group in known)
    if not known or not size:
        return None
    count = sum(group.count for group in known)
    effect = count * sum((group.size / size) ** 2 / group.count for group in known)
    value = sum(group.size / size * group.value for group in known)
    return Weighted(value, count / effect, effect)
