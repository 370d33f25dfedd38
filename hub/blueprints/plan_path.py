"""The published steps of a plan as its page draws them: lanes with their words, who waits at each and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.blueprints.plan_editor.lanes import Lanes
from hub.blueprints.plan_words import named_segments, results
from hub.plans.definitions import Step
from hub.plans.drafts.lanes import Node, Raw
from hub.plans.queries import PlanView
from hub.segments.saved.queries import list_names


class Path(Lanes):
    """Draws the version in use."""

    def __init__(
        self, view: PlanView, *, pools: Sequence[tuple[str, str]], segments: Mapping[int, str]
    ) -> None:
        steps = [_stored(step) for step in view.definition.steps]
        super().__init__(view.definition, steps, pools=dict(pools), segments=segments)
        self.figures = {row.step.key: row for row in view.steps}

    def _row(self, node: Node, *, is_head: bool) -> dict[str, Any]:
        row = self.figures[node.key]
        return {
            **super()._row(node, is_head=is_head),
            "waiting": row.waiting_count,
            "results": results(row),
        }


def read_path(view: PlanView, pools: Sequence[tuple[str, str]]) -> Path:
    """The path of the version in use, with the names of the segments it asks about."""
    return Path(view, pools=pools, segments=dict(list_names(named_segments(view.definition))))


def _stored(step: Step) -> Raw:
    """What the lanes are read from: where the step leads, and whether it lets everybody pass."""
    return {
        "key": step.key,
        "kind": step.kind.value,
        "next": step.next_key,
        "otherwise": step.otherwise,
        "is_branch": step.is_branch,
        "when": list(step.when),
        "is_on": step.is_on,
    }
