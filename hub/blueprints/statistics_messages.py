"""Doors of what became of messages: the page and its table as CSV."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints import sending_words
from hub.blueprints import statistics_words as words
from hub.blueprints.access import Door, viewer
from hub.core import clock
from hub.staff.words import Permission
from hub.statistics import queries
from hub.statistics.messages import Sendings, get_sendings
from hub.stores.queries import list_regions, list_stores

blueprint = Blueprint("statistics_messages", __name__)
DOOR = Door(blueprint, "/statistics/messages", Permission.READ_STATISTICS)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    scope = viewer().scope
    stores = list_stores(store_ids=None if scope.is_everything else scope.store_ids)
    return render_template(
        "statistics/messages.html",
        found=_found(),
        stores=[(store.code, store.name) for store in stores],
        regions=[(region.id, region.name) for region in list_regions()] if scope.is_everything else [],
        may_see_messages=viewer().may(Permission.READ_MESSAGES),
        words=words,
        sending=sending_words,
        args=request.args,
    )


@blueprint.get("/messages.csv")
def messages_csv() -> ResponseReturnValue:
    """A line a message and channel."""
    return words.as_csv("messages.csv", sending_words.csv_lines(_found()))


def _found() -> Sendings:
    filters = queries.read_filters(request.args, now=clock.business_now(), viewer=viewer())
    return get_sendings(filters, viewer=viewer())
