"""The blueprint of the settings pages, and the sentence after a change."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.errors import sentence_of
from hub.core.errors import HubError

blueprint = Blueprint("settings", __name__)


def saved(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Say that it is kept, and show the page again (post, redirect, get)."""
    flash(gettext("Saved."), "ok")
    return redirect(url_for(f"settings.{endpoint}", **values))


def refused(error: HubError, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Say why not, on the page the button stands on."""
    flash(sentence_of(error), "error")
    return redirect(url_for(f"settings.{endpoint}", **values))
