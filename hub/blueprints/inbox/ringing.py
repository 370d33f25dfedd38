"""Door of the calls that go on: what open pages show while a customer's call rings or is talked on."""

from flask import jsonify, render_template
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.inbox.base import blueprint
from hub.inbox import queries
from hub.staff.words import Permission


@blueprint.get("/ringing")
def list_ringing() -> ResponseReturnValue:
    """The calls that ring for the person, as the boxes that lie over the page; no words when there is none."""
    calls, may_answer = queries.list_live_calls(viewer()), viewer().may(Permission.ANSWER_TICKETS)
    html = render_template("inbox/_ringing.html", calls=calls, may_answer=may_answer) if calls else ""
    return jsonify(count=len(calls), html=html)
