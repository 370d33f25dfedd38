"""Doors for machines: definitions of figures, any figure by what it is broken down by, response times. See openapi.json."""

from dataclasses import replace
from datetime import datetime

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from hub.blueprints import api_statistics_shapes as shapes
from hub.blueprints.api import blueprint, check_query, key_rate, viewer_of_key
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.errors import Forbidden
from hub.core.text import N_
from hub.staff.rules import Viewer
from hub.staff.words import ApiScope, Permission
from hub.statistics import queries
from hub.statistics.measures import MEASURES
from hub.statistics.measuring.door import TOLD_BY, is_of_plans, list_keys, measure, told_of
from hub.statistics.measuring.plans import YEAR
from hub.statistics.rules import Filters, sides

WAYS = {
    "list_measures": ApiScope.STATISTICS_READ,
    "show_measure": ApiScope.STATISTICS_READ,
    "response_times": ApiScope.STATISTICS_READ,
}
PERIOD_AND_PLACE = ("since", "until", "store", "channel")
FILTERS = (*PERIOD_AND_PLACE, "region", "reason", "agent", "compare")


@blueprint.get("/statistics/measures")
@limiter.limit("120/minute", key_func=key_rate)
def list_measures() -> ResponseReturnValue:
    """Every figure that can be asked for, with its definition."""
    check_query()
    read_viewer()
    return jsonify(measures=[shapes.definition(MEASURES[key]) for key in list_keys()])


@blueprint.get("/statistics/<key>")
@limiter.limit("600/minute", key_func=key_rate)
def show_measure(key: str) -> ResponseReturnValue:
    """One figure of the period and of the one it is compared with, of all or by `by`."""
    check_query(*FILTERS, "plan", "by")
    now, viewer = clock.business_now(), read_viewer()
    filters = _filters(key, now, viewer)
    by = shapes.dimension_of(request.args.get("by")) or TOLD_BY.get(key)
    found, *beside = (
        shapes.Found(told_of(key, each), measure(key, each, by=by, viewer=viewer, now=now))
        for each in (filters, *(sides(key, filters) or ()))
    )
    return jsonify(shapes.measured(MEASURES[key], by, found, beside))


def _filters(key: str, now: datetime, viewer: Viewer) -> Filters:
    """Figures of plans are of the last twelve months unless a first day is asked for."""
    filters = queries.read_filters(shapes.filters_of(request.args), now=now, viewer=viewer)
    filters = replace(filters, plan_key=request.args.get("plan") or None)
    is_year = is_of_plans(key) and not request.args.get("since")
    return replace(filters, since_on=filters.until_on - YEAR) if is_year else filters


@blueprint.get("/statistics/response-times")
@limiter.limit("120/minute", key_func=key_rate)
def response_times() -> ResponseReturnValue:
    """Median, 90th percentile and share within target, in all and by store and channel; business seconds."""
    check_query(*PERIOD_AND_PLACE)
    now, viewer = clock.business_now(), read_viewer()
    filters = queries.read_filters(shapes.filters_of(request.args), now=now, viewer=viewer)
    return jsonify(shapes.response_times(queries.get_response_times(filters, viewer=viewer, now=now)))


def read_viewer() -> Viewer:
    """The person of the key, who must be one that reads figures. Raises Forbidden."""
    viewer = viewer_of_key()
    if not viewer.may(Permission.READ_STATISTICS):
        raise Forbidden(N_("The person of this key does not read statistics. Please use another key."))
    return viewer
