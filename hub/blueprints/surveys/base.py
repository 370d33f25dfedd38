"""The blueprint of these pages and its row of tabs."""

from flask import Blueprint

from hub.blueprints.room_tabs import RoomTab, draw_tabs
from hub.core.text import N_

blueprint = Blueprint("surveys", __name__)
TABS = (
    ("questionnaires.list_questionnaires", N_("Questionnaires")),
    ("surveys.list_touches", N_("Log of survey touches")),
    ("surveys.list_domains", N_("Mail filters")),
    ("surveys.list_whys", N_("Why customers leave")),
)


@blueprint.context_processor
def shared() -> dict[str, object]:
    return {"survey_tabs": survey_tabs}


def survey_tabs() -> list[RoomTab]:
    """The pages of this door."""
    return draw_tabs(TABS)
