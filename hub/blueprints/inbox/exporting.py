"""Door of a list as a file: the same search, the same scope, streamed page by page."""

import csv
import io
from collections.abc import Iterator

from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, to_user_timezone

from hub.blueprints.access import viewer
from hub.blueprints.inbox import words
from hub.blueprints.inbox.base import blueprint
from hub.blueprints.inbox.filters import Asked, read_asked, with_saved
from hub.inbox import queries
from hub.inbox.queries import TicketRow
from hub.reasons import queries as reasons
from hub.signups.rules import safe_cell

MOST_ROWS = 100_000
PAGE = 500


@blueprint.get("/export.csv")
def export_tickets() -> ResponseReturnValue:
    """The list or search as a file for a spreadsheet: at most 100,000 tickets, those the person may see."""
    asked = with_saved(read_asked(request.args), queries.list_views(viewer()))
    answer = Response(stream_with_context(_lines(asked)), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = "attachment; filename=tickets.csv"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _lines(asked: Asked) -> Iterator[str]:
    """Semicolons and a byte order mark: what a French spreadsheet opens without questions."""
    tongue = str(get_locale())
    paths = {row.id: row.path(tongue) for row in reasons.list_reasons(active=False)}
    yield "\ufeff" + _line(_heads())
    after, count = None, 0
    while count < MOST_ROWS:
        page = queries.list_tickets(asked.filters, viewer(), after=after, size=PAGE)
        yield "".join(_line(_cells(row, paths)) for row in page.rows)
        count, after = count + len(page.rows), page.next_key
        if after is None:
            return


def _heads() -> list[str]:
    return [
        gettext("Number"),
        gettext("Subject"),
        gettext("Customer"),
        gettext("Address"),
        gettext("Store"),
        gettext("In charge"),
        gettext("State"),
        gettext("Priority"),
        gettext("Channel"),
        gettext("Reason"),
        gettext("Opened"),
        gettext("Changed"),
        gettext("Waiting since"),
        gettext("Reply due"),
    ]


def _cells(row: TicketRow, paths: dict[int, str]) -> list[str]:
    moments = (row.created_at, row.updated_at, row.waiting_since, row.due_at)
    return [
        row.number,
        row.subject,
        row.requester_name,
        row.requester_address or "",
        row.store_name,
        row.assignee_name,
        words.state_words(row.state),
        words.priority_words(row.priority),
        words.channel_words(row.channel),
        paths.get(row.reason_id or 0, ""),
        *(to_user_timezone(at).strftime("%Y-%m-%d %H:%M") if at else "" for at in moments),
    ]


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerow([safe_cell(cell) for cell in cells])
    return written.getvalue()
