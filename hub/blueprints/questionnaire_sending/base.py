"""The blueprint of these pages, who may do more than look, and what each page knows of its questionnaire."""

from flask import Blueprint

from hub.blueprints.access import Door, viewer
from hub.blueprints.questionnaire_sending import words
from hub.blueprints.questionnaire_tabs import questionnaire_tabs
from hub.core.errors import NotFound
from hub.questionnaires.sending.actions import NO_WAVE
from hub.questionnaires.sending.queries import find_wave
from hub.questionnaires.sending.rows import WaveLine
from hub.staff.words import Permission

blueprint = Blueprint("questionnaire_sending", __name__)
DOOR = Door(
    blueprint,
    "/questionnaires",
    Permission.READ_SURVEYS,
    dict.fromkeys(("new", "send", "stop"), Permission.EDIT_SURVEYS),
)


@blueprint.context_processor
def shared() -> dict[str, object]:
    return {
        "may_edit": viewer().may(Permission.EDIT_SURVEYS),
        "questionnaire_tabs": questionnaire_tabs,
        "words": words,
    }


def get_wave(questionnaire_id: int, wave_id: int) -> WaveLine:
    """Raises NotFound, also for a sending of another questionnaire."""
    wave = find_wave(wave_id)
    if wave.questionnaire_id != questionnaire_id:
        raise NotFound(NO_WAVE)
    return wave
