"""Doors of the inbox that only show: one ticket, its files, what is new."""

from flask import Response, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.inbox.base import access, blueprint
from hub.blueprints.inbox.filters import read_asked
from hub.blueprints.inbox.thread import gather_thread
from hub.core import files
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox import queries
from hub.inbox.queries import TicketFilters
from hub.inbox.words import InboxView

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@blueprint.get("/<number>")
def ticket(number: str) -> ResponseReturnValue:
    found = access(number, as_expert=True)
    asked = read_asked(request.args)
    return render_template("inbox/ticket.html", ticket=found, asked=asked, **gather_thread(found))


@blueprint.get("/find")
def find() -> ResponseReturnValue:
    """Tickets for the command palette."""
    search = TicketFilters(view=InboxView.ALL, search=request.args.get("q", ""))
    rows = queries.list_tickets(search, viewer(), size=6).rows if search.search.strip() else []
    return jsonify(
        [
            {
                "label": f"{row.number} · {row.subject}",
                "href": url_for("inbox.ticket", number=row.number),
                "hint": row.requester_name,
            }
            for row in rows
        ]
    )


@blueprint.get("/file/<int:attachment_id>")
def attachment(attachment_id: int) -> ResponseReturnValue:
    """A file of a ticket, always as a download, never shown in our pages."""
    row = queries.access_attachment(attachment_id, viewer())
    response = Response(files.read(row.sha256), mimetype="application/octet-stream")
    response.headers.set(
        "Content-Disposition", "attachment", filename=row.name.replace("\r", "").replace("\n", "")
    )
    response.headers["Content-Type"] = row.media_type
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@blueprint.get("/<number>/html/<int:message_id>")
def html_view(number: str, message_id: int) -> ResponseReturnValue:
    """The mail as it was laid out, in a frame that may do nothing: no script, no address, no remote image."""
    found = access(number, as_expert=True)
    for message in queries.list_thread(found.id):
        if message.id == message_id and message.html:
            response = make_response(message.html)
            response.headers["Content-Security-Policy"] = SANDBOX
            return response
    raise NotFound(N_("This message has no other layout."))
