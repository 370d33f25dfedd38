"""A person's own page: name, language, undo delay, shortcuts, PIN, password."""

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, closed_sentence
from hub.blueprints.session.base import blueprint, enter
from hub.blueprints.session.forms import OwnPasswordForm, OwnPinForm, ProfileForm
from hub.core import clock
from hub.core.words import Language
from hub.inbox.queries import get_choices
from hub.outbox import pushing
from hub.staff import actions, queries
from hub.staff.actions import Admission
from hub.statistics.digest.readers import PERIODS


@blueprint.get("/profile")
def profile() -> ResponseReturnValue:
    return _show()


@blueprint.post("/profile")
def save_profile() -> ResponseReturnValue:
    form, me = ProfileForm(), viewer()
    if form.does(
        lambda: actions.save_profile(
            agent_id=me.agent_id,
            name=str(form.name.data),
            language=Language(form.language.data),
            undo_seconds=int(form.undo_seconds.data or 0),
            has_shortcuts=bool(form.has_shortcuts.data),
            has_sound=bool(form.has_sound.data),
            by=me.actor,
            now=clock.business_now(),
        )
    ):
        session.pop("language", None)
        return _saved()
    return _show(profile=form)


@blueprint.post("/profile/pin")
def save_pin() -> ResponseReturnValue:
    form, me, kept = OwnPinForm(), viewer(), _Kept()
    is_done = form.does(
        lambda: kept.put(
            actions.set_pin(
                agent_id=me.agent_id,
                pin=str(form.pin.data or ""),
                password=str(form.pin_password.data),
                by=me.actor,
                machine_now=clock.machine_now(),
                now=clock.business_now(),
            )
        )
    )
    return _saved() if is_done and kept.is_admitted(form, "pin_password") else _show(pin=form)


@blueprint.post("/profile/password")
def save_password() -> ResponseReturnValue:
    form, kept = OwnPasswordForm(), _Kept()
    is_done = form.does(lambda: kept.put(_change_password(form)))
    if not (is_done and kept.is_admitted(form, "current")):
        return _show(password=form)
    enter(viewer().agent_id)
    return _saved()


def _change_password(form: OwnPasswordForm) -> Admission:
    return actions.change_password(
        agent_id=viewer().agent_id,
        current=str(form.current.data),
        password=str(form.password.data),
        by=viewer().actor,
        machine_now=clock.machine_now(),
        now=clock.business_now(),
    )


class _Kept:
    """What the room answered inside the transaction: a wrong password is counted there, so it is not raised."""

    admission: Admission = Admission(None)

    def put(self, admission: Admission) -> None:
        self.admission = admission

    def is_admitted(self, form: Form, field: str) -> bool:
        if self.admission.wait_seconds:
            form.point_out(field, closed_sentence(self.admission.wait_seconds))
        elif self.admission.agent_id is None:
            form.point_out(field, gettext("This is not your current password. Please try again."))
        return self.admission.agent_id is not None


def _saved() -> ResponseReturnValue:
    flash(gettext("Saved."), "ok")
    return redirect(url_for("session.profile"))


def _show(
    *,
    profile: ProfileForm | None = None,
    pin: OwnPinForm | None = None,
    password: OwnPasswordForm | None = None,
) -> ResponseReturnValue:
    """The page with the form that came back for correction, the others as kept."""
    card = queries.get_agent(viewer().agent_id)
    forms = {
        "profile": profile or ProfileForm(formdata=None, obj=card, language=card.language.value),
        "pin": pin or OwnPinForm(formdata=None),
        "password": password or OwnPasswordForm(formdata=None),
    }
    return render_template(
        "session/profile.html", card=card, alerts=_alerts(card.id), **forms
    ), 422 if profile or pin or password else 200


def _alerts(agent_id: int) -> dict[str, object]:
    """What the person hears outside of the hub, and what the browser needs to subscribe."""
    return {
        "choice": get_choices([agent_id])[agent_id],
        "count": pushing.count_browsers(agent_id),
        "key": pushing.server_key(),
        "digest": PERIODS.get(viewer().role),
    }
