"""Log in and out, and the choice of language."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import logout_user

from hub.blueprints.access import current_user
from hub.blueprints.forms import closed_sentence
from hub.blueprints.pages import limiter
from hub.blueprints.session.base import blueprint, enter, first_room, safe_target
from hub.blueprints.session.forms import SignInForm
from hub.core import clock
from hub.core.db import transaction
from hub.core.words import Language
from hub.staff import actions


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """The log-in page. One sentence for every refusal, so that it does not tell who works here."""
    if current_user.is_authenticated:
        return redirect(first_room())
    form = SignInForm()
    if form.is_sent():
        agent_id = _admitted(form)
        if agent_id is not None:
            room = enter(agent_id)
            return redirect(safe_target(request.args.get("next")) or room)
    return render_template("session/sign_in.html", form=form), form.status


def _admitted(form: SignInForm) -> int | None:
    with transaction():
        admission = actions.sign_in(
            email=str(form.email.data), password=str(form.password.data), now=clock.machine_now()
        )
    if admission.wait_seconds:
        form.point_out("email", closed_sentence(admission.wait_seconds))
    elif admission.agent_id is None:
        form.point_out("email", gettext("The address or the password is not right. Please try again."))
    return admission.agent_id


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect(url_for("session.sign_in"))


@blueprint.post("/language")
def choose_language() -> ResponseReturnValue:
    """Remember the reader's language for this session."""
    chosen = request.form.get("language")
    if chosen in set(Language):
        session["language"] = chosen
    return redirect(safe_target(request.form.get("next")) or url_for("session.sign_in"))
