"""Doors of the notices: the list, one opened, all marked as read."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.notices.base import blueprint
from hub.blueprints.notices.words import line_of
from hub.core import clock
from hub.core.db import transaction
from hub.inbox import actions, queries


@blueprint.get("/")
def list_notices() -> ResponseReturnValue:
    """What the person was told, the latest first."""
    page = queries.list_notices(viewer(), after=request.args.get("after"))
    return render_template(
        "notices/list.html", lines=[line_of(row) for row in page.rows], next_key=page.next_key
    )


@blueprint.post("/<int:notice_id>")
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Mark one as read and go where it points."""
    number, customer_id, page = queries.get_notice_place(notice_id, viewer())
    with transaction():
        actions.mark_read(agent_id=viewer().agent_id, notice_id=notice_id, now=clock.business_now())
    if customer_id is not None:
        return redirect(url_for("customers.card", customer_id=customer_id), 303)
    if page:
        return redirect(page, 303)
    there = url_for("inbox.ticket", number=number) if number else url_for("notices.list_notices")
    return redirect(there, 303)


@blueprint.post("/read")
def read_all() -> ResponseReturnValue:
    with transaction():
        actions.mark_read(agent_id=viewer().agent_id, now=clock.business_now())
    return redirect(url_for("notices.list_notices"), 303)
