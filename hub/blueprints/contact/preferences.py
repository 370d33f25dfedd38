"""Doors of what an address wants to receive: one-click unsubscribe (RFC 8058) and the preferences page."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.contact.base import blueprint, private
from hub.core import clock
from hub.core.actor import CUSTOMER
from hub.core.db import transaction
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.customers import actions as customers
from hub.customers import queries
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.outbox import actions
from hub.outbox.actions import Refusable

WORDING = N_("Preferences page: I choose what I receive")
POINT = "preferences"
CHOSEN = (Purpose.SURVEY, Purpose.PROMOTION, Purpose.NEWSLETTER)


@blueprint.route("/u/<token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> ResponseReturnValue:
    """GET and HEAD stop nothing, since mail scanners open links; POST stops at once, from the page or in one click."""
    found = _read(token)
    if request.method != "POST":
        return _show(token, found)
    ip, user_agent = _proof()
    with transaction():
        actions.unsubscribe(token, now=clock.business_now(), ip=ip, user_agent=user_agent)
    if request.form.get("List-Unsubscribe") == "One-Click":
        return private(gettext("Unsubscribed."))
    return _show(token, found, done=gettext("It is stopped. You will not receive these messages any more."))


@blueprint.get("/preferences/<token>")
def show(token: str) -> ResponseReturnValue:
    return _show(token, _read(token))


@blueprint.post("/preferences/<token>")
def save(token: str) -> ResponseReturnValue:
    """What is ticked is wanted, what is not is stopped; `stop_all` stops everything."""
    found = _read(token)
    wanted = set() if "stop_all" in request.form else set(request.form.getlist("purpose"))
    with transaction():
        for purpose in CHOSEN:
            _record(found, purpose, is_wanted=purpose.value in wanted)
    done = gettext("Saved. It counts from now on.") if wanted else gettext("Everything is stopped.")
    return _show(token, found, done=done)


def _read(token: str) -> Refusable:
    """What the link is about; the page speaks the customer's language. Raises NotFound on a mangled link."""
    found = actions.read_unsubscribe(token, now=clock.machine_now())
    known = queries.find_customer_by_address(found.address)
    if known is not None:
        g.language = known.language.value
    return found


def _record(found: Refusable, purpose: Purpose, *, is_wanted: bool) -> None:
    """One line in the ledger with its proof; what is in force already is not said again."""
    wanted, refused = _said(found)
    if purpose in (wanted if is_wanted else refused):
        return
    ip, user_agent = _proof()
    customers.record_consent(
        address_kind=AddressKind.MAIL if found.channel is Channel.EMAIL else AddressKind.PHONE,
        address=found.address,
        channel=found.channel,
        purpose=purpose,
        action=ConsentAction.GIVEN if is_wanted else ConsentAction.WITHDRAWN,
        legal_basis=LegalBasis.CONSENT,
        wording=WORDING,
        wording_version="1",
        collection_point=POINT,
        by=CUSTOMER,
        now=clock.business_now(),
        ip=ip,
        user_agent=user_agent,
    )


def _said(found: Refusable) -> tuple[set[Purpose], set[Purpose]]:
    """What the address receives and what it refused. Surveys come until they are refused, the rest on consent."""
    known = queries.find_customer_by_address(found.address)
    if known is None:
        return {Purpose.SURVEY}, set()
    said = queries.get_contactability([known.id])[known.id]
    refused = {purpose for channel, purpose in said.refusals if channel is found.channel}
    agreed = {purpose for channel, purpose in said.consents if channel is found.channel}
    return (agreed | {Purpose.SURVEY}) - refused, refused


def _proof() -> tuple[str | None, str]:
    return request.remote_addr, request.user_agent.string


def _show(token: str, found: Refusable, done: str = "") -> ResponseReturnValue:
    wanted, refused = _said(found)
    words = {
        Purpose.SURVEY: gettext("One question after a purchase"),
        Purpose.PROMOTION: gettext("Offers and suggestions"),
        Purpose.NEWSLETTER: gettext("Newsletter"),
    }
    return private(
        render_template(
            "contact/preferences.html",
            token=token,
            address=found.address,
            choices=[(purpose.value, words[purpose], purpose in wanted) for purpose in CHOSEN],
            purpose=words.get(found.purpose, ""),
            is_stopped=found.purpose in refused,
            done=done,
        )
    )
