"""Settings: people, their role and where they belong."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.settings.base import blueprint, refused, saved
from hub.blueprints.settings.forms import PersonForm
from hub.blueprints.words import role_name
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.staff import actions, queries
from hub.stores.queries import get_stores, list_regions


@blueprint.get("/staff")
def staff() -> ResponseReturnValue:
    """People by name; those who left on a tab of their own."""
    search, is_gone = request.args.get("q", ""), request.args.get("show") == "gone"
    page = queries.list_agents(search=search, is_active=not is_gone, after=request.args.get("after"))
    stores = get_stores({number for row in page.rows for number in row.store_ids})
    regions = {row.id: row.name for row in list_regions()}
    values = {"stores": stores, "regions": regions, "q": search, "is_gone": is_gone}
    return render_template("settings/staff.html", page=page, role_name=role_name, **values)


@blueprint.route("/staff/new", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    form = PersonForm()
    form.offer()
    if form.does(
        lambda: actions.invite_agent(person=form.person(), by=viewer().actor, now=clock.business_now())
    ):
        flash(gettext("The invitation is on its way to %(email)s.", email=form.email.data), "ok")
        return redirect(url_for("settings.staff"))
    return render_template("settings/person.html", form=form, person=None), form.status


@blueprint.route("/staff/<int:agent_id>", methods=["GET", "POST"])
def person(agent_id: int) -> ResponseReturnValue:
    kept = queries.get_agent(agent_id)
    form = PersonForm(obj=kept)
    form.offer()
    if form.does(lambda: _edit(agent_id, form, kept.store_ids)):
        return saved("staff")
    return render_template("settings/person.html", form=form, person=kept), form.status


def _edit(agent_id: int, form: PersonForm, kept_store_ids: tuple[int, ...]) -> None:
    actions.edit_agent(
        agent_id=agent_id,
        person=form.person(kept_store_ids),
        by=viewer().actor,
        now=clock.business_now(),
    )


@blueprint.post("/staff/<int:agent_id>/deactivate")
def deactivate(agent_id: int) -> ResponseReturnValue:
    """A leaver: sessions end, history stays."""
    try:
        with transaction():
            actions.deactivate_agent(agent_id=agent_id, by=viewer().actor, now=clock.business_now())
    except (Conflict, Invalid) as error:
        return refused(error, "person", agent_id=agent_id)
    return saved("staff")


@blueprint.post("/staff/<int:agent_id>/invite")
def reinvite(agent_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.reinvite_agent(agent_id=agent_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, "person", agent_id=agent_id)
    flash(gettext("A new invitation is on its way. Earlier ones no longer work."), "ok")
    return redirect(url_for("settings.person", agent_id=agent_id))
