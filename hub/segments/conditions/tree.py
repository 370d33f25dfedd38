"""The tree of a segment: groups and conditions; what it holds, and who it holds when each condition is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from hub.segments.conditions.fields import PREFIX, Field
from hub.segments.conditions.words import Match, Source, Test

Value: TypeAlias = str | int | float | date


@dataclass(frozen=True)
class Period:
    """The last so many days, or from one day to another (both included, either may be open)."""

    last_days: int | None = None
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True)
class Condition:
    """`only` narrows the rows looked at, by source; `is_negated`: everybody for whom it does not hold."""

    field: Field
    test: Test
    values: tuple[Value, ...] = ()
    period: Period | None = None
    only: tuple[tuple[Source, tuple[str, ...]], ...] = ()
    is_negated: bool = False

    def narrowed_to(self, source: Source) -> tuple[str, ...]:
        return dict(self.only).get(source, ())


@dataclass(frozen=True)
class Group:
    match: Match
    parts: tuple["Node", ...] = ()


Node: TypeAlias = Condition | Group


def conditions_of(node: Node) -> Iterator[Condition]:
    """In the order of the page."""
    if isinstance(node, Condition):
        yield node
        return
    for part in node.parts:
        yield from conditions_of(part)


def depth_of(node: Node) -> int:
    """A condition alone is 0 deep."""
    return 0 if isinstance(node, Condition) else 1 + max(map(depth_of, node.parts), default=0)


def pruned(group: Group) -> Group:
    """Without groups that hold no condition: they say nothing."""
    kept: list[Node] = []
    for part in group.parts:
        if isinstance(part, Group):
            inner = pruned(part)
            if inner.parts:
                kept.append(inner)
        else:
            kept.append(part)
    return replace(group, parts=tuple(kept))


def holds(node: Node, answer: Callable[[Condition], bool]) -> bool:
    """Whether a customer is in, given what each condition says of them (before its own negation)."""
    if isinstance(node, Condition):
        return answer(node) is not node.is_negated
    if not node.parts:
        return True
    said = (holds(part, answer) for part in node.parts)
    if node.match is Match.ALL:
        return all(said)
    return any(said) is (node.match is Match.ANY)


def without(group: Group, place: int) -> Group:
    """The tree without its condition of this place, counted as `conditions_of` does."""
    return pruned(_without(group, place, [0]))


def _without(group: Group, place: int, seen: list[int]) -> Group:
    kept: list[Node] = []
    for part in group.parts:
        if isinstance(part, Group):
            kept.append(_without(part, place, seen))
            continue
        if seen[0] != place:
            kept.append(part)
        seen[0] += 1
    return replace(group, parts=tuple(kept))


def segments_in(group: Group) -> frozenset[int]:
    """The segments that the conditions name."""
    return frozenset(
        int(str(value))
        for each in conditions_of(group)
        if each.field.source is Source.SEGMENT
        for value in each.values
    )


def properties_in(group: Group) -> frozenset[str]:
    """The keys of the properties that the conditions look at."""
    return frozenset(
        each.field.key.removeprefix(PREFIX)
        for each in conditions_of(group)
        if each.field.key.startswith(PREFIX)
    )
