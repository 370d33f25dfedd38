"""The blueprint of the data quality, and the sentence after an act."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.errors import sentence_of
from hub.core.errors import HubError

blueprint = Blueprint("quality", __name__)


def refused(error: HubError, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Say why not, on the page the button stands on."""
    flash(sentence_of(error), "error")
    return redirect(url_for(f"quality.{endpoint}", **values), 303)


def done(sentence: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    flash(sentence, "ok")
    return redirect(url_for(f"quality.{endpoint}", **values), 303)


def whole(text: str) -> int:
    """A number of a form; 0 for what is none, which the room refuses."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < len("1000000") else 0
