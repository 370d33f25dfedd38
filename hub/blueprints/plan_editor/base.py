"""The blueprint of the plans' editor and what its pages share: the draft of an address, one change."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask_babel import gettext

from hub.blueprints import plan_words
from hub.blueprints.drafting import change
from hub.blueprints.plan_editor import choosing, words
from hub.plans.definitions import Definition
from hub.plans.drafts import actions
from hub.plans.drafts.rows import DraftView

blueprint = Blueprint("plan_editor", __name__)


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {"words": plan_words}


def titles_of(definition: Definition) -> dict[str, str]:
    """Step key → what the page calls it; a name that comes twice is told apart by its place."""
    found = {step.key: words.title_of(step) for step in definition.steps}
    seen: dict[str, int] = {}
    for key, title in found.items():
        seen[title] = seen.get(title, 0) + 1
        if seen[title] > 1:
            found[key] = gettext("%(title)s (%(number)s)", title=title, number=seen[title])
    return found


def messages_of(definition: Definition) -> choosing.Pairs:
    """The steps that send, for conditions that ask about one."""
    titles = titles_of(definition)
    return [(step.key, titles[step.key]) for step in definition.steps if step.is_send]


def keep(draft: DraftView, definition: Mapping[str, Any]) -> None:
    """Save the new content against what the form had seen. Raises Conflict and Invalid."""
    change(actions.change_draft, version_id=draft.version_id, definition=definition)
