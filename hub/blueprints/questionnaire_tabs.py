"""The tabs of one questionnaire: each helper's door adds its line when its page exists."""

from flask import current_app, request, url_for
from flask_babel import gettext

from hub.blueprints.access import asks_of, find_viewer
from hub.blueprints.room_tabs import RoomTab
from hub.core.text import N_
from hub.staff.words import Permission

TABS = (
    ("questionnaires.edit", N_("Editing")),
    ("questionnaire_sending.list_waves", N_("Invitations")),
    ("questionnaire_links.list_links", N_("Links and codes")),
    ("questionnaire_results.show", N_("Results")),
)
"""Endpoint (it takes `questionnaire_id`) and label, in the order of the work: editing, sending, results."""


def questionnaire_tabs(questionnaire_id: int) -> list[RoomTab]:
    """The pages of a questionnaire that the signed-in person may open. Current: any page of the same door."""
    person, here = find_viewer(), (request.endpoint or "").partition(".")[0]
    found = []
    for endpoint, label in TABS:
        asks = asks_of(current_app, endpoint) if endpoint in current_app.view_functions else None
        if isinstance(asks, Permission) and person and person.may(asks):
            url = url_for(endpoint, questionnaire_id=questionnaire_id)
            found.append(RoomTab(url, gettext(label), endpoint.partition(".")[0] == here))
    return found
