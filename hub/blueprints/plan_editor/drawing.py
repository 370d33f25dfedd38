"""A draft as its page draws it: lanes of steps, each with its words, what it lacks and what can be done with it."""

from dataclasses import replace
from typing import Any

from hub.blueprints.plan_condition_words import segment_ids, trigger_words
from hub.blueprints.plan_editor import choosing, words
from hub.blueprints.plan_editor.lanes import Lanes
from hub.blueprints.plan_words import rules_of
from hub.plans.asking import NEEDS
from hub.plans.definitions import Clause, Step
from hub.plans.drafts import editing
from hub.plans.drafts.lanes import Node
from hub.plans.drafts.rows import DraftView
from hub.plans.words import StepKind


class Drawing(Lanes):
    """Draws one draft; names of pools and segments are read once."""

    def __init__(self, draft: DraftView) -> None:
        self.draft = draft
        definition = draft.loose.definition
        steps = definition.steps
        asked = [*definition.entry.when, *(each for step in steps for each in _clauses(step))]
        super().__init__(
            definition,
            draft.definition["steps"],
            pools=dict(choosing.pools()) if any(step.pool for step in steps) else {},
            segments=choosing.segments() if segment_ids(asked) else {},
        )

    def rules(self) -> list[tuple[str, str]]:
        """What holds for the whole plan. A way in that is not told what it needs is named without it."""
        entry = self.definition.entry
        told = all(
            name in entry.params
            for trigger in entry.on
            for name, param in NEEDS.get(trigger, {}).items()
            if param.is_needed
        )
        if told:
            return rules_of(self.definition, self.segments)
        bare = replace(self.definition, entry=replace(entry, on=(), params={}))
        (label, _), *others = rules_of(bare, self.segments)
        return [(label, ", ".join(trigger_words(each) for each in entry.on)), *others]

    def lacks(self) -> list[str]:
        return [words.lack_words(lack) for lack in self.draft.loose.of_step(None)]

    def lacking(self) -> list[tuple[str, str]]:
        """The steps that lack something, to go to."""
        keys = dict.fromkeys(lack.step_key for lack in self.draft.loose.lacks if lack.step_key)
        return [(key, self.titles[key]) for key in keys]

    def _row(self, node: Node, *, is_head: bool) -> dict[str, Any]:
        step, content = self.definition.step(node.key), self.draft.definition
        return {
            **super()._row(node, is_head=is_head),
            "lacks": [words.lack_words(lack) for lack in self.draft.loose.of_step(node.key)],
            "can_up": not is_head and editing.can_move(content, node.key, -1),
            "can_down": not is_head and editing.can_move(content, node.key, 1),
            "can_copy": step.kind not in {StepKind.SPLIT, StepKind.END} and not step.is_branch,
        }


def _clauses(step: Step) -> list[Clause]:
    return [*step.when, *(clause for variant in step.variants for clause in variant.when)]
