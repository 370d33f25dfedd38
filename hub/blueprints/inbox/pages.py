"""Doors of the inbox that only show: the lists, one ticket, its files, what is new."""

from typing import Any

from flask import Response, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from hub.blueprints.access import viewer
from hub.blueprints.htmx import wants_fragment
from hub.blueprints.inbox import words
from hub.blueprints.inbox.base import access, blueprint
from hub.blueprints.inbox.filters import Asked, read_asked, tabs_of, view_choices
from hub.blueprints.inbox.rows import list_row
from hub.blueprints.inbox.thread import gather_thread
from hub.core import clock, files
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox import queries
from hub.inbox.queries import TicketFilters
from hub.inbox.words import InboxView
from hub.staff.words import Permission
from hub.stores import queries as stores

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@blueprint.get("/")
def list_tickets() -> ResponseReturnValue:
    """One list by due time; as a fragment it fills the left pane beside a ticket."""
    asked = read_asked(request.args)
    given = gather_list(asked, after=request.args.get("after"), current=request.args.get("current", ""))
    if wants_fragment():
        return render_template("inbox/_list.html", is_beside=True, **given)
    return render_template("inbox/list.html", **given)


@blueprint.get("/<number>")
def ticket(number: str) -> ResponseReturnValue:
    found = access(number)
    asked = read_asked(request.args)
    return render_template("inbox/ticket.html", ticket=found, asked=asked, **gather_thread(found))


@blueprint.get("/new-count")
def new_count() -> ResponseReturnValue:
    """How many tickets came since the newest one on screen, for the bar above the list."""
    after = request.args.get("after", type=int, default=0)
    count = queries.count_newer(viewer(), after_id=after)
    return jsonify(count=count, text=ngettext("%(num)s new", "%(num)s new", count))


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
    found = access(number)
    for message in queries.list_thread(found.id):
        if message.id == message_id and message.html:
            response = make_response(message.html)
            response.headers["Content-Security-Policy"] = SANDBOX
            return response
    raise NotFound(N_("This message has no other layout."))


def gather_list(asked: Asked, *, after: str | None, current: str = "") -> dict[str, Any]:
    """What `inbox/_list.html` shows."""
    now, me = clock.business_now(), viewer()
    page = queries.list_tickets(asked.filters, me, after=after)
    scope = None if me.scope.is_everything else me.scope.store_ids
    keep = asked.keep
    return {
        "asked": asked,
        "rows": [list_row(row, now, keep, current) for row in page.rows],
        "tabs": tabs_of(asked, queries.count_views(me, store_id=asked.store_id)),
        "views": view_choices(),
        "stores": [(row.id, row.name) for row in stores.list_stores(store_ids=scope)],
        "newest_id": queries.find_newest_id(),
        "older_href": url_for("inbox.list_tickets", after=page.next_key, **keep) if page.next_key else None,
        "first_href": url_for("inbox.list_tickets", **keep) if after else None,
        "upcoming": _upcoming(asked, list(page.rows), now=now),
        "may_answer": me.may(Permission.ANSWER_TICKETS),
    }


def _upcoming(asked: Asked, rows: list[Any], *, now: Any) -> dict[str, str] | None:
    """The ticket that is due next, for the words of an empty list or of an empty thread pane."""
    first = rows[0] if rows and rows[0].waiting_since else None
    if first is None and not rows:
        waiting = TicketFilters(view=InboxView.WAITING, store_id=asked.store_id)
        found = queries.list_tickets(waiting, viewer(), size=1).rows
        first = found[0] if found else None
    if first is None:
        return None
    name = first.requester_name or first.subject
    return {
        "name": name,
        "due": words.due_words(first, now),
        "href": url_for("inbox.ticket", number=first.number),
    }
