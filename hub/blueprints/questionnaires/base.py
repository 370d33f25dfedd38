"""The blueprint of the questionnaires' builder and what its pages share: the draft of an address, one change."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from hub.blueprints.access import viewer
from hub.blueprints.drafting import change
from hub.blueprints.questionnaire_tabs import questionnaire_tabs
from hub.blueprints.questionnaires import words
from hub.blueprints.surveys.base import survey_tabs
from hub.questionnaires.drafts import actions
from hub.questionnaires.drafts.rows import DraftView
from hub.staff.words import Permission

blueprint = Blueprint("questionnaires", __name__)


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {
        "words": words,
        "survey_tabs": survey_tabs,
        "questionnaire_tabs": questionnaire_tabs,
        "may_edit": viewer().may(Permission.EDIT_SURVEYS),
    }


def keep(draft: DraftView, document: Mapping[str, Any]) -> None:
    """Save the new content against what the form had seen. Raises Conflict and Invalid."""
    change(actions.change_draft, questionnaire_id=draft.id, document=document)
