"""The messages behind a figure of messages: each leads to its customer, its text and its ticket."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import format_decimal, gettext, ngettext
from markupsafe import Markup

from hub.blueprints.customer_messages import rows_of
from hub.blueprints.customer_words import purpose_words
from hub.blueprints.messages.words import why_words
from hub.blueprints.statistics.asked import never, read_asked
from hub.blueprints.statistics.base import shared
from hub.blueprints.statistics.links import kept
from hub.blueprints.statistics_words import name_of
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.staff.words import Permission
from hub.statistics.behind_messages import MessageLine, get_messages_behind
from hub.statistics.message_clicks import ClickedMessages, read_clicked_messages

USES = frozenset({"channel"})
CLICKED = ("measure", "why", "purpose", "template", "plan")
LINK = Markup('<a href="{}">{}</a>')


def show_messages() -> str:
    """Raises NotFound to who reads no customers: the list names them."""
    asked, clicked = read_asked(USES, compares=never), read_clicked_messages(request.args)
    if not asked.viewer.may(Permission.READ_CUSTOMERS):
        raise NotFound(N_("This page does not exist, or you do not have access to it."))
    after = request.args.get("after")
    found = get_messages_behind(asked.filters, clicked, viewer=asked.viewer, after=after)
    clicks = {name: request.args[name] for name in CLICKED if request.args.get(name)}

    def href(key: str | None) -> str:
        return url_for("statistics_messages.list_behind", **kept(asked, **clicks, after=key))

    return render_template(
        "statistics/messages_behind.html",
        lines=_lines(found.page.rows),
        title=name_of(clicked.measure),
        parts=_parts(clicked),
        count=ngettext(
            "%(number)s message", "%(number)s messages", found.count, number=format_decimal(found.count)
        ),
        kept_clicks=clicks,
        next_href=href(found.page.next_key) if found.page.next_key else None,
        first_href=href(None) if after else None,
        **shared(asked),
    )


def _lines(lines: Any) -> list[dict[str, Any]]:
    said = rows_of([line.message for line in lines])
    return [_line(line, words) for line, words in zip(lines, said, strict=True)]


def _line(line: MessageLine, words: dict[str, Any]) -> dict[str, Any]:
    person, copy = line.customer, words["href"]
    return {
        "customer": (person.name if person else "") or gettext("Unknown customer"),
        "href": url_for("customers.card", customer_id=person.id) if person else "",
        "what": LINK.format(copy, words["what"]) if copy else words["what"],
        "at": line.at,
        "channel": words["channel"],
        "state": words["state"],
        "why": words["why"],
        "store": line.store_name or "–",
        "ticket": LINK.format(url_for("inbox.ticket", number=line.number), line.number)
        if line.number
        else "–",
    }


def _parts(clicked: ClickedMessages) -> list[str]:
    """The part of the figure, in words; which message and plan it is stands in the rows."""
    return [
        *([why_words(clicked.why)] if clicked.why else []),
        *([purpose_words(clicked.purpose).capitalize()] if clicked.purpose else []),
    ]
