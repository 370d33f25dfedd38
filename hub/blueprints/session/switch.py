"""Change person on a PC that a store shares: choose a name, type the PIN."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.forms import closed_sentence
from hub.blueprints.pages import limiter
from hub.blueprints.session.base import blueprint, enter
from hub.blueprints.session.forms import PinForm
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import NotFound
from hub.staff import actions, queries
from hub.staff.queries import AgentRow
from hub.staff.queries.people import NO_AGENT


@blueprint.get("/person")
def switch_person() -> ResponseReturnValue:
    """The people of the person's stores who have a PIN."""
    people = queries.list_neighbours(viewer().agent_id)
    has_pin = queries.get_agent(viewer().agent_id).has_pin
    return render_template("session/switch_person.html", people=people, has_pin=has_pin)


@blueprint.route("/person/<int:agent_id>", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def enter_pin(agent_id: int) -> ResponseReturnValue:
    """The PIN of the person chosen; the session of the one before ends."""
    person = _neighbour(agent_id)
    form = PinForm()
    if form.is_sent() and _is_admitted(form, person):
        enter(person.id)
        flash(gettext("You now work as %(name)s.", name=person.name), "ok")
        return redirect(url_for("home.index"))
    return render_template("session/enter_pin.html", form=form, person=person), form.status


def _neighbour(agent_id: int) -> AgentRow:
    for person in queries.list_neighbours(viewer().agent_id):
        if person.id == agent_id:
            return person
    raise NotFound(NO_AGENT)


def _is_admitted(form: PinForm, person: AgentRow) -> bool:
    with transaction():
        admission = actions.switch_person(
            agent_id=person.id,
            pin=str(form.pin.data),
            from_agent_id=viewer().agent_id,
            now=clock.machine_now(),
        )
    if admission.wait_seconds:
        form.point_out("pin", closed_sentence(admission.wait_seconds))
    elif admission.agent_id is None:
        form.point_out("pin", gettext("This PIN is not right. Please try again."))
    return admission.agent_id is not None
