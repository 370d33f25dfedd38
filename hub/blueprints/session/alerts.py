"""What a person hears outside of the hub: the choice, the browsers that may alert, and their service worker."""

from flask import flash, redirect, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from config import HERE
from hub.blueprints.access import viewer
from hub.blueprints.pages import asset
from hub.blueprints.session.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.inbox import actions
from hub.outbox import pushing
from hub.statistics.digest.readers import PERIODS

WORKER = "alerts-worker.js"


@blueprint.post("/profile/alerts")
def save_alerts() -> ResponseReturnValue:
    with transaction():
        actions.choose_alerts(
            agent_id=viewer().agent_id,
            has_mails="has_mails" in request.form,
            has_new_tickets="has_new_tickets" in request.form,
            has_answers="has_answers" in request.form,
            has_warnings="has_warnings" in request.form,
            has_digest="has_digest" in request.form or viewer().role not in PERIODS,
        )
    flash(gettext("Saved."), "ok")
    return redirect(url_for("session.profile"))


@blueprint.post("/profile/browser")
def join_alerts() -> ResponseReturnValue:
    """The browser may alert the person from now on; what it sends is checked by the room."""
    given = {name: request.form.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    with transaction():
        pushing.subscribe(agent_id=viewer().agent_id, machine_now=clock.machine_now(), **given)
    return "", 204


@blueprint.post("/profile/browser/off")
def leave_alerts() -> ResponseReturnValue:
    """One browser by its address; without one, every browser of the person."""
    with transaction():
        pushing.unsubscribe(agent_id=viewer().agent_id, endpoint=request.form.get("endpoint") or None)
    if "endpoint" in request.form:
        return "", 204
    flash(gettext("No browser of yours is alerted any more."), "ok")
    return redirect(url_for("session.profile"))


@blueprint.get(f"/{WORKER}")
def alerts_worker() -> ResponseReturnValue:
    """The service worker, under an address that stays, so that a browser finds its next version."""
    built = asset(WORKER).rpartition("/")[2]
    response = send_from_directory(HERE / "hub" / "static", built, mimetype="text/javascript", max_age=0)
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    return response
