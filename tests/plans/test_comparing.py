"""What a new version changes, and where people inside stand after a move."""

import random
from typing import Any

import pytest

from hub.plans.comparing import Whither, compare, where_to
from hub.plans.definitions import Definition
from hub.plans.reading import parse_definition
from tests.plans.checking.world import plan, send

FORK = {"key": "fork", "kind": "split", "otherwise": "c", "when": [{"is": "known_customer"}]}


def read(*steps: dict[str, Any], **more: Any) -> Definition:
    return parse_definition(plan(*steps, **more))


ABC = read(send("a"), send("b", days=4), send("c", days=8))


def lines(old: Definition, new: Definition) -> list[str]:
    found = compare(old, new)
    steps = [
        f"{each.change} {each.step.key if each.step else ''} {','.join(field.name for field in each.fields)}".strip()
        for each in found.steps
    ]
    return steps + [each.name for each in found.plan]


@pytest.mark.parametrize(("new", "said"), [
    (ABC, []),
    (read(send("a"), send("x", days=2), send("b", days=4), send("c", days=8)), ["added x"]),
    (read(send("a"), send("c", days=8)), ["removed b"]),
    (read(send("b", days=4), send("c", days=8), send("a")), ["moved a"]),
    (read(send("a"), send("b", days=5, purpose="newsletter"), send("c", days=8)), ["changed b delay,purpose"]),
    (read(send("c"), send("a"), send("b", days=4)), ["moved c delay"]),
    (read(send("a"), send("b", days=4, when=[{"is": "weekday", "in": [1]}]), send("c", days=8)), ["changed b when"]),
    (read(send("a"), send("b", days=4), send("c", days=8), exits=(), daily_limit=500), ["exits", "daily_limit"]),
    (read(send("a"), send("b", days=4), send("c", days=8), on="order_placed"), ["entry"]),
])  # fmt: skip
def test_what_changed(new: Definition, said: list[str]) -> None:
    assert lines(ABC, new) == said


def test_the_parameters_of_a_condition_are_a_change() -> None:
    """They are left out of a condition's hash; its equality must see them."""
    old = read(send("a", when=[{"is": "value_top", "percent": 10}]))
    new = read(send("a", when=[{"is": "value_top", "percent": 20}]))
    assert lines(old, new) == ["changed a when"]


def test_the_same_way_written_otherwise_is_no_change() -> None:
    """The editor leaves out what the list says already."""
    old = read(send("a", next="b"), send("b", days=4), send("c", days=8))
    assert lines(old, ABC) == []
    assert lines(ABC, read(send("a", next="c"), send("c", days=8))) == ["changed a next_key", "removed b"]


def test_lanes_in_another_order_and_a_written_end_are_no_change() -> None:
    """The editor writes the first way of a fork first, and an end behind it where the path ended by itself."""
    end = {"key": "end", "kind": "end"}
    fork = FORK | {"otherwise": "n", "next": "y"}
    old = read(fork, send("n"), end, send("y", days=2))
    new = read(FORK | {"otherwise": "n"}, send("y", days=2), {"key": "over", "kind": "end"}, send("n"), end)
    assert lines(old, new) == []


def test_an_end_that_cuts_off_the_rest_is_told() -> None:
    end = {"key": "end", "kind": "end"}
    new = read(send("a"), end, send("b", days=4), send("c", days=8))
    assert lines(ABC, new) == ["changed a next_key", "added end"]


def test_an_added_step_says_what_it_follows() -> None:
    found = compare(ABC, read(send("x"), send("a"), send("b", days=4), send("y", days=5), send("c", days=8)))
    assert [(each.step.key, each.after and each.after.key) for each in found.steps if each.step] == [
        ("x", None),
        ("y", "b"),
    ]


@pytest.mark.parametrize(("new", "at", "done", "whither", "key"), [
    (ABC, "b", (), Whither.SAME, "b"),
    (read(send("a"), send("c", days=8)), "b", (), Whither.NEXT, "c"),
    (read(send("a"), send("b", days=4)), "c", (), Whither.OUT, None),
    (read(send("x"), send("a"), send("b", days=4), send("c", days=8)), "b", ("a",), Whither.SAME, "b"),
    (read(send("c", days=8), send("a")), "b", ("a",), Whither.NEXT, "c"),
    (read(send("a")), "b", ("a",), Whither.OUT, None),
])  # fmt: skip
def test_where_somebody_stands(
    new: Definition, at: str, done: tuple[str, ...], whither: Whither, key: str | None
) -> None:
    found = where_to(ABC, new, at, done)
    assert (found.whither, found.key) == (whither, key)


def test_past_an_end_is_out() -> None:
    """The steps after an end belong to another branch: whoever stood before it does not come to them."""
    end = {"key": "end", "kind": "end"}
    old = read(FORK, send("a"), send("b", days=2), end, send("c", days=8, is_branch=True))
    new = read(FORK | {"otherwise": "c"}, send("a"), end, send("c", days=8, is_branch=True))
    assert where_to(old, new, "b").key == "end"
    without_end = read(FORK, send("a"), send("c", days=8, is_branch=True))
    assert where_to(old, without_end, "b").whither is Whither.OUT


def test_nobody_is_moved_onto_what_has_run_or_is_not_there() -> None:
    """Any plan, any change of it, any passage: the step is one of the new version and has not run."""
    chance = random.Random(52)
    keys = list("abcdefgh")
    for _ in range(300):
        old_keys = chance.sample(keys, chance.randint(1, 6))
        new_keys = chance.sample(keys, chance.randint(1, 6))
        old = read(*(send(key, days=place) for place, key in enumerate(old_keys)))
        new = read(*(send(key, days=place) for place, key in enumerate(new_keys)))
        place = chance.randrange(len(old_keys))
        done = old_keys[:place]
        found = where_to(old, new, old_keys[place], done)
        left = [key for key in old_keys[place:] if key in new_keys]
        assert found.key == (left[0] if left else None)
        assert found.key not in done
