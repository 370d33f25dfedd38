"""Scorecards: what is said of a change, which stores are of a store's size, and that no store's own value leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.measuring.figures import Figure
from hub.statistics.scorecards.rules import (
    FEW,
    LEAST_PEERS,
    MOST_PEERS,
    Goal,
    Place,
    Spread,
    Verdict,
    choose_peers,
    compare,
    place,
    spread,
)

SIZES = st.dictionaries(st.integers(1, 40), st.integers(0, 60), max_size=30)


def figure(value: float | None, low: float | None, high: float | None, count: int = 100) -> Figure:
    return Figure(None, value, count, low, high)


def test_a_change_is_said_only_when_it_is_sure() -> None:
    """By hand: 0.9 (0.85 to 0.95) less 0.7 (0.6 to 0.8) is 0.2, from 0.2 - sqrt(.05² + .1²) to 0.2 + sqrt(.05² + .1²)."""
    now, before = figure(0.9, 0.85, 0.95), figure(0.7, 0.6, 0.8)
    found = compare(now, before, Goal.MORE)
    assert found.verdict is Verdict.BETTER
    assert found.difference is not None
    assert (found.difference.low, found.difference.high) == pytest.approx((0.0882, 0.3118), abs=1e-4)
    assert compare(now, before, Goal.LESS).verdict is Verdict.WORSE
    assert compare(before, now, Goal.LESS).verdict is Verdict.BETTER
    assert compare(now, figure(0.85, 0.75, 0.95), Goal.MORE).verdict is Verdict.UNSURE
    assert compare(now, figure(0.7, None, None), Goal.MORE).verdict is Verdict.UNSURE, "without an interval"
    for few in (figure(0.1, 0.05, 0.15, FEW - 1), figure(None, None, None, 0)):
        assert compare(now, few, Goal.MORE).verdict is Verdict.FEW
        assert compare(few, now, Goal.MORE).verdict is Verdict.FEW
    assert compare(now, figure(0.1, 0.05, 0.15, FEW), Goal.MORE).verdict is Verdict.BETTER


def test_peers_are_nearest_in_tickets() -> None:
    sizes = {1: 100, 2: 50, 3: 200, 4: 49, 5: 201, 6: 101, 7: 99, 8: 130, 9: 90, 10: 0}
    assert choose_peers(sizes, 1) == (7, 6, 9, 8, 2, 3), "half and twice as many are in, 49 and 201 are not"
    assert choose_peers({**sizes, 3: 201}, 1) == (), "five are too few"
    assert choose_peers(dict.fromkeys(range(12), 0), 1) == (), "a store without tickets has no size"
    assert len(choose_peers(dict.fromkeys(range(30), 40), 1)) == MOST_PEERS
    assert choose_peers(sizes, 99) == ()


@given(SIZES, st.integers(1, 40))
def test_no_store_outside_is_nearer_than_a_peer(sizes: dict[int, int], store_id: int) -> None:
    peers, own = choose_peers(sizes, store_id), sizes.get(store_id, 0)
    assert store_id not in peers
    assert len(set(peers)) == len(peers) == 0 or LEAST_PEERS <= len(peers) <= MOST_PEERS
    farthest = max((abs(sizes[each] - own) for each in peers), default=0)
    for other in sizes.keys() - {*peers, store_id}:
        is_of_size = sizes[other] > 0 and own <= 2 * sizes[other] and sizes[other] <= 2 * own
        assert not peers or not is_of_size or abs(sizes[other] - own) >= farthest


def test_the_middle_half_by_hand() -> None:
    """Of 10 20 30 40 50 60: at places 1.25, 2.5 and 3.75."""
    peers = [figure(value, None, None) for value in (60, 10, 30, 20, 50, 40)]
    middle = Spread(22.5, 35, 47.5, 6)
    assert spread(peers) == middle
    assert spread([*peers, figure(999, None, None)]) == middle, "of seven the farthest is left out"
    assert spread(peers[:5]) is None
    assert spread([*peers[:5], figure(40, None, None, FEW - 1)]) is None, "few cases are none"
    assert place(figure(22, None, None), middle) is Place.BELOW
    assert place(figure(22.5, None, None), middle) is Place.INSIDE
    assert place(figure(48, None, None), middle) is Place.ABOVE
    assert place(figure(48, None, None, FEW - 1), middle) is None
    assert place(figure(48, None, None), None) is None


@given(st.lists(st.integers(1, 10**6), min_size=LEAST_PEERS, max_size=MOST_PEERS, unique=True))
def test_no_peers_own_value_is_shown(values: list[int]) -> None:
    """Whole numbers that differ by chance: each of the three lies between two of them."""
    found = spread(figure(value, None, None) for value in values)
    assert found is not None
    used = sorted(values[: len(values) // 2 * 2])
    assert used[0] < found.low < found.median < found.high < used[-1]
    places = [sum(value < each for value in used) for each in (found.low, found.median, found.high)]
    assert places[1] == len(used) // 2
    assert found.low not in used
    assert found.high not in used
