"""Doors of the groups of experts: who knows which reasons and product families."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField

from hub.blueprints.access import viewer
from hub.blueprints.forms import CheckboxesField, Form, ids, options, required
from hub.blueprints.routing.base import blueprint, do, lines
from hub.core import clock
from hub.inbox import actions
from hub.inbox.actions.asking_experts import GroupDetails
from hub.inbox.queries.experts import get_group, list_groups
from hub.reasons.queries import list_reasons
from hub.staff.queries import list_agents_with
from hub.staff.words import Permission


class GroupForm(Form):
    name = StringField(_("Name of the group"), [required()])
    agent_ids = CheckboxesField(_("Experts"))
    reason_ids = CheckboxesField(_("Contact reasons they know"))
    words = TextAreaField(_("Product families and other words"))

    def offer(self) -> None:
        tongue = str(get_locale())
        people = list_agents_with(Permission.ANSWER_TICKETS)
        self.agent_ids.choices = options((row.id, row.name) for row in people)
        self.reason_ids.choices = options((row.id, row.path(tongue)) for row in list_reasons())

    def details(self) -> GroupDetails:
        return GroupDetails(
            name=str(self.name.data or ""),
            agent_ids=ids(self.agent_ids.data or ()),
            reason_ids=ids(self.reason_ids.data or ()),
            words=lines(self.words.data),
        )


@blueprint.get("/experts")
def list_experts() -> ResponseReturnValue:
    tongue = str(get_locale())
    names = {row.id: row.path(tongue) for row in list_reasons(active=False)}
    return render_template("routing/experts.html", rows=list_groups(), names=names)


@blueprint.route("/experts/new", methods=["GET", "POST"])
def new_group() -> ResponseReturnValue:
    return _edit(GroupForm(), None)


@blueprint.route("/experts/<int:group_id>", methods=["GET", "POST"])
def group(group_id: int) -> ResponseReturnValue:
    kept = get_group(group_id)
    given = {
        "name": kept.name,
        "agent_ids": [str(each) for each in kept.agent_ids],
        "reason_ids": [str(each) for each in kept.reason_ids],
        "words": "\n".join(kept.words),
    }
    return _edit(GroupForm(data=given), group_id)


def _edit(form: GroupForm, group_id: int | None) -> ResponseReturnValue:
    form.offer()
    by, now = viewer().actor, clock.business_now()
    if form.does(lambda: actions.save_group(form.details(), group_id=group_id, by=by, now=now)):
        return do(lambda: None, "list_experts")
    return render_template("routing/group.html", form=form, group_id=group_id), form.status


@blueprint.post("/experts/<int:group_id>/switch")
def switch_group(group_id: int) -> ResponseReturnValue:
    is_active = request.form.get("is_active") == "1"
    by, now = viewer().actor, clock.business_now()
    said = gettext("The group is asked again.") if is_active else gettext("The group is asked nothing more.")
    return do(
        lambda: actions.switch_group(group_id=group_id, is_active=is_active, by=by, now=now),
        "list_experts",
        said,
    )
