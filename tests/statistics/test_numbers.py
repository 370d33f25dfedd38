"""Arithmetic of figures on arrays: quantiles as PostgreSQL's percentile_cont, groups, distributions, intervals."""

from statistics import quantiles

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sqlalchemy import text
from sqlalchemy.orm import Session

from hub.statistics.measuring import numbers
from hub.statistics.measuring.messages import add_up
from hub.statistics.measuring.numbers import (
    all_of,
    count_by,
    distribute,
    group,
    only,
    ordered,
    quantile,
    quantile_interval,
)

SECONDS = st.lists(st.integers(0, 2_000_000), min_size=1, max_size=40)


@given(SECONDS, st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]))
def test_quantiles_lie_on_the_straight_line_between_two_values(values: list[int], share: float) -> None:
    found = quantile(np.sort(np.array(values)), share)
    assert found == pytest.approx(float(np.quantile(values, share)))
    if len(values) > 1 and share == 0.25:
        assert found == pytest.approx(quantiles(values, n=4, method="inclusive")[0])


def test_quantiles_are_those_of_the_database(session: Session) -> None:
    values = [int(number) for number in np.random.default_rng(3).integers(0, 90_000, 501)]
    sql = text(
        "SELECT percentile_cont(:share) WITHIN GROUP (ORDER BY v) FROM unnest(CAST(:values AS int[])) v"
    )
    for share in (0.5, 0.9):
        asked = session.scalar(sql, {"share": share, "values": values})
        assert quantile(np.sort(np.array(values)), share) == asked


@given(
    st.integers(0, 60).flatmap(
        lambda count: st.tuples(
            arrays.arrays(np.int32, count, elements=st.sampled_from([0, 1, 7, 61, 9_000_000])),
            arrays.arrays(np.int32, count, elements=st.integers(0, 2**31 - 1)),
            st.booleans(),
        )
    )
)
def test_groups_hold_their_values_in_order(drawn: tuple[np.ndarray, np.ndarray, bool]) -> None:  # type: ignore[type-arg]
    keys, values, is_exact = drawn
    groups = group(keys)
    found = ordered(values.astype(np.float64) if is_exact else values, groups)
    assert {label: part.tolist() for label, part in zip(groups.labels, found, strict=True)} == {
        key: sorted(values[keys == key].tolist()) for key in sorted(set(keys.tolist()))
    }
    assert sum(count_by(groups)) == len(keys)
    assert count_by(only(groups, values < 0)) == [0] * groups.count, "a group may be left without rows"


def test_all_rows_are_one_group_even_when_there_are_none() -> None:
    assert (all_of(0).labels, count_by(all_of(0)), len(ordered(np.zeros(0, dtype=np.int32), all_of(0)))) == (
        [None],
        [0],
        1,
    )
    assert quantile(np.zeros(0), 0.5) is None


def test_a_value_on_an_edge_belongs_above_it() -> None:
    assert distribute(np.array([10, 899, 900, 5000, 100_000]), (900, 3600)) == (2, 1, 2)


def test_the_interval_of_a_median_is_between_two_values_and_unsaid_of_few() -> None:
    """Of 100 values the 40th and the 60th: between them lies the median with 95.4 % by the binomial table."""
    sure = quantile_interval(np.arange(1, 101), 0.5)
    assert sure is not None
    assert (sure.low, sure.value, sure.high) == (40.0, 50.5, 60.0)
    assert quantile_interval(np.arange(4), 0.5) is None


def test_messages_are_added_up_alike_with_few_and_with_very_many_combinations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dice = np.random.default_rng(7)
    columns = [dice.integers(0, most, 500).astype(np.int32) for most in (3, 40, 9)]
    whats, counts = dice.integers(1, 5, 500).astype(np.uint8), dice.integers(1, 9, 500).astype(np.int32)
    found = add_up(columns, whats, counts)
    monkeypatch.setattr(numbers, "LARGEST_TABLE", 1)
    assert add_up(columns, whats, counts) == found
    assert sum(sum(each.values()) for each in found.values()) == counts.sum()
    assert add_up([whats[:0]], whats[:0], counts[:0]) == {}
