"""Doors of what an address wants to receive: one-click unsubscribe (RFC 8058) and the preferences page."""

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext, refresh

from hub.blueprints.contact import preference_page as page
from hub.blueprints.contact.base import blueprint, private
from hub.core import clock
from hub.core.db import transaction
from hub.core.words import Language
from hub.customers import leaving, preferences
from hub.customers.preferences import Preferences, Proof
from hub.customers.words import LeavingReason
from hub.outbox import actions
from hub.outbox.actions import Refusable


@blueprint.route("/u/<token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> ResponseReturnValue:
    """GET and HEAD stop nothing, since mail scanners open links; POST stops at once, from the page or in one click."""
    found = _read(token)
    if request.method != "POST":
        return page.show(token, found)
    proof = _proof()
    with transaction():
        actions.unsubscribe(token, now=clock.business_now(), ip=proof.ip, user_agent=proof.user_agent)
    if request.form.get("List-Unsubscribe") == "One-Click":
        return private(gettext("Unsubscribed."))
    done = gettext("It is stopped. You will not receive these messages any more.")
    return page.show(token, found, done=done, asks_why=True)


@blueprint.get("/preferences/<token>")
def show(token: str) -> ResponseReturnValue:
    return page.show(token, _read(token))


@blueprint.post("/preferences/<token>")
def save(token: str) -> ResponseReturnValue:
    """The button says what to do: save the boxes, stop everything, pause for 30 days or go on."""
    found = _read(token)
    before = page.read(found)
    act = request.form.get("act", "save")
    with transaction():
        done = _ACTS.get(act, _save)(before)
    wanted = page.read(found).wanted
    return page.show(token, found, done=done, asks_why=page.is_fewer(before, wanted))


@blueprint.post("/preferences/<token>/leaving")
def tell_leaving(token: str) -> ResponseReturnValue:
    """Why somebody leaves: one press, no duty."""
    found = _read(token)
    reason = request.form.get("reason", "")
    if reason in set(LeavingReason):
        with transaction():
            leaving.tell_leaving(
                found.address,
                found.channel,
                reason=LeavingReason(reason),
                remark=request.form.get("remark", ""),
                now=clock.business_now(),
            )
    return page.show(token, found, done=gettext("Thank you for telling us."))


def _save(before: Preferences) -> str:
    language = request.form.get("language", "")
    preferences.save_preferences(
        before,
        shown=request.form.getlist("shown"),
        wanted=request.form.getlist("wish"),
        frequency=page.read_frequency(request.form.get("frequency", "")),
        language=Language(language) if language in set(Language) else None,
        proof=_proof(),
        now=clock.business_now(),
    )
    if language in set(Language):
        _speak(language)
    return str(gettext("Saved. It counts from now on."))


def _stop(before: Preferences) -> str:
    preferences.stop_everything(before, proof=_proof(), now=clock.business_now())
    return str(gettext("Everything is stopped."))


def _pause(before: Preferences) -> str:
    until = preferences.pause(before, now=clock.business_now())
    return str(gettext("Paused until %(day)s.", day=format_date(until, "long")))


def _resume(before: Preferences) -> str:
    preferences.end_pause(before, now=clock.business_now())
    return str(gettext("The pause is over."))


_ACTS = {"save": _save, "stop": _stop, "pause": _pause, "resume": _resume}


def _read(token: str) -> Refusable:
    """What the link is about; the page speaks the customer's language. Raises NotFound on a mangled link."""
    found = actions.read_unsubscribe(token, now=clock.machine_now())
    language = page.speak_to(found.address)
    if language is not None:
        _speak(language)
    return found


def _speak(language: str) -> None:
    g.language = language
    refresh()


def _proof() -> Proof:
    return Proof(request.remote_addr, request.user_agent.string)
