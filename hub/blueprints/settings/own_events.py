"""Settings: the names of events that other systems told, and those that could not be taken."""

import json
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.api_behaviour_shapes import fields_of
from hub.blueprints.settings.base import blueprint, refused
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.orders.own_events import queries
from hub.orders.own_events.actions import take_in_again
from hub.orders.own_events.rows import RefusedOwnEvent

DAYS = 30
PAYLOAD_CHARS = 4_000


@blueprint.get("/events")
def own_events() -> ResponseReturnValue:
    """Names by alphabet; below them what was refused, newest first."""
    page = queries.list_refused(request.args.get("after"))
    return render_template(
        "settings/own_events.html",
        names=queries.list_event_names(since=clock.business_now() - timedelta(days=DAYS)),
        rows=[_shown(row) for row in page.rows],
        older_href=url_for("settings.own_events", after=page.next_key) if page.next_key else None,
        newer_href=url_for("settings.own_events") if request.args.get("after") else None,
        days=DAYS,
    )


@blueprint.post("/events/<int:event_id>")
def retake_own_event(event_id: int) -> ResponseReturnValue:
    """Take it in again, after what it was refused for is mended."""
    try:
        with transaction():
            taken = take_in_again(event_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, "own_events")
    if taken.event is None:
        why = " ".join(each["message"] for each in fields_of(taken.errors))
        flash(gettext("It is refused again: %(why)s", why=why), "error")
    else:
        flash(gettext("The event is taken in."), "ok")
    return redirect(url_for("settings.own_events"), 303)


def _shown(row: RefusedOwnEvent) -> dict[str, Any]:
    text = json.dumps(row.payload, ensure_ascii=False, indent=2)
    return {
        "id": row.id,
        "source": row.source,
        "name": row.name or gettext("without a name"),
        "received_at": row.received_at,
        "errors": [(each["field"] or "–", each["message"]) for each in fields_of(row.errors)],
        "payload": text[:PAYLOAD_CHARS],
        "is_cut": len(text) > PAYLOAD_CHARS,
    }
