"""What a marketer does to the steps of a draft: each takes the stored content and gives the new one. Pure.

Steps keep their names for ever: results and the customers inside know them by these.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.plans.drafts.documents import Document
from hub.plans.drafts.lanes import Lane, Node, Raw, Tree, Ways, fresh, is_end, read_tree, write_tree
from hub.plans.words import StepKind

KEPT = frozenset({"key", "kind", "next", "otherwise", "is_branch"})
"""What the form of a step does not change."""
Place = tuple[Lane, int]
GONE = N_("This step is not in the draft any more. Somebody else may have taken it out.")
STUCK = N_("This step cannot be moved any further.")
NEEDED_END = N_("An end is needed here: what stands before it would lead nowhere.")
BEGINS = N_("This step begins a way of its own, after an answer: it cannot be moved or copied.")


def add_step(
    definition: Mapping[str, Any],
    fields: Mapping[str, Any],
    *,
    kind: StepKind,
    after: str | None = None,
    way: str = "",
    taken: frozenset[str] = frozenset(),
) -> tuple[Document, str]:
    """A new step after another one, at the beginning of a `way` ("yes" or "no") of a fork, or at the very beginning.

    `taken`: names that steps of other versions had. Returns the content and the step's name. After an end nothing comes:
    the new step stands before it.
    """
    key = fresh(kind.value, taken | {step["key"] for step in definition["steps"]})
    node = Node({"key": key, "kind": kind.value, **_own(fields)})
    if kind is StepKind.SPLIT:
        node.yes, node.no = Lane(), Lane()

    def put(tree: Tree) -> None:
        lane, index = _place_after(tree, after, way)
        lane.nodes.insert(index, node)

    return _edit(definition, put), key


def _place_after(tree: Tree, after: str | None, way: str) -> Place:
    if after is None:
        return tree.main, 0
    lane, index = _find(tree, after)
    node = lane.nodes[index]
    if way and node.yes and node.no:
        return (node.yes if way == "yes" else node.no), 0
    return lane, index if is_end(node.step) else index + 1


def remove_step(definition: Mapping[str, Any], key: str) -> Document:
    """Without the step: what led to it leads to what came after it. A fork takes its other way with it.

    An end cut off what stood behind it: where the path would only be given a new one, it goes on there again. Raises Invalid.
    """
    found = _without(definition, key)
    if not is_end(get_step(definition, key)) or len(found["steps"]) < len(definition["steps"]):
        return found
    return _without(definition, key, goes_on=True)


def _without(definition: Mapping[str, Any], key: str, *, goes_on: bool = False) -> Document:
    heir = Ways(definition["steps"]).after.get(key)

    def take_out(tree: Tree) -> None:
        lane, index = _find(tree, key)
        node = lane.nodes.pop(index)
        _lead_on(tree, key, heir)
        _open_fork(tree, node, lane, index)
        if goes_on:
            _take_up(tree, lane)

    return _edit(definition, take_out)


def _take_up(tree: Tree, lane: Lane) -> None:
    """The first of the lanes that nobody comes to follows this one."""
    cut = next((each for each in tree.strays if all(lane is not one for one in _all_lanes(Tree(each)))), None)
    if cut is None:
        raise Invalid(NEEDED_END)
    tree.strays.remove(cut)
    lane.nodes += cut.nodes
    lane.goto = cut.goto


def _lead_on(tree: Tree, key: str, heir: str | None) -> None:
    """Whoever came from another lane goes on with what came after; where nothing did, he has arrived."""
    for lane in _all_lanes(tree):
        if lane.goto == key:
            lane.goto = heir
            if heir is None:
                lane.nodes.append(Node({"key": _fresh_end(tree), "kind": StepKind.END.value}))


def _open_fork(tree: Tree, fork: Node, lane: Lane, index: int) -> None:
    """The first way of a fork becomes part of the lane. The other one goes, unless somebody comes to it from elsewhere."""
    if fork.yes is None or fork.no is None:
        return
    rest = lane.nodes[index:]
    if fork.no.nodes and _is_led_to(tree, fork.no):
        fork.no.goto = fork.no.goto or (rest[0].key if rest else lane.goto)
        tree.strays.append(fork.no)
    if fork.yes.is_final and rest:
        tree.strays.append(Lane(rest, lane.goto))
        lane.nodes[index:], lane.goto = fork.yes.nodes, fork.yes.goto
        return
    lane.nodes[index:index] = fork.yes.nodes
    lane.goto = fork.yes.goto or lane.goto


def _is_led_to(tree: Tree, lane: Lane) -> bool:
    inside = {node.key for node in Tree(lane).nodes()}
    return any(each.goto in inside for each in _all_lanes(tree))


def move_step(definition: Mapping[str, Any], key: str, by: int) -> Document:
    """One place up (-1) or down (1), as the page shows them: also into a way of a fork and out again. Raises Invalid."""

    def shift(tree: Tree) -> None:
        lane, index = _find(tree, key)
        if any(branch.nodes and branch.nodes[0].key == key for branch in tree.branches):
            raise Invalid(BEGINS)
        node = lane.nodes.pop(index)
        places = list(_places(tree, is_closing=node.is_final))
        here = next((at for at, (each, place) in enumerate(places) if each is lane and place == index), None)
        if here is None or not 0 <= here + by < len(places):
            raise Invalid(STUCK)
        target, place = places[here + by]
        target.nodes.insert(place, node)

    return _edit(definition, shift)


def _places(tree: Tree, *, is_closing: bool) -> Iterator[Place]:
    """Where a step can stand, from the top of the page to its foot; one that lets nobody pass only at the end of a lane."""
    begun = {id(lane) for lane in tree.branches}
    for lane in tree.lanes:
        yield from _places_of(lane, is_closing=is_closing, has_head=id(lane) in begun)


def _places_of(lane: Lane, *, is_closing: bool, has_head: bool = False) -> Iterator[Place]:
    for index, node in enumerate(lane.nodes):
        if not is_closing and not (has_head and index == 0):
            yield lane, index
        for each in node.lanes:
            yield from _places_of(each, is_closing=is_closing)
    if not (lane.nodes and lane.nodes[-1].is_final):
        yield lane, len(lane.nodes)


def can_move(definition: Mapping[str, Any], key: str, by: int) -> bool:
    try:
        move_step(definition, key, by)
    except Invalid:
        return False
    return True


def copy_step(
    definition: Mapping[str, Any], key: str, *, taken: frozenset[str] = frozenset()
) -> tuple[Document, str]:
    """The same step once more, right after it. Raises Invalid for a fork and for what begins a way."""
    step = get_step(definition, key)
    if step["kind"] in {StepKind.SPLIT, StepKind.END} or step.get("is_branch"):
        raise Invalid(N_("A fork, an end and the beginning of a way cannot be copied."))
    return add_step(definition, step, kind=StepKind(step["kind"]), after=key, taken=taken)


def switch_step(definition: Mapping[str, Any], key: str) -> Document:
    """Off: the step does nothing and the path goes on. On again: as before."""
    step = get_step(definition, key)
    return set_fields(definition, key, {**step, "is_on": not step.get("is_on", True)})


def set_fields(definition: Mapping[str, Any], key: str, fields: Mapping[str, Any]) -> Document:
    """The step with what its form says; its name, its kind and where it leads stay."""

    def fill(tree: Tree) -> None:
        lane, index = _find(tree, key)
        node = lane.nodes[index]
        node.step = {name: node.step[name] for name in KEPT if name in node.step} | _own(fields)

    return _edit(definition, fill)


def get_step(definition: Mapping[str, Any], key: str) -> Raw:
    """The stored step. Raises Invalid when it is gone."""
    found = next((step for step in definition["steps"] if step["key"] == key), None)
    if found is None:
        raise Invalid(GONE)
    return deepcopy(dict(found))


def _own(fields: Mapping[str, Any]) -> Raw:
    return {name: value for name, value in deepcopy(dict(fields)).items() if name not in KEPT}


def _edit(definition: Mapping[str, Any], change: Callable[[Tree], None]) -> Document:
    """Do it to the lanes, write them down again, and see to it that nothing points at what is gone."""
    tree = read_tree(definition["steps"])
    change(tree)
    steps = write_tree(tree, StepKind.END.value)
    keys = {step["key"] for step in steps}
    for step in steps:
        _forget(step, keys)
    if Ways(steps).leads_back:
        raise Invalid(STUCK)
    return {**definition, "steps": steps}


def _forget(step: Raw, keys: set[str]) -> None:
    """A question about a message that is gone asks about any message of the plan."""
    clauses = [
        *step.get("when", ()),
        *(each for one in step.get("variants", ()) for each in one.get("when", ())),
    ]
    for clause in clauses:
        for part in clause.get("any", [clause]):
            if part.get("step") is not None and part["step"] not in keys:
                del part["step"]


def _find(tree: Tree, key: str) -> Place:
    for lane in _all_lanes(tree):
        for index, node in enumerate(lane.nodes):
            if node.key == key:
                return lane, index
    raise Invalid(GONE)


def _all_lanes(tree: Tree) -> Iterator[Lane]:
    ahead = list(tree.lanes)
    while ahead:
        lane = ahead.pop(0)
        yield lane
        ahead += [each for node in lane.nodes for each in node.lanes]


def _fresh_end(tree: Tree) -> str:
    return fresh(StepKind.END.value, {node.key for node in tree.nodes()})
