"""The blueprint of publishing and what its pages share: the draft or version of an address, and the names of all it speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint

from hub.blueprints.plan_editor import choosing
from hub.blueprints.plan_editor.base import titles_of
from hub.blueprints.plan_words import named_segments
from hub.plans.definitions import Definition
from hub.segments.saved.queries import list_names

blueprint = Blueprint("plan_publishing", __name__)


@dataclass(frozen=True)
class Names:
    """What people call things: steps and templates by key, segments by id, pools by key."""

    steps: Mapping[str, str]
    templates: Mapping[str, str]
    segments: Mapping[int, str]
    pools: Mapping[str, str]

    def step(self, key: str | None) -> str:
        return self.steps.get(key or "", key or "")

    def template(self, key: str) -> str:
        return self.templates.get(key, key)

    def pool(self, key: str) -> str:
        return self.pools.get(key, key)


def names_of(*definitions: Definition) -> Names:
    """The names of everything that these contents of a plan speak of; a step is called as in the last that has it."""
    steps = {key: title for each in definitions for key, title in titles_of(each).items()}
    wanted = {segment for each in definitions for segment in named_segments(each)}
    segments = dict(list_names(wanted)) if wanted else {}
    has_pools = any(step.pool for each in definitions for step in each.steps)
    return Names(steps, choosing.template_names(), segments, dict(choosing.pools()) if has_pools else {})
