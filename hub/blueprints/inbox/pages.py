"""Doors of the inbox that only show: one ticket, what is new."""

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.customer_finds import find_customers
from hub.blueprints.inbox.base import access, blueprint
from hub.blueprints.inbox.filters import read_asked
from hub.blueprints.inbox.reply_acts import used_texts
from hub.blueprints.inbox.thread import gather_thread
from hub.inbox import queries
from hub.inbox.queries import TicketFilters
from hub.inbox.words import InboxView


@blueprint.get("/<number>")
def ticket(number: str) -> ResponseReturnValue:
    found = access(number, as_expert=True)
    asked, thread = read_asked(request.args), gather_thread(found)
    return render_template(
        "inbox/ticket.html", ticket=found, asked=asked, **used_texts(found, thread["kept_ids"]), **thread
    )


@blueprint.get("/find")
def find() -> ResponseReturnValue:
    """Tickets and customers for the command palette."""
    words = request.args.get("q", "")
    search = TicketFilters(view=InboxView.ALL, search=words)
    rows = queries.list_tickets(search, viewer(), size=6).rows if search.search.strip() else []
    return jsonify(
        [
            *find_customers(words),
            *(
                {
                    "label": f"{row.number} · {row.subject}",
                    "href": url_for("inbox.ticket", number=row.number),
                    "hint": row.requester_name,
                }
                for row in rows
            ),
        ]
    )
