"""Which saved segments choose their members by what they answered."""

from collections.abc import Collection

from hub.core.errors import HubError
from hub.segments.conditions.tree import Condition, Group, conditions_of, segments_in
from hub.segments.conditions.words import Source
from hub.segments.saved.loading import load_inner, open_catalog

OF_SCORES = frozenset({"value.churn", "tickets.grievance"})
"""Fields that follow from unhappy answers: the churn score counts them, and they open a ticket."""


def list_asking_scores(segment_ids: Collection[int]) -> set[int]:
    """Those of the ids with a condition on an answer, themselves or in a segment inside them."""
    try:
        trees = load_inner(segment_ids, open_catalog())
    except HubError:
        return set()
    own = {each for each, tree in trees.items() if tree is not None and _asks_score(tree)}
    return {each for each in segment_ids if own & _inside(each, trees)}


def _inside(segment_id: int, trees: dict[int, Group | None]) -> set[int]:
    seen: set[int] = set()
    ahead = {segment_id}
    while ahead:
        seen |= ahead
        groups = [tree for each in ahead if (tree := trees.get(each)) is not None]
        ahead = {inner for tree in groups for inner in segments_in(tree)} - seen
    return seen


def _asks_score(tree: Group) -> bool:
    return any(_is_of_score(each) for each in conditions_of(tree))


def _is_of_score(condition: Condition) -> bool:
    return condition.field.key in OF_SCORES or bool(condition.narrowed_to(Source.SCORE))
