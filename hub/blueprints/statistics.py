"""Doors of the statistics: one page a question, filters in the address, every figure with its definition."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints import resolution_words, routing_words
from hub.blueprints import statistics_words as words
from hub.blueprints.access import viewer
from hub.core import clock
from hub.statistics import queries
from hub.statistics.after_answer import get_after_answer
from hub.statistics.gestures import get_gesture_costs
from hub.statistics.ratings import get_ticket_ratings
from hub.statistics.rerouting import get_rerouting
from hub.statistics.resolution import get_resolution
from hub.stores.queries import list_regions, list_stores

blueprint = Blueprint("statistics", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    return redirect(url_for("statistics.response_times"))


@blueprint.get("/response-times")
def response_times() -> ResponseReturnValue:
    now = clock.business_now()
    filters = queries.read_filters(request.args, now=now, viewer=viewer())
    found = queries.get_response_times(filters, viewer=viewer(), now=now)
    solving = get_resolution(filters, viewer=viewer())
    more = {"solving": solving, "ends": resolution_words, "now": now}
    return render_template("statistics/response_times.html", found=found, **more, **_shared())


@blueprint.get("/satisfaction")
def satisfaction() -> ResponseReturnValue:
    filters = queries.read_filters(request.args, now=clock.business_now(), viewer=viewer())
    found = queries.get_satisfaction(filters, viewer=viewer())
    solved = get_ticket_ratings(filters, viewer=viewer())
    return render_template("statistics/satisfaction.html", found=found, solved=solved, **_shared())


@blueprint.get("/after-answers")
def after_answers() -> ResponseReturnValue:
    filters = queries.read_filters(request.args, now=clock.business_now(), viewer=viewer())
    found = get_after_answer(filters, viewer=viewer())
    return render_template("statistics/after_answers.html", found=found, **_shared())


@blueprint.get("/routing")
def routing() -> ResponseReturnValue:
    filters = queries.read_filters(request.args, now=clock.business_now(), viewer=viewer())
    found = get_rerouting(filters, viewer=viewer())
    return render_template("statistics/routing.html", found=found, routing_words=routing_words, **_shared())


@blueprint.get("/gestures")
def gestures() -> ResponseReturnValue:
    filters = queries.read_filters(request.args, now=clock.business_now(), viewer=viewer())
    found = get_gesture_costs(filters, viewer=viewer())
    return render_template("statistics/gestures.html", found=found, **_shared())


@blueprint.get("/response-times.csv")
def response_times_csv() -> ResponseReturnValue:
    """The table by store as CSV; formulas in names are defused."""
    now = clock.business_now()
    filters = queries.read_filters(request.args, now=now, viewer=viewer())
    found = queries.get_response_times(filters, viewer=viewer(), now=now)
    return words.as_csv("response-times.csv", words.store_lines(found))


def _shared() -> dict[str, object]:
    scope = viewer().scope
    stores = list_stores(store_ids=None if scope.is_everything else scope.store_ids)
    return {
        "stores": [(store.code, store.name) for store in stores],
        "regions": [(region.id, region.name) for region in list_regions()] if scope.is_everything else [],
        "words": words,
        "args": request.args,
    }
