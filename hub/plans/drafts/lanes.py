"""The steps of a plan as lanes: a path, a fork with its two ways until they meet again, ways begun by an answer. Pure.

A stored plan is a list whose steps point at each other. Whoever edits thinks of a path with ways beside it: read_tree makes one
of any list, write_tree a list of it again, so that no change can leave a step pointing at nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, TypeVar

from hub.plans.words import StepKind

Raw = dict[str, Any]
Item = TypeVar("Item")


@dataclass
class Lane:
    """Steps one after the other. `goto`: the step of another lane that it leads to, when not to what follows it."""

    nodes: list["Node"] = field(default_factory=list)
    goto: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether nobody comes out at its end."""
        return bool(self.goto) or (bool(self.nodes) and self.nodes[-1].is_final)


@dataclass
class Node:
    """A step; a fork has two ways, which meet at what follows it."""

    step: Raw
    yes: Lane | None = None
    no: Lane | None = None

    @property
    def key(self) -> str:
        return str(self.step["key"])

    @property
    def is_final(self) -> bool:
        if self.yes and self.no:
            return self.yes.is_final and self.no.is_final
        return is_end(self.step)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        return (self.yes, self.no) if self.yes and self.no else ()


@dataclass
class Tree:
    """`branches` begin with a step that an answer leads to; nobody comes to `strays`."""

    main: Lane
    branches: list[Lane] = field(default_factory=list)
    strays: list[Lane] = field(default_factory=list)

    @property
    def lanes(self) -> list[Lane]:
        return [self.main, *self.strays, *self.branches]

    def nodes(self) -> Iterator[Node]:
        """All of them, in the order of the page."""
        for lane in self.lanes:
            yield from _nodes(lane)


def _nodes(lane: Lane) -> Iterator[Node]:
    for node in lane.nodes:
        yield node
        for each in node.lanes:
            yield from _nodes(each)


def is_end(step: Mapping[str, Any]) -> bool:
    """An end for everybody; one with conditions, or one switched off, lets people pass."""
    return bool(step["kind"] == StepKind.END and not step.get("when") and step.get("is_on", True))


def _with_next(items: Sequence[Item]) -> Iterator[tuple[Item, Item | None]]:
    """Each with the one after it; None after the last."""
    return zip_longest(items, items[1:])


class Ways:
    """Where each step of a list leads."""

    def __init__(self, steps: Sequence[Raw]) -> None:
        self.steps = {str(step["key"]): step for step in steps}
        self.after: dict[str, str | None] = {}
        for step, following in _with_next(steps):
            falls = following["key"] if following and not following.get("is_branch") else None
            leads = step.get("next") if step.get("next") in self.steps else falls
            self.after[step["key"]] = None if is_end(step) else leads
        self._beyond: dict[str, tuple[str, ...]] = {}

    def is_fork(self, key: str) -> bool:
        return bool(self.steps[key]["kind"] == StepKind.SPLIT)

    def other(self, key: str) -> str | None:
        """Where a fork leads when its conditions do not hold; on, while nobody said."""
        other = self.steps[key].get("otherwise")
        return other if other in self.steps else self.after[key]

    def of(self, key: str) -> tuple[str | None, ...]:
        return (self.after[key], self.other(key)) if self.is_fork(key) else (self.after[key],)

    def beyond(self, key: str | None) -> tuple[str, ...]:
        """The steps that everybody passes from here, this one first, in their order."""
        if key is None:
            return ()
        if key not in self._beyond:
            self._beyond[key] = ()
            first, *others = [self.beyond(way) for way in self.of(key)]
            self._beyond[key] = (key, *(each for each in first if all(each in other for other in others)))
        return self._beyond[key]

    def meeting(self, key: str) -> str | None:
        """Where the ways of a fork meet."""
        return next(iter(self.beyond(key)[1:]), None)

    @property
    def leads_back(self) -> bool:
        """Whether somebody could walk in a ring."""
        return any(key in self._ahead(key) for key in self.steps)

    def _ahead(self, start: str) -> set[str]:
        seen: set[str] = set()
        ahead = set(self.of(start))
        while ahead:
            key = ahead.pop()
            if key is not None and key not in seen:
                seen.add(key)
                ahead |= set(self.of(key))
        return seen


def read_tree(steps: Sequence[Raw]) -> Tree:
    """The lanes of a list of steps; the steps are copies."""
    own = deepcopy(list(steps))
    ways, placed = Ways(own), set[str]()

    def lane(key: str | None, until: str | None) -> Lane:
        found = Lane()
        while key is not None and key != until and key not in placed:
            placed.add(key)
            node = Node(ways.steps[key])
            found.nodes.append(node)
            following = ways.after[key]
            if ways.is_fork(key):
                meeting = ways.meeting(key)
                node.yes, node.no = lane(following, meeting), lane(ways.other(key), meeting)
                following = meeting
            key = following
        found.goto = key if key != until else None
        return found

    begins = own[0]["key"] if own and not own[0].get("is_branch") else None
    tree = Tree(lane(begins, None))
    for step in own:
        if step["key"] not in placed and step.get("is_branch"):
            tree.branches.append(lane(step["key"], None))
    for step in own:
        if step["key"] not in placed:
            tree.strays.append(lane(step["key"], None))
    return tree


def write_tree(tree: Tree, end_key: str) -> list[Raw]:
    """The list of the lanes. An end is added to a path that needs one to stop at; `end_key` begins its name."""
    tops = [lane for lane in tree.lanes if lane.nodes]
    taken = {node.key for node in tree.nodes()}
    for lane, following in _with_next(tops):
        is_run_into = following is not None and not following.nodes[0].step.get("is_branch")
        if not lane.is_final and (is_run_into or lane.nodes[-1].lanes):
            lane.nodes.append(Node({"key": fresh(end_key, taken), "kind": StepKind.END.value}))
            taken.add(lane.nodes[-1].key)
    found: list[Raw] = []
    leads: dict[str, str | None] = {}
    for lane in tops:
        _write(lane, None, found, leads)
    for step, later in _with_next(found):
        _point(step, leads[step["key"]], later)
    return found


def fresh(wished: str, taken: set[str] | frozenset[str]) -> str:
    """`send_3`: a name that no step has."""
    return next(key for number in range(1, len(taken) + 2) if (key := f"{wished}_{number}") not in taken)


def _write(lane: Lane, follows: str | None, found: list[Raw], leads: dict[str, str | None]) -> None:
    out = lane.goto or follows
    heads = [node.key for node in lane.nodes[1:]]
    for node, following in zip(lane.nodes, [*heads, out], strict=False):
        found.append(node.step)
        leads[node.key] = following
        if node.yes and node.no:
            leads[node.key] = _head(node.yes, following)
            node.step["otherwise"] = _head(node.no, following)
            _write(node.yes, following, found, leads)
            _write(node.no, following, found, leads)


def _head(lane: Lane, follows: str | None) -> str | None:
    return lane.nodes[0].key if lane.nodes else lane.goto or follows


def _point(step: Raw, leads: str | None, following: Raw | None) -> None:
    """Say where a step leads, unless the list says it already."""
    falls = following["key"] if following and not following.get("is_branch") else None
    if leads is not None and step.get("next") == leads:
        return
    step.pop("next", None)
    if leads is not None and leads != falls and not is_end(step):
        step["next"] = leads
