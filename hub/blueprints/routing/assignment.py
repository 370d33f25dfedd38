"""Doors of how stores hand out their new tickets."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.routing import words
from hub.blueprints.routing.base import blueprint, do
from hub.core import clock
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.inbox import actions
from hub.inbox.queries.people import list_assignment
from hub.inbox.routing_words import AssignmentMode


@blueprint.get("/assignment")
def assignment() -> ResponseReturnValue:
    modes = [(each.value, words.mode_words(each)) for each in AssignmentMode]
    rows = list_assignment(now=clock.business_now())
    return render_template("routing/assignment.html", rows=rows, modes=modes)


@blueprint.post("/assignment")
def change_assignment() -> ResponseReturnValue:
    """One store, or with `all` every store at once."""
    return do(_change, "assignment")


def _change() -> None:
    mode, store_id = request.form.get("mode", ""), request.form.get("store", type=int)
    if mode not in set(AssignmentMode):
        raise Invalid(N_("Please choose how new tickets are handed out."), field="mode")
    everyone = [row.store_id for row in list_assignment(now=clock.business_now())]
    chosen = everyone if request.form.get("all") == "1" else [each for each in everyone if each == store_id]
    actions.change_assignment(
        store_ids=chosen, mode=AssignmentMode(mode), by=viewer().actor, now=clock.business_now()
    )
