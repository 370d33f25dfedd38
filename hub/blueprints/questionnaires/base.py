"""The blueprint of the questionnaires' builder and what its pages share: the draft of an address, one change, its refusal."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.questionnaire_tabs import questionnaire_tabs
from hub.blueprints.questionnaires import words
from hub.blueprints.surveys.base import survey_tabs
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
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
    with transaction():
        actions.change_draft(
            questionnaire_id=draft.id,
            document=document,
            seen=request.form.get("seen", ""),
            by=viewer().actor,
            now=clock.business_now(),
        )


def tell_conflict(error: Conflict) -> None:
    """Somebody else was faster: what was typed stays on the page, and the next save goes on from the draft as it is now."""
    flash(sentence_of(error), "error")
    flash(
        gettext(
            "What you typed is still on this page: save again to put it into the questionnaire as it is now."
        ),
        "info",
    )
