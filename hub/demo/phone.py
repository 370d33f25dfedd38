"""Doors of the demo's phone, and of the carrier behind it: as much of Twilio's API as the hub's client calls."""

import hmac
from email.utils import format_datetime

from flask import (
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.core import site
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.demo import texts
from hub.demo.blueprint import blueprint
from hub.demo.texts import Account, DemoText

__all__ = ["blueprint"]
MESSAGES = "/carrier/2010-04-01/Accounts/<sid>/Messages.json"
TAKEN = range(200, 300)


@blueprint.get("/phone")
def list_texts() -> ResponseReturnValue:
    phone = _phone_of(request.args.get("phone", ""))
    return render_template("demo/phone.html", texts=texts.list_texts(phone=phone), phone=phone)


@blueprint.post("/phone")
def write() -> ResponseReturnValue:
    """Text the chain as the customer: a real, signed call of the hub's webhook."""
    phone, body = _phone_of(request.form.get("phone", "")), request.form.get("text", "").strip()
    if not phone or not body:
        raise Invalid(N_("Please fill in the phone number and the text."))
    status = texts.text_as_customer(
        _account(), phone=phone, body=body, url=f"{site.base_url()}/hooks/twilio/inbound"
    )
    if status not in TAKEN:
        raise Invalid(
            N_("The hub did not take the message (%(status)s). Please look at its logs."), status=status
        )
    flash(gettext("The message has been handed to the hub."), "ok")
    return redirect(url_for("demo.list_texts", phone=phone), 303)


@blueprint.get("/texts")
def show_texts() -> ResponseReturnValue:
    """Every text one phone received or wrote, oldest first, as JSON."""
    found = texts.list_texts(phone=_phone_of(request.args.get("phone", "")), size=500)
    return jsonify(
        [
            {
                "phone": text.phone,
                "channel": text.channel,
                "is_inbound": text.is_inbound,
                "body": text.body,
                "at": text.at.isoformat(),
            }
            for text in reversed(found)
        ]
    )


@blueprint.post(MESSAGES)
def take(sid: str) -> ResponseReturnValue:
    """The carrier takes a message, delivers it at once and says so when its answer has left."""
    account = _account()
    if not _is_ours(account, sid):
        return _refuse(20003, 401, "Authenticate")
    form = request.form
    body = form.get("Body") or f"{form.get('ContentSid', '')} {form.get('ContentVariables', '')}".strip()
    if not form.get("To") or not body:
        return _refuse(21602, 400, "Message body is required.")
    kept = texts.keep(to=form["To"], body=body, status_callback=form.get("StatusCallback", ""))
    response = jsonify(_shape(account, kept))
    if kept.status_callback:
        response.call_on_close(lambda: texts.tell_delivered(account, kept))
    return response, 201


@blueprint.get(MESSAGES)
def list_taken(sid: str) -> ResponseReturnValue:
    account = _account()
    if not _is_ours(account, sid):
        return _refuse(20003, 401, "Authenticate")
    found = texts.list_texts(phone=request.args.get("To", ""), is_outbound_only=True)
    return jsonify(messages=[_shape(account, text) for text in found], next_page_uri=None)


def _phone_of(text: str) -> str:
    """A number as typed; a "+" in an address that nobody escaped arrives as a space."""
    bare = "".join(text.split())
    return f"+{bare}" if text.startswith(" ") and bare else bare


def _account() -> Account:
    config = current_app.config["COMPTOIR"]
    return Account(
        sid=config.twilio_account_sid or "",
        token=config.twilio_auth_token or "",
        number=config.twilio_sms_from or "",
    )


def _is_ours(account: Account, sid: str) -> bool:
    given = request.authorization
    known = f"{account.sid}:{account.token}".encode()
    if given is None or not account.token or sid != account.sid:
        return False
    return hmac.compare_digest(f"{given.username}:{given.password}".encode(), known)


def _refuse(code: int, status: int, words: str) -> tuple[Response, int]:
    return jsonify(code=code, message=words, status=status), status


def _shape(account: Account, text: DemoText) -> dict[str, object]:
    return {
        "account_sid": account.sid,
        "body": text.body,
        "date_created": format_datetime(text.made_at),
        "date_sent": format_datetime(text.made_at),
        "date_updated": format_datetime(text.made_at),
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": account.number,
        "num_segments": "0",
        "price": None,
        "price_unit": "EUR",
        "sid": text.sid,
        "status": text.status,
        "to": text.address,
    }
