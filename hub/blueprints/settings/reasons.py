"""Settings: the tree of contact reasons."""

from datetime import datetime
from typing import TypedDict

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.forms import ids
from hub.blueprints.settings.base import blueprint, refused, saved
from hub.blueprints.settings.forms import ReasonForm
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.reasons import actions, queries


@blueprint.get("/reasons")
def reasons() -> ResponseReturnValue:
    return render_template("settings/reasons.html", rows=queries.list_reasons(active=False))


@blueprint.route("/reasons/new", methods=["GET", "POST"])
def new_reason() -> ResponseReturnValue:
    form = ReasonForm(parent_id=request.args.get("parent", ""))
    form.offer()
    if form.does(
        lambda: actions.add_reason(parent_id=next(iter(ids([form.parent_id.data])), None), **_named(form))
    ):
        return saved("reasons")
    return render_template("settings/reason.html", form=form, reason=None), form.status


@blueprint.route("/reasons/<int:reason_id>", methods=["GET", "POST"])
def reason(reason_id: int) -> ResponseReturnValue:
    kept = queries.get_reason(reason_id)
    form = ReasonForm(obj=kept)
    del form.parent_id
    if form.does(lambda: actions.edit_reason(reason_id=reason_id, **_named(form))):
        return saved("reasons")
    return render_template("settings/reason.html", form=form, reason=kept), form.status


class _Names(TypedDict):
    """What both forms ask, and who asks."""

    name_fr: str
    name_en: str
    is_grievance: bool
    by: Actor
    now: datetime


def _named(form: ReasonForm) -> _Names:
    return _Names(
        name_fr=str(form.name_fr.data),
        name_en=str(form.name_en.data),
        is_grievance=bool(form.is_grievance.data),
        by=viewer().actor,
        now=clock.business_now(),
    )


@blueprint.post("/reasons/<int:reason_id>/switch")
def switch_reason(reason_id: int) -> ResponseReturnValue:
    """Retire a reason, or offer it again."""
    act = actions.restore_reason if request.form.get("is_active") == "1" else actions.retire_reason
    try:
        with transaction():
            act(reason_id=reason_id, by=viewer().actor, now=clock.business_now())
    except Invalid as error:
        return refused(error, "reasons")
    return saved("reasons")


@blueprint.post("/reasons/<int:reason_id>/move")
def move_reason(reason_id: int) -> ResponseReturnValue:
    is_up = request.form.get("is_up") == "1"
    with transaction():
        actions.move_reason(reason_id=reason_id, is_up=is_up, by=viewer().actor, now=clock.business_now())
    return saved("reasons")
