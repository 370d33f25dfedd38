"""The doors of the results: the list of questionnaires that have some, and the figures of one, filters in the address."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.questionnaire_results import tables, words
from hub.blueprints.questionnaire_results.base import blueprint, read_asked, shared
from hub.core import clock
from hub.questionnaires.results.listing import list_answered
from hub.questionnaires.results.queries import get_head, get_results, list_places


@blueprint.get("/results")
def list_results() -> ResponseReturnValue:
    """For who reads figures of his stores and edits no questionnaire."""
    scope, after = viewer().scope, request.args.get("after")
    page = list_answered(None if scope.is_everything else scope.store_ids, after)
    return render_template(
        "questionnaire_results/list.html",
        rows=page.rows,
        sees_all=scope.is_everything,
        older=url_for(".list_results", after=page.next_key) if page.next_key else None,
        newest=url_for(".list_results") if after else None,
    )


@blueprint.get("/<int:questionnaire_id>/results")
def show(questionnaire_id: int) -> ResponseReturnValue:
    """Live: each answer is counted within seconds."""
    head, places = get_head(questionnaire_id), list_places()
    asked = read_asked(head, places)
    found = get_results(head, asked, places=places, now=clock.business_now())
    return render_template(
        "questionnaire_results/results.html", found=found, words=words, tables=tables, **shared(asked, places)
    )
