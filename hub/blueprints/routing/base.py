"""The blueprint of routing and what its pages share: one change, then the page again with what was done."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.errors import sentence_of
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid

blueprint = Blueprint("routing", __name__)


def do(act: Callable[[], object], endpoint: str, sentence: str = "", **values: Any) -> ResponseReturnValue:
    """One change of a button, then the page it stands on: with what was done, or with why not."""
    try:
        with transaction():
            act()
    except (Conflict, Invalid) as error:
        flash(sentence_of(error), "error")
    else:
        flash(sentence or gettext("Saved."), "ok")
    return redirect(url_for(f"routing.{endpoint}", **values), 303)


def lines(text: str | None) -> tuple[str, ...]:
    """What was typed one a line, or between commas."""
    return tuple(
        word for line in (text or "").splitlines() for part in line.split(",") if (word := part.strip())
    )
