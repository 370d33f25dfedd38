"""The front door: `/` leads to the first room the person may enter."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from hub.blueprints.session.base import first_room

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    return redirect(first_room())
