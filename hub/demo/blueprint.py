"""Doors of the demo: the clock bar and the mailbox in which every mail can be read and answered."""

from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.core import clock, site
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.demo import mailbox, moving
from hub.demo.mailbox import DemoMail
from hub.stores.queries import list_stores

blueprint = Blueprint("demo", __name__)
LOOK_SECONDS = "2"
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: {site}; base-uri 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


@blueprint.get("/messages")
def messages() -> ResponseReturnValue:
    """Every mail one address received, oldest first, as JSON."""
    mails = mailbox.list_mails(to=request.args.get("to", ""), size=500, is_newest_first=False)
    return jsonify([_shape(mail) for mail in mails])


@blueprint.get("/clock")
def show_clock() -> ResponseReturnValue:
    """The business time of the demo."""
    return jsonify(now=clock.business_now().isoformat())


@blueprint.post("/clock")
def move_clock() -> ResponseReturnValue:
    """Move the clock: to a program it answers when all work due on the way is done; a page waits beside it."""
    body = request.get_json(silent=True) if request.is_json else request.form
    duration = moving.read_duration(str((body or {}).get("advance", "")))
    if request.is_json:
        return jsonify(now=moving.advance(duration).isoformat())
    back = _own_path(request.form.get("back", ""))
    if moving.is_moving():
        return redirect(url_for("demo.show_way", back=back), 303)
    since, until = clock.business_now(), moving.send_off(duration)
    clock.remember_offset()
    if moving.is_moving():
        way: dict[str, Any] = {"back": back, "since": since.isoformat(), "until": until.isoformat()}
        return redirect(url_for("demo.show_way", **way), 303)
    return _arrive(back, until)


@blueprint.get("/clock/way")
def show_way() -> ResponseReturnValue:
    """How far the clock is, looked at again every two seconds; where it arrived, back to the page it was moved from."""
    back, since, until = _own_path(request.args.get("back", "")), _moment("since"), _moment("until")
    if not moving.is_moving():
        return _arrive(back, until)
    page = make_response(render_template("demo/way.html", back=back, since=since, until=until))
    page.headers["Refresh"] = LOOK_SECONDS
    return page


def _arrive(back: str, until: datetime | None) -> ResponseReturnValue:
    if until is None or clock.business_now() >= until:
        flash(gettext("The clock of the demo has moved. All work due on the way is done."), "ok")
    else:
        flash(
            gettext("The clock of the demo stopped on its way. Please move it on, or look at its logs."),
            "late",
        )
    return redirect(back, 303)


def _moment(name: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if found.tzinfo else None


@blueprint.get("/mailbox")
def list_mails() -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    to = request.args.get("to", "")
    mails = mailbox.list_mails(to=to, before_id=before)
    older = mails[-1].id if len(mails) == mailbox.PAGE_SIZE else None
    return render_template("demo/mailbox.html", mails=mails, to=to, older=older)


@blueprint.get("/mailbox/<int:mail_id>")
def show_mail(mail_id: int) -> ResponseReturnValue:
    return render_template("demo/mail.html", found=mailbox.get_mail(mail_id))


@blueprint.get("/mailbox/<int:mail_id>/html")
def mail_html(mail_id: int) -> ResponseReturnValue:
    """The HTML part as a mail client shows it: sandboxed, its links open beside it."""
    body = mailbox.get_mail(mail_id).mail.html or ""
    response = make_response(body.replace("<head>", '<head><base target="_top">', 1))
    response.headers["Content-Security-Policy"] = MAIL_POLICY.format(site=site.base_url())
    return response


@blueprint.route("/write", methods=["GET"])
def compose() -> ResponseReturnValue:
    stores = [(f"{store.mailbox}@{site.inbound_domain()}", store.name) for store in list_stores()]
    return render_template("demo/write.html", stores=stores)


@blueprint.post("/write")
def send() -> ResponseReturnValue:
    """Write to a store, or answer a mail, as the customer."""
    form, config = request.form, current_app.config["COMPTOIR"]
    answered = mailbox.get_mail(int(form["answers"])) if form.get("answers", "").isdecimal() else None
    if not form.get("from") or not form.get("to") or not form.get("text", "").strip():
        raise Invalid(N_("Please fill in the sender, the recipient and the text."))
    mailbox.write(
        host=config.mailbox_host,
        port=config.mailbox_port,
        sender=form["from"],
        to=form["to"],
        subject=form.get("subject", ""),
        text=form["text"],
        answers=answered,
    )
    flash(gettext("The mail has been handed to the hub."), "ok")
    return redirect(url_for("demo.list_mails", to=form["from"]), 303)


def _shape(found: DemoMail) -> dict[str, object]:
    return {
        "id": found.id,
        "to": found.to,
        "from": found.mail.from_address,
        "from_name": found.mail.from_name,
        "reply_to": found.mail.reply_to,
        "subject": found.mail.subject,
        "text": found.mail.text,
        "html": found.mail.html,
        "links": found.links,
        "message_id": found.mail.message_id,
        "headers": dict(found.mail.headers),
        "at": found.at.isoformat(),
    }


def _own_path(came_from: str) -> str:
    """The page the bar was on; only a path of ours."""
    return (
        came_from
        if came_from.startswith("/") and not came_from.startswith("//")
        else url_for("demo.list_mails")
    )
