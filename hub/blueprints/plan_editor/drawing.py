"""A draft as its page draws it: lanes of steps, each with its words, what it lacks and what can be done with it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.blueprints.plan_condition_words import clause_words, clauses_words, segment_ids, trigger_words
from hub.blueprints.plan_editor import choosing, words
from hub.blueprints.plan_editor.base import titles_of
from hub.blueprints.plan_words import rules_of
from hub.plans.asking import NEEDS
from hub.plans.definitions import AnyOf, Clause, Definition, Step
from hub.plans.drafts import editing
from hub.plans.drafts.lanes import Lane, Node, is_end, read_tree
from hub.plans.drafts.rows import DraftView
from hub.plans.walking import NEVER_STALE
from hub.plans.words import StepKind


class Drawing:
    """Draws one draft; names of templates, pools and segments are read once."""

    def __init__(self, draft: DraftView) -> None:
        self.draft = draft
        self.definition: Definition = draft.loose.definition
        self.titles = titles_of(self.definition)
        steps = self.definition.steps
        self.templates = choosing.template_names() if any(step.is_send for step in steps) else {}
        self.pools = dict(choosing.pools()) if any(step.pool for step in steps) else {}
        asked = [*self.definition.entry.when, *(each for step in steps for each in _clauses(step))]
        self.segments = choosing.segments() if segment_ids(asked) else {}

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

    def lanes(self) -> dict[str, Any]:
        tree = read_tree(self.draft.definition["steps"])
        return {
            "main": self._lane(tree.main),
            "branches": [self._lane(lane, is_branch=True) for lane in tree.branches],
            "strays": [self._lane(lane) for lane in tree.strays],
        }

    def _lane(self, lane: Lane, *, is_branch: bool = False) -> dict[str, Any]:
        rows = [self._row(node, is_head=is_branch and index == 0) for index, node in enumerate(lane.nodes)]
        return {"rows": rows, "goto": self.titles.get(lane.goto or "")}

    def _row(self, node: Node, *, is_head: bool) -> dict[str, Any]:
        step = self.definition.step(node.key)
        content = self.draft.definition
        return {
            "key": node.key,
            "kind": step.kind.value,
            "icon": words.KINDS[step.kind][0],
            "title": self.titles[node.key],
            "when": words.when_words(step),
            "is_on": step.is_on,
            "is_fork": bool(node.lanes),
            "is_end": is_end(node.step),
            "is_head": is_head,
            "effect": words.effect_words(step, self.templates, self.pools),
            "asked": [self._say(clause) for clause in step.when],
            "variants": [(self._say_all(each.when), self._template(each.template)) for each in step.variants],
            "expiry": "" if step.kind in NEVER_STALE else words.expiry_words(step.expires_minutes),
            "lacks": [words.lack_words(lack) for lack in self.draft.loose.of_step(node.key)],
            "can_up": not is_head and editing.can_move(content, node.key, -1),
            "can_down": not is_head and editing.can_move(content, node.key, 1),
            "can_copy": step.kind not in {StepKind.SPLIT, StepKind.END} and not step.is_branch,
            "yes": self._lane(node.yes) if node.yes else None,
            "no": self._lane(node.no) if node.no else None,
        }

    def _template(self, key: str) -> str:
        return self.templates.get(key, key)

    def _say(self, clause: Clause) -> str:
        return clause_words(_titled(clause, self.titles), self.segments)

    def _say_all(self, clauses: tuple[Clause, ...]) -> str:
        return clauses_words([_titled(clause, self.titles) for clause in clauses], self.segments)


def _clauses(step: Step) -> list[Clause]:
    return [*step.when, *(clause for variant in step.variants for clause in variant.when)]


def _titled(clause: Clause, titles: Mapping[str, str]) -> Clause:
    """The same question with the title of the message it asks about."""
    if isinstance(clause, AnyOf):
        return AnyOf(tuple(_titled(part, titles) for part in clause.parts))
    key = clause.params.get("step")
    return replace(clause, params={**clause.params, "step": titles.get(key, key)}) if key else clause
