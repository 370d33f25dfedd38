"""Editing the steps of a draft: whatever is done in whatever order, every step leads somewhere that is there."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.plans.drafts import editing
from hub.plans.drafts.lanes import Ways, is_end, read_tree, write_tree
from hub.plans.reading import parse_definition
from hub.plans.words import StepKind

FIELDS: dict[StepKind, dict[str, Any]] = {
    StepKind.SEND: {"template": "welcome_prospect", "when": [{"any": [{"is": "opened", "step": "a"}]}]},
    StepKind.SPLIT: {"when": [{"is": "phone_known"}]},
    StepKind.END: {},
    StepKind.NOTIFY: {"words": "Call her"},
}


def step(key: str, kind: StepKind = StepKind.SEND, **fields: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind.value, **FIELDS[kind], **fields}


def plan(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"format": 2, "entry": {"on": ["by_hand"]}, "steps": list(steps)}


def forked() -> dict[str, Any]:
    """a, then b or c, then d."""
    return plan(
        step("a"),
        step("fork", StepKind.SPLIT, otherwise="c"),
        step("b", next="d"),
        step("c"),
        step("d"),
    )


def drawn(definition: dict[str, Any]) -> str:
    """`a fork(b | c) d`: the lanes as a page shows them; `+` a way begun by an answer, `-` one that nobody comes to."""

    def lane(found: Any) -> str:
        words = [node(each) for each in found.nodes] + ([f">{found.goto}"] if found.goto else [])
        return " ".join(words)

    def node(each: Any) -> str:
        return f"{each.key}({lane(each.yes)}|{lane(each.no)})" if each.lanes else str(each.key)

    tree = read_tree(definition["steps"])
    parts = [
        lane(tree.main),
        *(f"+ {lane(each)}" for each in tree.branches),
        *(f"- {lane(each)}" for each in tree.strays),
    ]
    return " ".join(parts).strip()


def test_a_fork_is_drawn_with_its_two_ways() -> None:
    assert drawn(forked()) == "a fork(b|c) d"
    assert drawn(plan(step("a"), step("thank", is_branch=True), step("more"))) == "a + thank more"
    assert drawn(plan(step("end", StepKind.END), step("lost"))) == "end - lost"
    skipping = plan(step("fork", StepKind.SPLIT, otherwise="d"), step("b"), step("c"), step("d"))
    assert drawn(skipping) == "fork(b c|) d"


def test_a_step_is_added_after_another_and_in_either_way_of_a_fork() -> None:
    for after, way, expected in (
        ("a", "", "a send_1 fork(b|c) d"),
        ("fork", "yes", "a fork(send_1 b|c) d"),
        ("fork", "no", "a fork(b|send_1 c) d"),
        ("fork", "", "a fork(b|c) send_1 d"),
        ("b", "", "a fork(b send_1|c) d"),
        ("c", "", "a fork(b|c send_1) d"),
        (None, "", "send_1 a fork(b|c) d"),
    ):
        found, key = editing.add_step(
            forked(), FIELDS[StepKind.SEND], kind=StepKind.SEND, after=after, way=way
        )
        assert (drawn(found), key) == (expected, "send_1")
        parse_definition(found)


def test_a_new_fork_lets_everybody_go_on_until_its_ways_are_filled() -> None:
    found, key = editing.add_step(plan(step("a")), FIELDS[StepKind.SPLIT], kind=StepKind.SPLIT, after="a")
    assert drawn(found) == "a split_1(|) end_1"
    found, _ = editing.add_step(found, FIELDS[StepKind.SEND], kind=StepKind.SEND, after=key, way="no")
    assert drawn(found) == "a split_1(|send_1) end_1"
    assert parse_definition(found).step("split_1").next_key == "end_1"


def test_a_name_that_another_version_gave_is_not_given_again() -> None:
    _, key = editing.add_step(
        plan(step("send_1")), {}, kind=StepKind.SEND, after="send_1", taken=frozenset({"send_2"})
    )
    assert key == "send_3"


def test_nothing_comes_after_an_end() -> None:
    found, _ = editing.add_step(
        plan(step("a"), step("end", StepKind.END)), {}, kind=StepKind.SEND, after="end"
    )
    assert drawn(found) == "a send_1 end"


def test_what_led_to_a_step_leads_to_what_came_after_it() -> None:
    assert drawn(editing.remove_step(forked(), "c")) == "a fork(b|) d"
    assert drawn(editing.remove_step(forked(), "d")) == "a fork(b|c) end_1"
    assert drawn(editing.remove_step(forked(), "a")) == "fork(b|c) d"
    jumping = plan(
        step("f", StepKind.SPLIT, otherwise="g"), step("x"), step("y"), step("e", StepKind.END),
        step("g", StepKind.SPLIT, otherwise="y"), step("z"), step("e2", StepKind.END),
    )  # fmt: skip
    assert drawn(jumping) == "f(x y e|g(z e2|>y))"
    assert drawn(editing.remove_step(jumping, "y")) == "f(x e|g(z e2|>e))"


def test_an_end_in_the_middle_can_be_taken_out_again() -> None:
    ended, end = editing.add_step(forked(), {}, kind=StepKind.END, after="a")
    assert drawn(ended) == "a end_1 - fork(b|c) d"
    assert drawn(editing.remove_step(ended, end)) == "a fork(b|c) d"
    ended, end = editing.add_step(
        plan(step("f", StepKind.SPLIT, otherwise="n"), step("y"), step("z", next="m"), step("n"), step("m")),
        {}, kind=StepKind.END, after="y",
    )  # fmt: skip
    back = editing.remove_step(ended, end)
    assert drawn(back).startswith("f(y z|n) m")
    with pytest.raises(Invalid, match="An end is needed here"):
        editing.remove_step(plan(step("f", StepKind.SPLIT, otherwise="e"), step("e", StepKind.END)), "e")


def test_a_fork_takes_its_other_way_with_it() -> None:
    assert drawn(editing.remove_step(forked(), "fork")) == "a b d"


def test_questions_about_a_message_that_is_gone_ask_about_any() -> None:
    found = editing.remove_step(forked(), "a")
    assert found["steps"][1]["when"] == [{"any": [{"is": "opened"}]}]
    assert forked()["steps"][2]["when"] == [{"any": [{"is": "opened", "step": "a"}]}]


def test_moving_walks_through_every_place_of_the_page() -> None:
    found, seen = forked(), []
    for _ in range(4):
        found = editing.move_step(found, "a", 1)
        seen.append(drawn(found))
    assert seen == ["fork(a b|c) d", "fork(b a|c) d", "fork(b|a c) d", "fork(b|c a) d"]
    for _ in range(2):
        found = editing.move_step(found, "a", 1)
    assert drawn(found) == "fork(b|c) d a"
    assert not editing.can_move(found, "a", 1)
    for _ in range(6):
        found = editing.move_step(found, "a", -1)
    assert drawn(found) == drawn(forked())
    assert not editing.can_move(found, "a", -1)


def test_a_fork_moves_with_its_ways_and_an_end_stays_at_an_end() -> None:
    assert drawn(editing.move_step(forked(), "fork", 1)) == "a d fork(b|c) end_1"
    ended = plan(step("a"), step("b"), step("end", StepKind.END))
    assert not editing.can_move(ended, "end", -1)
    assert not editing.can_move(ended, "b", 1)


def test_what_an_answer_leads_to_stays_where_it_is() -> None:
    survey = plan(step("a"), step("thank", is_branch=True))
    with pytest.raises(Invalid, match="after an answer"):
        editing.move_step(survey, "thank", -1)
    assert drawn(editing.move_step(survey, "a", 1)) == "+ thank a"


def test_a_copy_stands_after_its_step_under_a_name_of_its_own() -> None:
    found, key = editing.copy_step(forked(), "b")
    assert drawn(found) == "a fork(b send_1|c) d"
    assert found["steps"][3]["template"] == "welcome_prospect"
    with pytest.raises(Invalid):
        editing.copy_step(forked(), "fork")
    assert key == "send_1"


def test_an_end_that_is_off_lets_people_pass() -> None:
    ended = plan(step("fork", StepKind.SPLIT, otherwise="c"), step("end", StepKind.END), step("c"))
    assert drawn(ended) == "fork(end|c)"
    found = editing.switch_step(ended, "end")
    assert drawn(found) == "fork(end|c) end_1"
    assert drawn(editing.switch_step(found, "end")) == "fork(end|c end_1)"


def test_a_form_changes_what_a_step_does_and_not_where_it_leads() -> None:
    found = editing.set_fields(
        forked(), "b", {"template": "birthday", "kind": "end", "key": "x", "next": "a"}
    )
    assert drawn(found) == drawn(forked())
    assert found["steps"][2] == {"key": "b", "kind": "send", "template": "birthday", "next": "d"}
    with pytest.raises(Invalid, match="not in the draft any more"):
        editing.set_fields(forked(), "gone", {})


NAMES = st.sampled_from("abcdefgh")


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """Any list whose steps lead forward, with joins, ends, forks and ways begun by an answer, also jumps across lanes."""
    keys = "abcdefgh"[: draw(st.integers(1, 8))]
    steps = []
    for index, key in enumerate(keys):
        ahead = list(keys[index + 1 :])
        kinds = [StepKind.SEND, StepKind.END, *([StepKind.SPLIT] if ahead else [])]
        kind = draw(st.sampled_from(kinds))
        leads: dict[str, Any] = {"otherwise": draw(st.sampled_from(ahead))} if kind is StepKind.SPLIT else {}
        if ahead and draw(st.booleans()):
            leads["next"] = draw(st.sampled_from(ahead))
        if index and draw(st.integers(0, 5)) == 0:
            leads["is_branch"] = True
        steps.append(step(key, kind, **leads))
    return plan(*steps)


def leading(definition: dict[str, Any]) -> dict[str, tuple[str | None, ...]]:
    """Where each step leads; an end and nothing more are the same."""
    ways = Ways(definition["steps"])
    ends = {each["key"] for each in definition["steps"] if is_end(each)}
    return {
        key: tuple(None if way in ends else way for way in ways.of(key))
        for key in ways.steps
        if key not in ends
    }


@settings(max_examples=150, deadline=None)
@given(plans())
def test_lanes_and_list_are_the_same_plan(definition: dict[str, Any]) -> None:
    written = {**definition, "steps": write_tree(read_tree(definition["steps"]), "end")}
    assert leading(written) == leading(definition)
    assert parse_definition(written).entry == parse_definition(definition).entry


ACTS = st.tuples(
    st.sampled_from(["add", "fork", "end", "remove", "up", "down", "copy", "switch", "fill"]),
    st.integers(0, 20),
    st.sampled_from(["", "yes", "no"]),
)


def act(definition: dict[str, Any], what: str, key: str, way: str) -> dict[str, Any]:
    kinds = {"add": StepKind.SEND, "fork": StepKind.SPLIT, "end": StepKind.END}
    if what in kinds:
        kind = kinds[what]
        return editing.add_step(definition, FIELDS[kind], kind=kind, after=key, way=way)[0]
    if what in {"up", "down"}:
        return editing.move_step(definition, key, -1 if what == "up" else 1)
    if what == "copy":
        return editing.copy_step(definition, key)[0]
    if what == "fill":
        return editing.set_fields(definition, key, {**editing.get_step(definition, key), "label": "Hello"})
    return editing.remove_step(definition, key) if what == "remove" else editing.switch_step(definition, key)


@settings(max_examples=150, deadline=None)
@given(plans(), st.lists(ACTS, min_size=1, max_size=10))
def test_whatever_is_done_every_step_leads_somewhere(
    definition: dict[str, Any], acts: list[tuple[str, int, str]]
) -> None:
    """No reference to a step that is gone, no ring, no name twice, no step lost that nobody took out."""
    for what, number, way in acts:
        steps = definition["steps"]
        key = steps[number % len(steps)]["key"] if steps else None
        before = {each["key"] for each in steps}
        if key is None:
            return
        try:
            definition = act(definition, what, key, way)
        except Invalid:
            continue
        keys = [each["key"] for each in definition["steps"]]
        assert len(keys) == len(set(keys))
        if what != "remove":
            assert before <= set(keys)
        if keys:
            read = parse_definition(definition)
            asked = {leaf.params.get("step") for each in read.steps for leaf in each.leaves}
            assert asked - {None} <= set(keys)
        else:
            assert what == "remove"
