"""Doors of a customer's own ticket, behind a link that was sent to the address: read it, take its files, write on."""

import secrets

from flask import Response, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.contact.base import blueprint, private
from hub.blueprints.contact.writing import RATE, WrittenForm, written
from hub.blueprints.downloads import as_download
from hub.blueprints.inbox.rows import size_words
from hub.blueprints.pages import limiter
from hub.core import clock, files, site
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox import actions
from hub.inbox.own_links import OwnLink, read_own_link
from hub.inbox.queries.own_pages import OwnTicket, find_own_file, find_own_ticket
from hub.inbox.threading import make_reply_address

BROKEN_LINK = N_("This link is not complete. Please open it again from the message.")


@blueprint.route("/contact/t/<token>", methods=["GET", "POST"])
@limiter.limit(RATE, methods=["POST"])
def own_ticket(token: str) -> ResponseReturnValue:
    """What was said so far, and a form to write on; writing brings a solved ticket back to the store."""
    link = _read(token)
    found = _find(link)
    given = WrittenForm(key=secrets.token_hex(12))
    if given.does(lambda: _receive(given, link)):
        return redirect(url_for("contact.own_ticket_written", token=token), 303)
    return _show(token, found, given)


@blueprint.get("/contact/t/<token>/written")
def own_ticket_written(token: str) -> ResponseReturnValue:
    """The same page, which says that the message has arrived."""
    return _show(token, _find(_read(token)), WrittenForm(key=secrets.token_hex(12)), is_written=True)


@blueprint.get("/contact/t/<token>/files/<int:file_id>")
def own_file(token: str, file_id: int) -> ResponseReturnValue:
    """A file of the thread, always as a download, never shown in our pages."""
    link = _read(token)
    row = find_own_file(link.ticket_id, link.address, file_id)
    if row is None:
        raise NotFound(BROKEN_LINK)
    response = Response(files.read(row.sha256), mimetype=row.media_type)
    response.headers["Content-Disposition"] = as_download(row.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


def _read(token: str) -> OwnLink:
    return read_own_link(token, machine_now=clock.machine_now())


def _find(link: OwnLink) -> OwnTicket:
    found = find_own_ticket(link.ticket_id, link.address)
    if found is None:
        raise NotFound(BROKEN_LINK)
    g.time_zone = found.time_zone
    return found


def _show(
    token: str, found: OwnTicket, given: WrittenForm, *, is_written: bool = False
) -> ResponseReturnValue:
    page = render_template(
        "contact/ticket.html",
        token=token,
        ticket=found,
        form=given,
        is_written=is_written,
        size_words=size_words,
    )
    return private(page, given.status)


def _receive(given: WrittenForm, link: OwnLink) -> None:
    """The signed reply address makes it a message of the ticket, as a mail to it would be."""
    address = make_reply_address(link.ticket_id, link.address, site.inbound_domain())
    actions.receive_message(
        actions.Incoming(
            channel=Channel.FORM, from_address=link.address, recipients=(address,), **written(given)
        ),
        now=clock.business_now(),
        machine_now=clock.machine_now(),
    )
