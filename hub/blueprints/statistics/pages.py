"""Doors of the pages: each asks one question and shows its figures, its tables and its filters."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints import resolution_words, routing_words
from hub.blueprints.statistics import charts
from hub.blueprints.statistics import overview as seen
from hub.blueprints.statistics import reasons as why
from hub.blueprints.statistics.answers import AFTER_ANSWERS, SATISFACTION
from hub.blueprints.statistics.base import Page, blueprint, show
from hub.blueprints.statistics.customer_base import CUSTOMER_BASE
from hub.blueprints.statistics.knowledge_gaps import GAPS, share_words
from hub.blueprints.statistics.messages import MESSAGES
from hub.blueprints.statistics.others import GESTURES, ROUTING
from hub.blueprints.statistics.stores import STORES, only_store
from hub.blueprints.statistics.waits import RESPONSE_TIMES

PAGES: dict[str, Page] = {
    page.key: page
    for page in (
        seen.OVERVIEW,
        RESPONSE_TIMES,
        why.REASONS,
        SATISFACTION,
        AFTER_ANSWERS,
        ROUTING,
        GESTURES,
        GAPS,
        STORES,
        CUSTOMER_BASE,
        MESSAGES,
    )
}
"""Whose tables leave as files; the base and the messages are shown by doors of their own."""


@blueprint.get("/")
def index() -> ResponseReturnValue:
    return show(seen.OVERVIEW, "statistics/overview.html", seen=seen)


@blueprint.get("/reasons")
def reasons() -> ResponseReturnValue:
    return show(why.REASONS, "statistics/reasons.html", why=why)


@blueprint.get("/response-times")
def response_times() -> ResponseReturnValue:
    return show(RESPONSE_TIMES, "statistics/response_times.html", charts=charts, ends=resolution_words)


@blueprint.get("/satisfaction")
def satisfaction() -> ResponseReturnValue:
    return show(SATISFACTION, "statistics/satisfaction.html")


@blueprint.get("/after-answers")
def after_answers() -> ResponseReturnValue:
    return show(AFTER_ANSWERS, "statistics/after_answers.html")


@blueprint.get("/routing")
def routing() -> ResponseReturnValue:
    return show(ROUTING, "statistics/routing.html", routing_words=routing_words)


@blueprint.get("/gestures")
def gestures() -> ResponseReturnValue:
    return show(GESTURES, "statistics/gestures.html")


@blueprint.get("/gaps")
def gaps() -> ResponseReturnValue:
    return show(GAPS, "statistics/gaps.html", share_words=share_words)


@blueprint.get("/stores")
def stores() -> ResponseReturnValue:
    """Who looks after one store opens its card at once."""
    only = None if request.args.get("store") else only_store()
    if only:
        args: dict[str, Any] = {**request.args, "store": only}
        return redirect(url_for("statistics.stores", **args))
    return show(STORES, "statistics/stores.html")
