"""Settings: mail storms, addresses that two machines would keep busy; each is told once and marked as seen here."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.settings.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.inbox.actions import mark_loop_seen
from hub.inbox.queries.storms import list_storms


@blueprint.get("/operations/storms")
def storms() -> ResponseReturnValue:
    """Those nobody has seen first."""
    return render_template("settings/operations_storms.html", rows=list_storms())


@blueprint.post("/operations/storms/<int:loop_id>")
def see_storm(loop_id: int) -> ResponseReturnValue:
    """Somebody has looked at it: while it lasts nobody is told again."""
    with transaction():
        mark_loop_seen(loop_id, by=viewer().actor, now=clock.business_now(), machine_now=clock.machine_now())
    flash(gettext("Noted: nobody is told of this storm again."), "ok")
    return redirect(url_for("settings.storms"), 303)
