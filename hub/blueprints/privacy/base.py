"""The blueprint of privacy, its tabs, and the sentence after a refusal."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import find_viewer
from hub.blueprints.errors import sentence_of
from hub.core import clock
from hub.core.errors import HubError
from hub.core.text import N_
from hub.staff.words import Permission
from hub.stores.queries import find_day

blueprint = Blueprint("privacy", __name__)
PAGES = (
    ("show_retention", N_("Retention")),
    ("list_requests", N_("Requests")),
    ("list_looks", N_("Who looked")),
    ("show_register", N_("Register")),
)


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {"privacy_tabs": privacy_tabs}


@blueprint.app_context_processor
def rights() -> dict[str, Any]:
    """The tab of a customer's data is for who may keep privacy."""
    person = find_viewer()
    return {"may_keep_privacy": person is not None and person.may(Permission.KEEP_PRIVACY)}


def privacy_tabs() -> list[dict[str, Any]]:
    """The pages of privacy; the current one is marked."""
    current = (request.endpoint or "").rpartition(".")[2]
    return [
        {"label": gettext(label), "href": url_for(f"privacy.{name}"), "is_current": name == current}
        for name, label in PAGES
    ]


def today() -> date:
    """The day in the chain's time zone."""
    return find_day(clock.business_now())


def refused(error: HubError, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Say why not, on the page the button stands on."""
    flash(sentence_of(error), "error")
    return redirect(url_for(f"privacy.{endpoint}", **values), 303)


def done(sentence: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    flash(sentence, "ok")
    return redirect(url_for(f"privacy.{endpoint}", **values), 303)


def whole(text: str) -> int:
    """A number of a form; 0 for what is none, which the room refuses."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < len("1000000") else 0
