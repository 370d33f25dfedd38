"""No hidden cell can be computed from what is shown, whatever the answers are: linear algebra and bounds over drawn chains."""

from collections.abc import Mapping

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from hub.questionnaires.results.following import Step, merge
from hub.questionnaires.results.hiding import LEAST, Hidden, hide, hide_parts

Chain = tuple[dict[int, int], dict[int, int | None]]


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    sizes = st.one_of(st.integers(0, 6), st.integers(0, 200))
    counts = {store: draw(sizes) for store in range(draw(st.integers(1, 12)))}
    regions = draw(st.integers(1, 4))
    region_of = {store: draw(st.one_of(st.none(), st.integers(0, regions - 1))) for store in counts}
    return counts, region_of


def members(region: int, chain: Chain) -> list[int]:
    return [store for store in chain[0] if chain[1][store] == region]


def shown_sums(chain: Chain, found: Hidden) -> list[list[int]]:
    """The stores that each figure shown adds up: the chain, regions, stores."""
    counts, region_of = chain
    if found.is_all:
        return []
    regions = {region for region in region_of.values() if region is not None} - found.regions
    singles = [[store] for store in counts if not found.hides_store(store)]
    return [list(counts), *(members(region, chain) for region in sorted(regions)), *singles]


def as_rows(sums: list[list[int]], counts: Mapping[int, int]) -> np.ndarray:
    return np.array([[float(store in wanted) for store in counts] for wanted in sums])


def is_computable(wanted: list[int], rows: np.ndarray, counts: Mapping[int, int]) -> bool:
    """Whether a sum of stores is a combination of the sums shown."""
    if not len(rows):
        return False
    more = np.vstack([rows, as_rows([wanted], counts)])
    return int(np.linalg.matrix_rank(more)) == int(np.linalg.matrix_rank(rows))


def bounds(store: int, rows: np.ndarray, counts: Mapping[int, int]) -> tuple[float, float]:
    """The fewest and the most answers a store can have, if no store has less than none."""
    goal = as_rows([[store]], counts)[0]
    sums = rows @ np.array([float(count) for count in counts.values()])
    ends = [linprog(sign * goal, A_eq=rows, b_eq=sums, bounds=(0, None)).fun * sign for sign in (1, -1)]
    return ends[0], ends[1]


@example(({0: 3, 1: 9, 2: 40}, {0: 0, 1: 0, 2: 1}))
@example(({0: 1, 1: 2, 2: 40, 3: 9}, {0: 0, 1: 1, 2: 2, 3: None}))
@example(({0: 4, 1: 50, 2: 60, 3: 70}, {0: 0, 1: 1, 2: 1, 3: None}))
@given(chains())
def test_no_hidden_cell_can_be_computed_from_what_is_shown(chain: Chain) -> None:
    counts, region_of = chain
    found = hide(*chain)
    rows = as_rows(shown_sums(chain, found), counts)
    for store, count in counts.items():
        if not count:
            continue
        if not found.hides_store(store):
            assert count >= LEAST
            continue
        assert not is_computable([store], rows, counts)
        if len(rows):
            low, high = bounds(store, rows, counts)
            assert high - low >= LEAST - 1
    for region in {region for region in region_of.values() if region is not None}:
        total = sum(counts[store] for store in members(region, chain))
        if total and found.hides_region(region):
            assert total >= LEAST or not is_computable(members(region, chain), rows, counts)
        elif total:
            assert total >= LEAST


@given(chains())
def test_no_sum_of_fewer_than_five_can_be_computed_either(chain: Chain) -> None:
    """Of all hidden stores under one sum that is shown together."""
    counts, region_of = chain
    found = hide(*chain)
    if found.is_all:
        assert sum(counts.values()) < LEAST
        return
    blocks = [
        [store for store in counts if region_of[store] == region and store in found.stores]
        for region in {each for each in region_of.values() if each is not None} - found.regions
    ]
    blocks.append(
        [store for store in found.stores if region_of[store] is None or region_of[store] in found.regions]
    )
    for block in blocks:
        assert not block or (len(block) > 1 and sum(counts[store] for store in block) >= LEAST)


@given(st.dictionaries(st.integers(0, 30), st.integers(5, 90), min_size=1), st.integers(1, 4))
def test_where_all_have_five_all_is_shown(counts: dict[int, int], regions: int) -> None:
    assert hide(counts, {store: store % regions for store in counts}) == Hidden()


def test_one_small_store_takes_the_next_smallest_along() -> None:
    found = hide({1: 3, 2: 20, 3: 8, 4: 50}, {1: 1, 2: 1, 3: 1, 4: 2})
    assert (found.stores, found.regions) == ({1, 3}, frozenset())
    alone = hide({1: 3, 2: 20, 3: 8}, {1: 1, 2: 2, 3: 2})
    assert (alone.stores, alone.regions) == ({1, 3}, {1, 2})


def test_weeks_are_hidden_by_the_same_rule() -> None:
    assert hide_parts({1: 30, 2: 2, 3: 12}) == {2, 3}
    assert hide_parts({1: 30, 2: 20, 3: 12}) == frozenset()
    assert hide_parts({1: 1, 2: 2}) is None


@example(({0: 5, 1: 2, 2: 50}, {0: None, 1: None, 2: None}), [5, 0, 10])
@given(chains(), st.lists(st.integers(0, 60), min_size=12, max_size=12))
def test_what_is_hidden_of_all_is_hidden_in_each_question(chain: Chain, most: list[int]) -> None:
    """A question that is asked after a branch: fewer answered it, in some stores nobody."""
    counts, region_of = chain
    whole = hide(*chain)
    asked = {store: min(count, most[store]) for store, count in counts.items()}
    found = hide(asked, region_of, also=whole)
    if found.is_all:
        return
    assert whole.stores <= found.stores
    assert whole.regions <= found.regions
    empty = [
        [store] for store, count in asked.items() if not count
    ]  # even for who knows which places those are
    rows = as_rows([*shown_sums((asked, region_of), found), *empty], asked)
    for store, count in asked.items():
        if not count:
            continue
        if not found.hides_store(store):
            assert count >= LEAST
            continue
        assert not is_computable([store], rows, asked)
        below = bounds(store, rows, asked)
        assert below[1] - below[0] >= LEAST - 1


def test_a_branch_leaves_no_store_alone_under_the_sum() -> None:
    whole = hide({1: 5, 2: 2, 3: 50}, {})
    assert whole.stores == {1, 2}
    assert hide({1: 5, 2: 0, 3: 10}, {}, also=whole).stores == {1, 2, 3}
    assert hide({1: 5, 2: 0, 3: 0}, {}, also=whole).is_all
    assert hide({1: 40, 2: 1, 3: 50}, {}, also=Hidden(is_all=True)).is_all


def test_a_month_that_the_files_hide_is_hidden_with_another_one() -> None:
    assert hide_parts({202603: 32, 202604: 13, 202605: 9}, also=frozenset((202604,))) == {202604, 202605}


@example([1, 4, 0])
@example([3, 2, 2, 20])
@given(st.lists(st.one_of(st.integers(0, 6), st.integers(0, 60)), min_size=1, max_size=9))
def test_neither_who_left_a_page_nor_who_saw_the_next_is_told_of_fewer_than_five(left: list[int]) -> None:
    """Shown at a page is the sum of all who left there or later: whatever is told are sums of whole stretches."""
    parts = merge([Step(count, sum(left[number:]), 20) for number, count in enumerate(left)])
    assert [number for part in parts for number in part] == list(range(len(left)))
    sums = [sum(left[number] for number in part) for part in parts]
    assert len(parts) == 1 or all(total == 0 or total >= LEAST for total in sums)
