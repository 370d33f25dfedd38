"""The blueprint of these pages and who may change what they show."""

from flask import Blueprint

from hub.blueprints.access import viewer
from hub.blueprints.questionnaire_tabs import questionnaire_tabs
from hub.staff.words import Permission

blueprint = Blueprint("questionnaire_links", __name__)
WAYS = dict.fromkeys(("make", "make_counters", "change"), Permission.EDIT_SURVEYS)


@blueprint.context_processor
def shared() -> dict[str, object]:
    return {"may_edit": viewer().may(Permission.EDIT_SURVEYS), "questionnaire_tabs": questionnaire_tabs}
