"""The first password from an invitation, and a new one when it is forgotten."""

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.pages import limiter
from hub.blueprints.session.base import blueprint, enter
from hub.blueprints.session.forms import ChoosePasswordForm, ForgottenForm
from hub.core import clock
from hub.staff import actions, queries
from hub.staff.queries import AgentCard


@blueprint.route("/forgotten", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for the mail. The answer is the same whether or not the address is known."""
    form = ForgottenForm()
    if form.does(
        lambda: actions.ask_password_reset(
            email=str(form.email.data), machine_now=clock.machine_now(), now=clock.business_now()
        )
    ):
        return redirect(url_for("session.forgotten_sent"))
    return render_template("session/forgotten.html", form=form), form.status


@blueprint.get("/forgotten/sent")
def forgotten_sent() -> ResponseReturnValue:
    return render_template("session/forgotten_sent.html")


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def accept_invitation(token: str) -> ResponseReturnValue:
    """The link of the invitation mail: looking changes nothing, choosing a password lets the person in."""
    person = queries.get_invited(token, now=clock.machine_now())
    return _choose_password(person, partial(actions.accept_invitation, token=token), is_first=True)


@blueprint.route("/password/<token>", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def reset_password(token: str) -> ResponseReturnValue:
    """The link of the mail for a forgotten password; every other session of the person ends."""
    person = queries.get_resetting(token, now=clock.machine_now())
    return _choose_password(person, partial(actions.reset_password, token=token), is_first=False)


def _choose_password(
    person: AgentCard, keep: Callable[..., object], *, is_first: bool
) -> ResponseReturnValue:
    form = ChoosePasswordForm()
    machine_now, now = clock.machine_now(), clock.business_now()
    if form.does(lambda: keep(password=str(form.password.data), machine_now=machine_now, now=now)):
        if not is_first:
            flash(gettext("Your new password is saved. Other sessions have ended."), "ok")
        return redirect(enter(person.id))
    values = {"person": person, "is_first": is_first}
    return render_template("session/choose_password.html", form=form, **values), form.status
