"""Doors of what became of messages: the page and its table as CSV."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hub.blueprints import sending_words
from hub.blueprints import statistics_words as words
from hub.blueprints.access import Door, viewer
from hub.blueprints.statistics.asked import Asked, read_asked
from hub.blueprints.statistics.base import shared
from hub.staff.words import Permission
from hub.statistics.messages import Sendings, get_sendings

blueprint = Blueprint("statistics_messages", __name__)
DOOR = Door(blueprint, "/statistics/messages", Permission.READ_STATISTICS)
USES = frozenset({"channel"})


@blueprint.get("/")
def show() -> ResponseReturnValue:
    asked = read_asked(USES)
    return render_template(
        "statistics/messages.html",
        found=_found(asked),
        may_see_messages=viewer().may(Permission.READ_MESSAGES),
        sending=sending_words,
        **shared(asked),
    )


@blueprint.get("/messages.csv")
def messages_csv() -> ResponseReturnValue:
    """A line a message and channel."""
    return words.as_csv("messages.csv", sending_words.csv_lines(_found(read_asked(USES))))


def _found(asked: Asked) -> Sendings:
    return get_sendings(asked.filters, viewer=asked.viewer)
