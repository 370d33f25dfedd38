"""What a plan earned and how sure that is: the gain per head with its 95 % interval, or what is missing to say it. Pure.

ADR 0044 says why: households are what is drawn, both arms tell the spread, and spending is skewed.
"""

import math
from dataclasses import dataclass

from hub.core.intervals import Z95, student

Z80 = 0.8416212335729143
LEAST_HEADS = 100
LEAST_BUYERS = 30
"""Of each arm: with fewer the interval would promise more than it keeps (tests/plans/results/test_coverage_rules.py)."""

WORTH_SEEING = 0.2
"""A gain of a fifth of what a control head spends: so much an experiment should be able to show."""


@dataclass(frozen=True, kw_only=True)
class Sums:
    """One arm, added up over households. A head is a customer in one window of the plan.

    `spent` are cents, net. With S what a household spent and n its heads: `squares` ΣS², `crossed` ΣSn, `head_squares`
    Σn², `cubes` ΣS³, `squares_crossed` ΣS²n, `crossed_squares` ΣSn², `head_cubes` Σn³.
    """

    households: int = 0
    heads: int = 0
    buyers: int = 0
    spent: float = 0.0
    squares: float = 0.0
    crossed: float = 0.0
    head_squares: float = 0.0
    cubes: float = 0.0
    squares_crossed: float = 0.0
    crossed_squares: float = 0.0
    head_cubes: float = 0.0

    @property
    def mean(self) -> float | None:
        """Net revenue per head, in cents."""
        return self.spent / self.heads if self.heads else None

    @property
    def rate(self) -> float | None:
        """Share of the heads who bought."""
        return self.buyers / self.heads if self.heads else None

    @property
    def value(self) -> float | None:
        """Net revenue per head who bought, in cents."""
        return self.spent / self.buyers if self.buyers else None

    @property
    def second(self) -> float:
        """Squared distances of the households from what their heads would spend at the mean: Σ(S − mean·n)²."""
        m = self.mean or 0.0
        return max(0.0, self.squares - 2 * m * self.crossed + m * m * self.head_squares)

    @property
    def third(self) -> float:
        """The same to the third power: how skewed spending is."""
        m = self.mean or 0.0
        return (
            self.cubes
            - 3 * m * self.squares_crossed
            + 3 * m**2 * self.crossed_squares
            - m**3 * self.head_cubes
        )


@dataclass(frozen=True)
class Money:
    """An amount in cents with its 95 % interval."""

    low: float
    value: float
    high: float

    def times(self, count: float) -> "Money":
        return Money(self.low * count, self.value * count, self.high * count)


@dataclass(frozen=True)
class Missing:
    """What one arm still lacks: `heads` in all are needed, `more` of them have not been counted yet."""

    heads: int
    more: int


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What treated heads spent more than control heads; None while it is too early to say.

    `per_head` and `in_all` (times the treated heads) are net revenue. `treated_missing` and `control_missing` say what is
    needed before; `control_for_fifth` how many control heads would show a gain of a fifth, once a gain can be said.
    """

    per_head: Money | None
    in_all: Money | None
    treated_missing: Missing | None = None
    control_missing: Missing | None = None
    control_for_fifth: int | None = None

    @property
    def is_sure(self) -> bool:
        """The interval leaves zero out."""
        return self.per_head is not None and (self.per_head.low > 0 or self.per_head.high < 0)


def compare(treated: Sums, control: Sums) -> Gain:
    """Treated against control, as long as both arms are large enough."""
    rate = _shared_rate(treated, control)
    lacking = tuple(_missing(arm, rate) for arm in (treated, control))
    if any(lacking):
        return Gain(per_head=None, in_all=None, treated_missing=lacking[0], control_missing=lacking[1])
    found = difference(treated, control)
    return Gain(
        per_head=found,
        in_all=found.times(treated.heads),
        control_for_fifth=_needed_for_fifth(treated, control),
    )


def difference(treated: Sums, control: Sums) -> Money:
    """The difference of the means with its 95 % interval.

    A t on heads, by households, with the spread of both arms per euro spent taken together: the control arm is small and
    its own spread falls and rises with its mean, which calls gains sure that are none (ADR 0044 has the figures). The
    skewness left is taken off by Cornish and Fisher's expansion. Raises ZeroDivisionError for an arm without heads.
    """
    middle = treated.spent / treated.heads - control.spent / control.heads
    spent = treated.spent + control.spent
    if spent <= 0:
        return Money(middle, middle, middle)
    count = treated.households + control.households
    spread = (treated.second + control.second) / spent * count / max(1, count - 2)
    skew = (treated.third + control.third) / spent
    variances = [spread * _per_head(arm) for arm in (treated, control)]
    error = math.sqrt(sum(variances))
    if not error:
        return Money(middle, middle, middle)
    lopsided = skew * (_per_head(treated) / treated.heads - _per_head(control) / control.heads) / error**3
    bound = spread * (variances[0] / treated.heads - variances[1] / control.heads) / error**3
    far = student(count - 2)
    high, low = (z - bound / 2 + (lopsided - 3 * bound) * (z**2 - 1) / 6 for z in (far, -far))
    return Money(middle - error * high, middle, middle - error * low)


def _per_head(arm: Sums) -> float:
    """The mean over the heads: what a variance per euro spent is multiplied by."""
    return max(0.0, arm.spent) / arm.heads**2


def _shared_rate(treated: Sums, control: Sums) -> float:
    heads = treated.heads + control.heads
    return (treated.buyers + control.buyers) / heads if heads else 0.0


def _missing(arm: Sums, rate: float) -> Missing | None:
    """Enough heads, and enough of them who bought at the rate seen so far."""
    if arm.heads >= LEAST_HEADS and arm.buyers >= LEAST_BUYERS:
        return None
    lacking = max(0, LEAST_BUYERS - arm.buyers)
    more = math.ceil(lacking / rate) if rate else LEAST_HEADS
    more = max(more, LEAST_HEADS - arm.heads, 1)
    return Missing(arm.heads + more, more)


def _needed_for_fifth(treated: Sums, control: Sums) -> int | None:
    """Control heads, at the share of the arms so far, that show a gain of a fifth in four experiments of five."""
    wanted = WORTH_SEEING * (control.spent / control.heads)
    spent = treated.spent + control.spent
    if wanted <= 0 or spent <= 0:
        return None
    variance = (treated.second + control.second) / spent * (_per_head(treated) + _per_head(control))
    return math.ceil(control.heads * variance * ((Z95 + Z80) / wanted) ** 2)
