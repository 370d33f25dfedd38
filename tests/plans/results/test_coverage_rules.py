"""The interval of the gain keeps its promise on a simulated chain whose true uplift is known (issue 6, "Statistics check")."""

import os

import numpy as np
import pytest
from numpy.random import Generator

from hub.plans.results import gains as totals
from hub.plans.results.rows import Arms
from hub.plans.results.rules import LEAST_BUYERS, LEAST_HEADS, Sums, compare

IS_LARGE = bool(os.environ.get("LARGE"))
SEEDS = 1_000 if IS_LARGE else 400
# What 95 % and 2.5 % may look like in so many seeds: the bars for 1,000, three standard errors for the small form.
COVERED = (0.93, 0.97) if IS_LARGE else (0.917, 0.983)
FALSE_GAINS = 0.035 if IS_LARGE else 0.048
RATE, MEAN_CENTS = 0.08, 8_000.0
CHAINS = [
    pytest.param(6_000, 0.10, 1.2, id="600 control heads, very skewed"),
    pytest.param(20_000 if IS_LARGE else 8_000, 0.10, 1.0, id="the usual tenth in control"),
    pytest.param(5_000, 0.20, 0.8, id="a fifth in control"),
]


def draw_arm(random: Generator, size: int, rate: float, sigma: float) -> Sums:
    """Households of one to four heads, each with a taste for buying of its own; amounts are log-normal."""
    heads = 1 + random.binomial(3, 0.08, size)
    orders = random.poisson(rate * random.gamma(2.0, 0.5, size) * heads)
    amounts = random.lognormal(np.log(MEAN_CENTS) - sigma**2 / 2, sigma, int(orders.sum()))
    spent = np.bincount(np.repeat(np.arange(size), orders), weights=amounts, minlength=size)
    return add_up(spent, heads.astype(float), int((orders > 0).sum()))


def add_up(
    s: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    n: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    buyers: int,
) -> Sums:
    return Sums(
        households=len(s), heads=int(n.sum()), buyers=buyers, spent=float(s.sum()), squares=float((s**2).sum()),
        crossed=float((s * n).sum()), head_squares=float((n**2).sum()), cubes=float((s**3).sum()),
        squares_crossed=float((s**2 * n).sum()), crossed_squares=float((s * n**2).sum()), head_cubes=float((n**3).sum()),
    )  # fmt: skip


def shares(size: int, control: float, sigma: float, uplift: float) -> tuple[float, float, float]:
    """How often the interval covers the truth, lies above it, and lies above zero; of the seeds that can say a gain."""
    truth = RATE * uplift * MEAN_CENTS
    covered = above = sure = said = 0
    for seed in range(SEEDS):
        random = np.random.default_rng([seed, size, round(100 * uplift)])
        control_size = int(random.binomial(size, control))
        treated = draw_arm(random, size - control_size, RATE * (1 + uplift), sigma)
        found = compare(treated, draw_arm(random, control_size, RATE, sigma)).per_head
        if found is None:
            continue
        said += 1
        covered += found.low <= truth <= found.high
        above += found.low > truth
        sure += found.low > 0
    assert said > 0.9 * SEEDS
    return covered / said, above / said, sure / said


@pytest.mark.parametrize(("size", "control", "sigma"), CHAINS)
def test_the_interval_covers_a_known_uplift(size: int, control: float, sigma: float) -> None:
    covered, _, sure = shares(size, control, sigma, uplift=0.25)
    assert COVERED[0] <= covered <= COVERED[1]
    assert sure > FALSE_GAINS, "a real gain is found more often than a false one"


@pytest.mark.parametrize(("size", "control", "sigma"), CHAINS)
def test_no_uplift_is_seldom_called_a_gain(size: int, control: float, sigma: float) -> None:
    covered, _, sure = shares(size, control, sigma, uplift=0.0)
    assert COVERED[0] <= covered <= COVERED[1]
    assert sure <= FALSE_GAINS


def test_the_sums_are_all_the_interval_needs() -> None:
    """One head a household and no skew: the textbook's t for two samples with one variance."""
    treated = add_up(np.array([0.0, 200.0] * 100), np.ones(200), 100)
    control = add_up(np.array([0.0, 200.0] * 100), np.ones(200), 100)
    found = compare(treated, control).per_head
    assert found is not None
    half = 1.9659 * (2 * 10_000 * 400 / 398 / 200) ** 0.5
    assert (found.value, round(found.high, 2), round(found.low, 2)) == (0.0, round(half, 2), -round(half, 2))


def test_one_household_twice_is_not_two_witnesses() -> None:
    """The same heads, in pairs that spend alike: the interval is wider by the root of two."""
    alone = add_up(np.array([0.0, 200.0] * 100), np.ones(200), 100)
    pairs = add_up(np.array([0.0, 400.0] * 50), np.full(100, 2.0), 100)
    apart, together = compare(alone, alone).per_head, compare(pairs, pairs).per_head
    assert apart is not None
    assert together is not None
    assert together.high / apart.high == pytest.approx(2**0.5, rel=0.01)


def test_too_early_says_what_is_missing() -> None:
    """50 of 1,000 treated bought, 2 of 60 control: at 52 in 1,060 the control arm lacks 571 heads until 30 bought."""
    treated = Sums(households=1000, heads=1000, buyers=50, spent=5000.0)
    gain = compare(treated, Sums(households=60, heads=60, buyers=2, spent=100.0))
    assert gain.per_head is None
    assert gain.treated_missing is None
    assert gain.control_missing is not None
    assert (gain.control_missing.more, gain.control_missing.heads) == (571, 631)


def test_nobody_yet_needs_the_least() -> None:
    gain = compare(Sums(), Sums())
    assert gain.treated_missing is not None
    assert (gain.treated_missing.more, LEAST_BUYERS) == (LEAST_HEADS, 30)


def test_the_heads_that_show_a_fifth_really_do() -> None:
    """Four experiments of five with so many control heads call a gain of a fifth sure."""
    random = np.random.default_rng(7)
    small = [draw_arm(random, size, RATE, 1.0) for size in (18_000, 2_000)]
    needed = compare(*small).control_for_fifth
    assert needed is not None
    sure = 0
    for _ in range(60):
        treated = draw_arm(random, round(9 * needed / 1.24), RATE * 1.2, 1.0)
        sure += compare(treated, draw_arm(random, round(needed / 1.24), RATE, 1.0)).is_sure
    assert 0.6 <= sure / 60 <= 0.95


def test_errors_of_plans_are_added_as_squares() -> None:
    """The arms of two plans are drawn apart: the same gain twice is twice as large and √2 as unsure; too early adds none."""
    treated = a_few(400, buyers=100, cents=9_000.0)
    arms = Arms(treated=treated, control=a_few(400, buyers=80, cents=9_000.0))
    one, total = arms.gain.in_all, totals.add_up([arms, Arms(treated=treated), arms])
    assert one is not None
    assert total is not None
    assert one.value == pytest.approx((100 - 80) * 9_000.0)
    assert total.value == pytest.approx(360_000.0)
    assert total.high - total.value == pytest.approx(2**0.5 * (one.high - one.value))
    assert total.value - total.low == pytest.approx(2**0.5 * (one.value - one.low))
    assert totals.add_up([Arms(treated=treated)]) is None


def a_few(heads: int, *, buyers: int, cents: float) -> Sums:
    """So many who live alone, of whom some bought once."""
    spent = np.concatenate([np.full(buyers, cents), np.zeros(heads - buyers)])
    return add_up(spent, np.ones(heads), buyers)
