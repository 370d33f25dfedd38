"""Doors of the mail behind a message: its layout in a closed frame, its source, its files, mails inside it."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext

from hub.blueprints.access import viewer
from hub.blueprints.downloads import as_download
from hub.blueprints.inbox.base import access, blueprint, do
from hub.core import clock, files
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox import queries
from hub.inbox.actions.fetching import fetch_again
from hub.inbox.queries.mails import get_layout, get_message
from hub.mailroom.queries import get_raw
from hub.mailroom.reading import EnclosedMail, read_enclosed

CLOSED = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
LAYOUT = f"{CLOSED}; style-src 'unsafe-inline'; img-src data:"
REMOTE = f"{LAYOUT} https: http:"
MAIL = "message/rfc822"
ACTIVE = frozenset({"text/html", "image/svg+xml", "application/xml", "text/xml", "application/xhtml+xml"})


@blueprint.get("/<number>/html/<int:message_id>")
def html_view(number: str, message_id: int) -> ResponseReturnValue:
    """The mail as it was laid out, in a frame that may do nothing; remote pictures only when they are asked for."""
    found = access(number, as_expert=True)
    is_asked = request.args.get("images") == "1"
    html = get_layout(found.id, message_id, show_remote_images=is_asked)
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = REMOTE if is_asked else LAYOUT
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/<number>/source/<int:message_id>")
def mail_source(number: str, message_id: int) -> ResponseReturnValue:
    """The whole mail as it came, as a download."""
    message = get_message(access(number).id, message_id)
    if message.arrival_id is None:
        raise NotFound(N_("This message did not come as a mail."))
    return _download(get_raw(message.arrival_id), f"{number}-{message_id}.eml", "application/octet-stream")


@blueprint.post("/<number>/fetch/<int:message_id>")
def fetch_files(number: str, message_id: int) -> ResponseReturnValue:
    """Ask its provider anew for the pictures of a text that could not be fetched."""
    message_id = get_message(access(number).id, message_id).id
    return do(
        number,
        lambda: fetch_again(message_id, machine_now=clock.machine_now()),
        gettext("It is fetched again shortly."),
    )


@blueprint.get("/file/<int:attachment_id>")
def attachment(attachment_id: int) -> ResponseReturnValue:
    """A file of a ticket, always as a download; what could act in a page has no type of its own. Players ask for parts."""
    row = queries.access_attachment(attachment_id, viewer())
    media_type = "application/octet-stream" if row.media_type in ACTIVE else row.media_type
    content = files.read(row.sha256)
    response = _download(content, row.name, media_type)
    return response.make_conditional(request, accept_ranges=True, complete_length=len(content))


@blueprint.get("/file/<int:attachment_id>/mail")
def attached_mail(attachment_id: int) -> ResponseReturnValue:
    """What a mail inside a mail says, as plain text in a closed frame."""
    row = queries.access_attachment(attachment_id, viewer())
    if row.media_type != MAIL:
        raise NotFound(N_("This file is not a mail."))
    response = Response(_enclosed_text(read_enclosed(files.read(row.sha256))), mimetype="text/plain")
    response.headers["Content-Security-Policy"] = CLOSED
    return response


def _download(content: bytes, name: str, media_type: str) -> Response:
    response = Response(content, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = as_download(name)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _enclosed_text(mail: EnclosedMail) -> str:
    sender = f"{mail.from_name} <{mail.from_address}>" if mail.from_name else mail.from_address
    head = (
        (gettext("From"), sender),
        (gettext("To"), ", ".join(mail.to)),
        (gettext("Date"), format_datetime(mail.sent_at, "long") if mail.sent_at else ""),
        (gettext("Subject"), mail.subject),
        (gettext("Attachments"), ", ".join(mail.files)),
    )
    lines = [gettext("%(label)s: %(value)s", label=label, value=value) for label, value in head if value]
    return "\n".join((*lines, "", mail.text))
