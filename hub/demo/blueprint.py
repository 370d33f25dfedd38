"""Doors of the demo: the clock bar and the mailbox in which every mail can be read and answered."""

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
    """Move the clock; answers when all work due on the way is done. JSON or the form of the bar."""
    body = request.get_json(silent=True) if request.is_json else request.form
    words = str((body or {}).get("advance", ""))
    now = moving.advance(moving.read_duration(words))
    if request.is_json:
        return jsonify(now=now.isoformat())
    flash(gettext("The clock of the demo has moved. All work due on the way is done."), "ok")
    return redirect(_back(), 303)


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


def _back() -> str:
    """The page the bar was on; only a path of ours."""
    came_from = request.form.get("back", "")
    return (
        came_from
        if came_from.startswith("/") and not came_from.startswith("//")
        else url_for("demo.list_mails")
    )
