"""The steps of the first-run assistant, one page each; each keeps what it asked before the next begins."""

from collections.abc import Callable

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.forms import Form, closed_sentence
from hub.blueprints.pages import limiter
from hub.blueprints.setup.base import CODE, FINISHED, blueprint, next_step
from hub.blueprints.setup.forms import AdministratorForm, ChainForm, CodeForm, FirstStoreForm, SenderForm
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.core.words import Language
from hub.staff.actions import add_administrator, check_setup_code
from hub.stores.actions import ChainDetails, StoreDetails, add_store, finish_set_up, start_chain
from hub.stores.words import SetupStep, Territory


@blueprint.route("/", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
def start() -> ResponseReturnValue:
    """The code that the server printed proves that who sets up may do so."""
    if session.get(CODE):
        return _go_on()
    form = CodeForm()
    if form.is_sent() and _is_right(form):
        session[CODE] = True
        return _go_on()
    return render_template("setup/code.html", form=form), form.status


@blueprint.route("/chain", methods=["GET", "POST"])
def chain() -> ResponseReturnValue:
    form = ChainForm(language=str(get_locale()))
    return _step(SetupStep.CHAIN, form, lambda: _start_chain(form))


@blueprint.route("/store", methods=["GET", "POST"])
def store() -> ResponseReturnValue:
    form = FirstStoreForm()
    form.offer()
    return _step(SetupStep.STORE, form, lambda: _add_store(form))


@blueprint.route("/administrator", methods=["GET", "POST"])
def administrator() -> ResponseReturnValue:
    form = AdministratorForm()
    return _step(SetupStep.ADMINISTRATOR, form, lambda: _add_administrator(form))


@blueprint.route("/sender", methods=["GET", "POST"])
def sender() -> ResponseReturnValue:
    form = SenderForm()
    return _step(SetupStep.SENDER, form, lambda: _finish(form))


@blueprint.get("/done")
def done() -> ResponseReturnValue:
    return render_template("setup/done.html")


def _go_on() -> ResponseReturnValue:
    step = next_step()
    if step is None:
        session[FINISHED] = True
        session.pop(CODE, None)
        return redirect(url_for("setup.done"))
    return redirect(url_for(f"setup.{step.value}"))


def _step(step: SetupStep, form: Form, act: Callable[[], object]) -> ResponseReturnValue:
    """Show a step, or do it and go on; a step that is not the next one leads to the next."""
    if next_step() is not step or form.does(act):
        return _go_on()
    number = list(SetupStep).index(step) + 1
    page = render_template(f"setup/{step.value}.html", form=form, number=number, steps=len(SetupStep))
    return page, form.status


def _is_right(form: CodeForm) -> bool:
    with transaction():
        admission = check_setup_code(code=str(form.code.data), now=clock.machine_now())
    if admission.wait_seconds:
        form.point_out("code", closed_sentence(admission.wait_seconds))
    elif admission.agent_id is None:
        form.point_out("code", gettext("This is not the code that the server printed. Please copy it again."))
    return admission.agent_id is not None


def _start_chain(form: ChainForm) -> None:
    details = ChainDetails(
        name=str(form.name.data),
        language=Language(form.language.data),
        website_url=str(form.website_url.data or ""),
        review_url=str(form.review_url.data or ""),
    )
    start_chain(details=details, now=clock.business_now())


def _add_store(form: FirstStoreForm) -> None:
    details = StoreDetails(
        code=str(form.code.data),
        name=str(form.name.data),
        territory=Territory(form.territory.data),
        street=str(form.street.data or ""),
        postcode=str(form.postcode.data),
        town=str(form.town.data),
        phone=str(form.phone.data or ""),
        weekly=form.week(),
    )
    add_store(details=details, by=SYSTEM, now=clock.business_now())


def _add_administrator(form: AdministratorForm) -> None:
    add_administrator(
        email=str(form.email.data),
        name=str(form.name.data),
        password=str(form.password.data),
        language=Language(str(get_locale())),
        now=clock.business_now(),
    )


def _finish(form: SenderForm) -> None:
    finish_set_up(
        sender_name=str(form.sender_name.data),
        sender_address=str(form.sender_address.data),
        now=clock.business_now(),
    )
