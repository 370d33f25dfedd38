"""Where the set-up stands, and the redirect of every page to it until it is done."""

from flask import Blueprint, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from hub.staff.queries import has_administrator
from hub.stores.queries import find_chain, list_stores
from hub.stores.words import SetupStep

blueprint = Blueprint("setup", __name__)
DONE = "is_set_up"
CODE = "setup_code_given"
FINISHED = "setup_finished_here"
OPEN_ROOMS = frozenset({"setup", "health", "api", "demo"})


def is_set_up() -> bool:
    """Whether the last step is done: the chain has a sender. Remembered once true, except in tests."""
    if current_app.extensions.get(DONE):
        return True
    chain = find_chain()
    is_done = chain is not None and bool(chain.sender_address)
    current_app.extensions[DONE] = is_done and not current_app.testing
    return is_done


def next_step() -> SetupStep | None:
    """What is asked next, from what exists already; None when everything is there."""
    chain = find_chain()
    if chain is None:
        return SetupStep.CHAIN
    if not list_stores(is_active=None):
        return SetupStep.STORE
    if not has_administrator():
        return SetupStep.ADMINISTRATOR
    return None if chain.sender_address else SetupStep.SENDER


@blueprint.before_app_request
def lead_to_set_up() -> ResponseReturnValue | None:
    """On an empty base every page of a person leads to the assistant."""
    room = (request.endpoint or "").partition(".")[0]
    if not room or room in OPEN_ROOMS or is_set_up():
        return None
    return redirect(url_for("setup.start"))


@blueprint.before_request
def refuse_strangers() -> ResponseReturnValue | None:
    """Steps are for who typed the code; once complete the assistant is gone, but for its last page."""
    if request.endpoint == "setup.done":
        return None if session.get(FINISHED) else redirect(url_for("home.index"))
    if is_set_up():
        abort(404)
    if request.endpoint != "setup.start" and not session.get(CODE):
        return redirect(url_for("setup.start"))
    return None
