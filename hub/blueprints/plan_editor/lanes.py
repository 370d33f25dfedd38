"""The steps of a plan as lanes for a page, each with its words: what the editor and the plan's own page have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hub.blueprints.message_names import template_title
from hub.blueprints.plan_condition_words import clause_words, clauses_words
from hub.blueprints.plan_editor import words
from hub.blueprints.plan_editor.base import titles_of
from hub.plans.definitions import AnyOf, Clause, Definition
from hub.plans.drafts.lanes import Lane, Node, Raw, is_end, read_tree
from hub.plans.walking import NEVER_STALE


class Lanes:
    """Draws a definition whose stored steps are `steps`; `pools` and `segments` are the names it needs."""

    def __init__(
        self,
        definition: Definition,
        steps: Sequence[Raw],
        *,
        pools: Mapping[str, str],
        segments: Mapping[int, str],
    ) -> None:
        self.definition, self.steps = definition, steps
        self.titles = titles_of(definition)
        self.templates = {key: template_title(key) for step in definition.steps for key in step.templates}
        self.pools, self.segments = pools, segments

    def lanes(self) -> dict[str, Any]:
        tree = read_tree(self.steps)
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
            "letters": [(key, self.templates[key]) for key in dict.fromkeys(step.templates) if key],
            "asked": [self._say(clause) for clause in step.when],
            "variants": [
                (self._say_all(each.when), self.templates.get(each.template, each.template))
                for each in step.variants
            ],
            "expiry": "" if step.kind in NEVER_STALE else words.expiry_words(step.expires_minutes),
            "yes": self._lane(node.yes) if node.yes else None,
            "no": self._lane(node.no) if node.no else None,
        }

    def _say(self, clause: Clause) -> str:
        return clause_words(_titled(clause, self.titles), self.segments)

    def _say_all(self, clauses: tuple[Clause, ...]) -> str:
        return clauses_words([_titled(clause, self.titles) for clause in clauses], self.segments)


def _titled(clause: Clause, titles: Mapping[str, str]) -> Clause:
    """The same question with the title of the message it asks about."""
    if isinstance(clause, AnyOf):
        return AnyOf(tuple(_titled(part, titles) for part in clause.parts))
    key = clause.params.get("step")
    return replace(clause, params={**clause.params, "step": titles.get(key, key)}) if key else clause
