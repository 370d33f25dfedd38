"""Doors of what was done to a ticket, line by line, and of the ticket on paper."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.inbox.base import access, blueprint
from hub.blueprints.inbox.happenings import before_words, change_words, names_of, who_words
from hub.blueprints.inbox.thread import gather_thread
from hub.core import clock
from hub.inbox import queries
from hub.inbox.queries import TicketView


@blueprint.get("/<number>/history")
def history(number: str) -> ResponseReturnValue:
    """Who changed what and when, from what to what: the audit trail of the ticket."""
    ticket = access(number)
    return render_template(
        "inbox/history.html",
        ticket=ticket,
        rows=_lines(ticket),
        back=url_for("inbox.ticket", number=number),
    )


def _lines(ticket: TicketView) -> list[dict[str, Any]]:
    events = queries.list_events(ticket.id)
    names = names_of(ticket, events)
    return [
        {
            "at": event.happened_at,
            "who": who_words(event),
            "what": change_words(event, names) or event.action,
            "before": before_words(event, names),
        }
        for event in reversed(events)
    ]


@blueprint.get("/<number>/print")
def print_view(number: str) -> ResponseReturnValue:
    """The ticket for paper; notes and changes only when asked for."""
    ticket, has_notes = access(number), request.args.get("notes") == "1"
    given = gather_thread(ticket)
    if not has_notes:
        given["lines"] = [line for line in given["lines"] if line.get("kind", "note") != "note"]
    return render_template(
        "inbox/print.html", ticket=ticket, has_notes=has_notes, printed_at=clock.business_now(), **given
    )
