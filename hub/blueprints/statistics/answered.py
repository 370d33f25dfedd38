"""The answers behind a figure of satisfaction, at the door of the tickets: each opens its ticket, or its customer."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext, ngettext

from hub.blueprints import statistics_words as words
from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.base import shared
from hub.statistics.behind import MOST_COUNTED
from hub.statistics.behind_answers import AnswerLine, get_answers_behind
from hub.statistics.clicks import Clicked


@dataclass(frozen=True)
class Shown:
    """One row of the list."""

    href: str
    customer: str
    choice: str
    comment: str
    at: datetime
    store: str
    number: str


def show_answers(asked: Asked, clicked: Clicked, **more: object) -> ResponseReturnValue:
    """`more`: what the lists of tickets show too."""
    found = get_answers_behind(asked.filters, clicked, viewer=asked.viewer, after=request.args.get("after"))
    return render_template(
        "statistics/answers.html",
        lines=[_line(line) for line in found.page.rows],
        count=_count(found.count),
        next_key=found.page.next_key,
        **more,
        **shared(asked),
    )


def _line(line: AnswerLine) -> Shown:
    if line.number:
        href = url_for("inbox.ticket", number=line.number)
    else:
        href = url_for("customers.card", customer_id=line.customer_id)
    return Shown(
        href=href,
        customer=line.customer or gettext("Unknown customer"),
        choice=gettext(words.CHOICES[line.choice.value]),
        comment=line.comment,
        at=line.at,
        store=line.store_name,
        number=line.number or "–",
    )


def _count(count: int) -> str:
    number = format_decimal(min(count, MOST_COUNTED))
    if count >= MOST_COUNTED:
        return str(gettext("%(count)s or more; the latest come first.", count=number))
    return str(ngettext("%(number)s answer", "%(number)s answers", count, number=number))
