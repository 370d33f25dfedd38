"""The door of the results page: figures of one questionnaire, filters in the address."""

from flask import render_template
from flask.typing import ResponseReturnValue

from hub.blueprints.questionnaire_results import tables, words
from hub.blueprints.questionnaire_results.base import blueprint, read_asked, shared
from hub.core import clock
from hub.questionnaires.results.queries import get_head, get_results, list_places


@blueprint.get("/<int:questionnaire_id>/results")
def show(questionnaire_id: int) -> ResponseReturnValue:
    """Live: each answer is counted within seconds."""
    head, places = get_head(questionnaire_id), list_places()
    asked = read_asked(head, places)
    found = get_results(head, asked, places=places, now=clock.business_now())
    return render_template(
        "questionnaire_results/results.html", found=found, words=words, tables=tables, **shared(asked, places)
    )
