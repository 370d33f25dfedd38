"""Doors of what became of messages, and of the messages behind a figure; its tables leave by the one door of files."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from hub.blueprints import sending_words
from hub.blueprints.access import Door, viewer
from hub.blueprints.statistics.base import show as show_page
from hub.blueprints.statistics.messages import MESSAGES
from hub.blueprints.statistics.sent import show_messages
from hub.staff.words import Permission

blueprint = Blueprint("statistics_messages", __name__)
DOOR = Door(blueprint, "/statistics/messages", Permission.READ_STATISTICS)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    may_see = viewer().may(Permission.READ_MESSAGES)
    return show_page(MESSAGES, "statistics/messages.html", sending=sending_words, may_see_messages=may_see)


@blueprint.get("/behind")
def list_behind() -> ResponseReturnValue:
    return show_messages()
