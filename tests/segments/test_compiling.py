"""The SQL of a segment says the same as plain Python, for every test of every field and for random trees."""

import os
from random import Random

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.core.db import db
from hub.orders.models import Order
from hub.orders.words import OrderState
from hub.segments.compiling.frame import Bounds
from hub.segments.compiling.statement import UNANSWERED, ask_ids, ask_patterns
from hub.segments.conditions.reading import read_tree, write_tree
from hub.segments.conditions.tree import Group, conditions_of, holds, pruned, without
from hub.segments.conditions.words import Test
from hub.segments.saved.counting import count_tree, explore, find_ids
from hub.segments.saved.loading import open_catalog, open_frame
from hub.segments.values.models import CustomerScore
from tests.conftest import TUESDAY
from tests.segments.evaluator import says
from tests.segments.growing import grow, grow_condition
from tests.segments.small_base import Base, fill_small_base

TREES = 2_000 if os.environ.get("LARGE") else 50
EACH = 10 if os.environ.get("LARGE") else 2


@pytest.fixture
def base(session: Session) -> Base:
    return fill_small_base(session, seed=5, count=40)


def expected(root: Group, base: Base) -> set[int]:
    return {
        person.id
        for person in base.people
        if not person.is_gone and holds(root, lambda each, person=person: says(person, each, base))
    }


def found(root: Group) -> set[int]:
    return set(db.session.scalars(ask_ids(root, open_frame(root, now=TUESDAY))))


def test_every_field_can_be_asked() -> None:
    assert not UNANSWERED


def test_every_test_of_every_field_says_what_python_says(base: Base) -> None:
    random, catalog = Random(1), open_catalog()
    for field in catalog.values():
        for test in field.tests:
            for _ in range(EACH):
                grown = grow_condition(random, field, base, test)
                root = read_tree({"version": 1, "root": {"match": "all", "parts": [grown]}}, catalog)
                assert found(root) == expected(root, base), grown


def test_random_trees_say_what_python_says(base: Base) -> None:
    catalog, sizes = open_catalog(), set()
    for seed in range(TREES):
        document = grow(Random(seed), catalog, base)
        root = read_tree(document, catalog)
        assert read_tree(write_tree(root), catalog) == root
        wanted = expected(root, base)
        assert found(root) == wanted, document
        sizes.add(len(wanted))
    assert len(sizes) > 12, "trees that hold everybody or nobody prove nothing"


def test_figures_of_the_same_orders_are_read_once(base: Base) -> None:
    random, catalog = Random(3), open_catalog()
    for _ in range(TREES // 2):
        within = {"within": {"last_days": random.randint(100, 700)}}
        parts = [
            grow_condition(
                random, catalog[key], base, random.choice((Test.AT_LEAST, Test.AT_MOST, Test.BETWEEN))
            )
            for key in ("orders.placed", "orders.net", "orders.average")
        ]
        parts = [{name: value for name, value in part.items() if name != "only"} | within for part in parts]
        document = {"version": 1, "root": {"match": random.choice(("all", "any", "none")), "parts": parts}}
        root = read_tree(document, catalog)
        assert found(root) == expected(root, base), document
        assert str(ask_ids(root, open_frame(root, now=TUESDAY))).count("FROM orders") == 1


FIGURE = {"field": "orders.placed", "test": "at_least", "value": 2, "within": {"last_days": 365}}


def test_figures_inside_a_group_are_looked_up_for_those_who_pass_the_rest(base: Base) -> None:
    net = {"field": "orders.net", "test": "at_most", "value": 9_000, "within": {"last_days": 700}}
    figures = {"match": "any", "parts": [FIGURE, net]}
    narrow = {"field": "customer.age", "test": "at_least", "value": 30}
    root = read_tree({"version": 1, "root": {"match": "all", "parts": [narrow, figures]}}, open_catalog())
    frame = open_frame(root, now=TUESDAY)
    asked = ask_ids(root, frame)
    assert " JOIN " not in str(asked)
    everybody = ask_patterns(root, frame)
    assert " JOIN " in str(everybody.statement)
    found = set(db.session.scalars(asked))
    assert found
    assert len(found) == explore(root, now=TUESDAY).count


def test_figures_of_a_whole_life_are_those_kept_and_counted_for_who_has_none_yet(base: Base) -> None:
    """Kept figures follow each order; the test tells them from the orders by falsifying one."""
    net = {"field": "orders.net", "test": "at_least", "value": 10_000_000}
    figures = {"match": "any", "parts": [FIGURE | {"value": 1_000}, net]}
    narrow = {"field": "customer.age", "test": "at_least", "value": 1}
    root = read_tree({"version": 1, "root": {"match": "all", "parts": [narrow, figures]}}, open_catalog())
    assert found(root) == set()
    aged = [
        person
        for person in base.people
        if not person.is_gone
        and person.row["birth_on"]
        and any(order["state"] is not OrderState.CANCELLED for order in person.orders)
    ]
    kept = next(person for person in aged if person.score)
    fresh = next(person for person in aged if not person.score)
    db.session.execute(
        update(CustomerScore).where(CustomerScore.customer_id == kept.id).values(historic_cents=20_000_000)
    )
    for person in (kept, fresh):
        mine = update(Order).where(Order.customer_id == person.id, Order.state != OrderState.CANCELLED)
        db.session.execute(mine.values(total_cents=20_000_000 if person is fresh else 0, returned_cents=0))
    assert found(root) == {kept.id, fresh.id}


def test_a_set_that_all_must_be_in_is_neither_grouped_nor_joined(base: Base) -> None:
    parts = [
        {"field": "orders.placed", "test": "ever"},
        {"match": "none", "parts": [{"field": "messages.sent", "test": "ever"}]},
        {"field": "customer.mail", "test": "yes", "not": True},
    ]
    root = read_tree({"version": 1, "root": {"match": "all", "parts": parts}}, open_catalog())
    asked = str(ask_ids(root, open_frame(root, now=TUESDAY)))
    assert "GROUP BY" not in asked
    assert "JOIN" not in asked
    assert asked.count("EXISTS") == 2
    assert found(root) == expected(root, base)


def test_counts_and_what_each_condition_leaves(base: Base) -> None:
    catalog = open_catalog()
    there = sum(not person.is_gone for person in base.people)
    for seed in range(500, 500 + TREES // 10):
        root = pruned(read_tree(grow(Random(seed), catalog, base), catalog))
        whole = len(expected(root, base))
        seen = explore(root, now=TUESDAY)
        assert (seen.count, seen.total) == (whole, there)
        assert count_tree(root, now=TUESDAY) == whole
        for place, (each, effect) in enumerate(zip(conditions_of(root), seen.effects, strict=True)):
            alone = expected(Group(root.match.ALL, (each,)), base)
            assert effect.own_count == len(alone)
            assert effect.difference == whole - len(expected(without(root, place), base))


def test_a_range_and_a_list_of_ids_ask_for_no_more(base: Base) -> None:
    catalog = open_catalog()
    ids = [person.id for person in base.people[10:25]]
    for seed in range(800, 800 + TREES // 10):
        root = read_tree(grow(Random(seed), catalog, base), catalog)
        wanted = sorted(expected(root, base))
        few = ask_ids(root, open_frame(root, now=TUESDAY, bounds=Bounds(ids=ids)))
        assert set(db.session.scalars(few)) == set(wanted) & set(ids)
        assert find_ids(root, now=TUESDAY, limit=7) == wanted[:7]
        if len(wanted) > 3:
            assert find_ids(root, now=TUESDAY, after_id=wanted[2], limit=100) == wanted[3:]


def test_values_are_parameters_never_text(base: Base) -> None:
    """Also one that would end a statement."""
    bad = "x'; DROP TABLE customers; --"
    part = {"field": "customer.company", "test": "contains", "value": [bad]}
    root = read_tree({"version": 1, "root": {"match": "all", "parts": [part]}}, open_catalog())
    statement = ask_ids(root, open_frame(root, now=TUESDAY))
    assert bad not in str(statement)
    assert db.session.scalars(statement).all() == []
