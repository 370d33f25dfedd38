"""Intervals against the values their authors published, and what must hold of any of them."""

import math
import random
from statistics import pstdev, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hub.core import intervals
from hub.core.intervals import Group, Interval

EFRON_MORRIS = (18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7)
"""Hits of 18 players in their first 45 times at bat in 1970: Efron and Morris 1977, Scientific American 236:119."""
THEIR_ESTIMATES = (0.294, 0.289, 0.285, 0.280, 0.275, 0.275, 0.270, 0.266, 0.261, 0.261, 0.256, 0.256, 0.256, 0.256, 0.256, 0.252, 0.247, 0.242)  # fmt: skip


def rounded(found: Interval | None, digits: int = 4) -> tuple[float, float]:
    assert found is not None
    return round(found.low, digits) + 0.0, round(found.high, digits) + 0.0


def test_wilson_matches_the_published_example() -> None:
    """81 of 263: Newcombe 1998, Statistics in Medicine 17:857, table I, method 3: 0.2553 to 0.3662."""
    assert rounded(intervals.wilson(81, 263)) == (0.2553, 0.3662)
    assert rounded(intervals.wilson(15, 148)) == (0.0624, 0.1605)
    assert rounded(intervals.wilson(0, 20)) == (0.0, 0.1611)
    assert rounded(intervals.wilson(1, 29)) == (0.0061, 0.1718)


@pytest.mark.parametrize(
    ("later", "earlier", "published"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_the_difference_of_shares_is_the_one_of_table_ii(
    later: tuple[int, int], earlier: tuple[int, int], published: tuple[float, float]
) -> None:
    """Newcombe 1998, Statistics in Medicine 17:873, table II, method 10."""
    assert rounded(intervals.newcombe(*later, *earlier)) == published


def test_nps_is_the_normal_interval_of_three_answers_more() -> None:
    """60 promoters, 25 passives, 15 detractors: with 3/4, 3/2 and 3/4 added 60.75 and 15.75 of 103."""
    scores = [1] * 6075 + [0] * 2650 + [-1] * 1575
    middle, sd = sum(scores) / 10_300, pstdev(scores)
    wanted = tuple(middle + z * sd / math.sqrt(103) for z in (-1.959964, 1.959964))
    assert rounded(intervals.nps(60, 15, 100)) == pytest.approx(wanted, abs=1e-4)
    assert rounded(intervals.nps(1, 0, 1), 2) == (-0.48, 1.0)


def test_nps_holds_the_truth_nineteen_times_in_twenty() -> None:
    """Drawn with a fixed seed, of few answers and a lopsided chain, where the plain normal interval fails."""
    draw, inside, tries = random.Random(7), 0, 3_000
    for _ in range(tries):
        marks = draw.choices((1, 0, -1), (0.75, 0.15, 0.10), k=20)
        found = intervals.nps(marks.count(1), marks.count(-1), 20)
        inside += found is not None and found.low <= 0.65 <= found.high
    assert 0.935 <= inside / tries <= 0.985


@given(st.lists(st.integers(1, 7), min_size=2, max_size=40))
def test_the_mean_has_students_interval(scores: list[int]) -> None:
    found = intervals.mean(len(scores), sum(scores), sum(each**2 for each in scores), least=1, most=7)
    assert found is not None
    assert 1 <= found.low <= found.value <= found.high <= 7
    spread = stdev(scores) / math.sqrt(len(scores)) * stats.t.ppf(0.975, len(scores) - 1)
    middle = sum(scores) / len(scores)
    assert (found.low, found.high) == pytest.approx(
        (max(1, middle - spread), min(7, middle + spread)), abs=1e-3
    )


@given(st.integers(1, 10_000), st.data())
def test_an_interval_holds_its_value_and_stays_inside(total: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, total))
    others = data.draw(st.integers(0, total - count))
    share, net = intervals.wilson(count, total), intervals.nps(count, others, total)
    assert share is not None
    assert net is not None
    assert 0 <= share.low <= share.value <= share.high <= 1
    assert -1 <= net.low <= net.value <= net.high <= 1
    apart = intervals.newcombe(count, total, others, total)
    assert apart is not None
    assert -1 <= apart.low <= apart.value <= apart.high <= 1
    more, surer = intervals.wilson(min(count + 1, total), total), intervals.wilson(4 * count, 4 * total)
    assert more is not None
    assert surer is not None
    assert (more.low, more.high) >= (share.low, share.high)
    assert surer.high - surer.low < share.high - share.low


def test_nothing_observed_has_no_interval() -> None:
    assert intervals.wilson(0, 0) is None
    assert intervals.nps(0, 0, 0) is None
    assert intervals.newcombe(1, 2, 0, 0) is None
    assert intervals.mean(0, 0, 0, least=1, most=5) is None
    assert rounded(intervals.mean(1, 4, 16, least=1, most=5)) == (1, 5)


def test_shrinkage_gives_the_published_estimates() -> None:
    """Of one player .400 was seen; Stein's estimate is .294."""
    groups = [Group(45, hits / 45) for hits in EFRON_MORRIS]
    share = sum(EFRON_MORRIS) / (45 * 18)
    found = intervals.shrink(groups, share * (1 - share))
    assert found is not None
    assert found == pytest.approx(THEIR_ESTIMATES, abs=0.0015)


def test_what_differs_by_chance_only_is_one_value_and_few_stores_have_none() -> None:
    same = intervals.shrink([Group(10, 0.5), Group(10, 0.6), Group(10, 0.4), Group(10, 0.5)], 0.25)
    assert same == pytest.approx((0.5, 0.5, 0.5, 0.5))
    assert intervals.shrink([Group(10, 0.1), Group(10, 0.9), Group(0, 0)], 0.25) is None


@given(st.lists(st.tuples(st.integers(0, 500), st.floats(0, 1)), min_size=4, max_size=60))
def test_a_shrunk_value_lies_between_its_own_and_the_mean(drawn: list[tuple[int, float]]) -> None:
    groups = [Group(count, value) for count, value in drawn]
    found = intervals.shrink(groups, 0.25)
    total = sum(group.count for group in groups)
    if found is None:
        assert sum(group.count > 0 for group in groups) < 4
        return
    middle = sum(group.count * group.value for group in groups) / total
    for group, value in zip(groups, found, strict=True):
        own = group.value if group.count else middle
        assert min(own, middle) - 1e-9 <= value <= max(own, middle) + 1e-9


def test_each_store_counts_by_its_size() -> None:
    """Two strata, 10 of 100 from nine tenths of the chain: 0.9 x 0.5 + 0.1 x 0.9; Kish: 100 x (0.81/10 + 0.01/90)."""
    found = intervals.weigh([Group(10, 0.5, 900), Group(90, 0.9, 100), Group(0, 0, 500), Group(4, 1, 0)])
    assert found is not None
    assert found.value == pytest.approx(0.54)
    assert found.design_effect == pytest.approx(100 * (0.81 / 10 + 0.01 / 90))
    assert found.effective == pytest.approx(100 / found.design_effect)
    even = intervals.weigh([Group(10, 0.5, 10), Group(90, 0.9, 90)])
    assert even is not None
    assert even.design_effect == pytest.approx(1)
    assert intervals.weigh([]) is None
