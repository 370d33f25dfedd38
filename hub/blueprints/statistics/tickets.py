"""The door of the tickets behind a figure: the rows it is made of, those that the reader may open, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext, ngettext

from hub.blueprints import resolution_words
from hub.blueprints import statistics_words as words
from hub.blueprints.inbox.words import channel_words, source_words, state_words
from hub.blueprints.statistics.answered import show_answers
from hub.blueprints.statistics.asked import Asked, never, read_asked
from hub.blueprints.statistics.base import blueprint, shared
from hub.blueprints.statistics.links import to_page
from hub.blueprints.statistics.waits import DROPPED
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox.words import GestureKind
from hub.staff.words import Permission
from hub.statistics.behind import MOST_COUNTED, Behind, Line, get_behind
from hub.statistics.clicks import (
    ANSWERED,
    CAME,
    GIVEN,
    NOW,
    SOLVED,
    SOLVED_ALONE,
    WAITS,
    Clicked,
    read_clicked,
)
from hub.statistics.measures import MEASURES

CLICKED = (
    "measure",
    "part",
    "bucket",
    "weekday",
    "hour",
    "drop",
    "source",
    "score",
    "gesture",
    "state",
    "central",
    "alone",
    "unnamed",
)
PARTS = {
    "within_target": N_("the target was missed"),
    "reopened": N_("opened again"),
    "reroute_rate": N_("moved by a person"),
    "waiting_now": N_("late"),
    "without_article": N_("neither an article nor a standard reply"),
    "review_links": N_("with the link"),
}


GESTURES = {GestureKind.VOUCHER: N_("Vouchers"), GestureKind.REFUND: N_("Refunds")}


@blueprint.get("/tickets")
def tickets() -> ResponseReturnValue:
    """The same filters as the page, and what was clicked there."""
    asked, clicked = read_asked(compares=never), read_clicked(request.args)
    if not asked.viewer.may(Permission.READ_TICKETS):
        raise NotFound(N_("This page does not exist, or you do not have access to it."))
    after = request.args.get("after")
    if clicked.measure in ANSWERED:
        return show_answers(
            asked,
            clicked,
            kept_clicks=_kept(),
            title=title(clicked),
            parts=parts(clicked),
            href_of=partial(_href, asked),
            is_first=not after,
        )
    found = get_behind(asked.filters, clicked, viewer=asked.viewer, now=asked.now, after=after)
    return render_template(
        "statistics/tickets.html",
        found=found,
        lines=[_line(line, clicked) for line in found.page.rows],
        title=title(clicked),
        parts=parts(clicked),
        count=count_words(found, clicked),
        at_words=column_words(clicked),
        kept_clicks=_kept(),
        next_href=_href(asked, found.page.next_key) if found.page.next_key else None,
        first_href=_href(asked, None) if after else None,
        **shared(asked),
    )


@dataclass(frozen=True)
class Shown:
    """One row of the list."""

    href: str
    number: str
    subject: str
    customer: str
    channel: str
    state: str
    store: str
    agent: str
    at: datetime
    length: str


def _line(line: Line, clicked: Clicked) -> Shown:
    target = ""
    if line.target_seconds is not None and line.seconds is not None:
        target = gettext("target %(words)s", words=words.duration(line.target_seconds))
    length = _length(line.seconds, clicked)
    return Shown(
        href=url_for("inbox.ticket", number=line.number),
        number=line.number,
        subject=line.subject,
        customer=line.customer or gettext("Unknown customer"),
        channel=channel_words(line.channel),
        state=state_words(line.state),
        store=line.store_name or gettext("Central queue"),
        agent=line.agent_name,
        at=line.at,
        length=", ".join(part for part in (length, target) if part),
    )


def _length(seconds: float | None, clicked: Clicked) -> str:
    """In opening hours for waits, day and night for the rest."""
    if seconds is None:
        return ""
    is_opening = clicked.measure in WAITS or clicked.measure == "dropped"
    return words.duration(seconds) if is_opening else resolution_words.elapsed(seconds)


def _href(asked: Asked, after: str | None) -> str | None:
    return to_page(asked, "statistics.tickets", **_kept(), after=after)


def _kept() -> dict[str, str]:
    """What was clicked, as it stands in the address."""
    return {name: request.args[name] for name in CLICKED if request.args.get(name)}


def title(clicked: Clicked) -> str:
    """The figure that was clicked."""
    return str(gettext(MEASURES[clicked.measure].name))


def parts(clicked: Clicked) -> list[str]:
    """The part of it, in words."""
    found: list[str] = []
    if clicked.is_part and clicked.measure in PARTS:
        found.append(gettext(PARTS[clicked.measure]))
    if clicked.bucket is not None:
        found.append(gettext("waited %(length)s", length=words.bucket_words()[clicked.bucket]))
    if clicked.weekday is not None:
        found.append(words.weekday(clicked.weekday))
    if clicked.hour is not None:
        found.append(gettext("%(first)s h to %(last)s h", first=clicked.hour, last=clicked.hour + 1))
    if clicked.drop:
        found.append(gettext(DROPPED[clicked.drop]))
    if clicked.source:
        found.append(source_words(clicked.source))
    if clicked.score:
        found.append(gettext(words.CHOICES[str(clicked.score)]))
    if clicked.gesture:
        found.append(gettext(GESTURES[clicked.gesture]))
    if clicked.state:
        found.append(state_words(clicked.state))
    return [*found, *_places(clicked)]


def _places(clicked: Clicked) -> list[str]:
    named = (
        (clicked.is_central, N_("Central queue")),
        (clicked.has_no_reason, N_("Without a reason")),
        (clicked.is_bare_reason, N_("without the reasons below it")),
    )
    return [gettext(text) for is_asked, text in named if is_asked]


def count_words(found: Behind, clicked: Clicked) -> str:
    """`12 waits. 1 is not shown: its ticket is with another store now.`"""
    if found.count >= MOST_COUNTED:
        return str(gettext("%(count)s or more; the latest come first.", count=format_decimal(MOST_COUNTED)))
    number = format_decimal(found.count)
    if clicked.measure in WAITS or clicked.measure == "dropped":
        text = str(ngettext("%(number)s wait", "%(number)s waits", found.count, number=number))
    elif clicked.measure in GIVEN:
        text = str(ngettext("%(number)s gesture", "%(number)s gestures", found.count, number=number))
    else:
        text = str(ngettext("%(number)s ticket", "%(number)s tickets", found.count, number=number))
    if not found.closed_count:
        return text
    closed = ngettext(
        "%(number)s is not shown: its ticket is with another store now.",
        "%(number)s are not shown: their tickets are with another store now.",
        found.closed_count,
        number=format_decimal(found.closed_count),
    )
    return f"{text}. {closed}"


def column_words(clicked: Clicked) -> str:
    """What `at` is."""
    for measures, text in (
        (WAITS, N_("Replied on")),
        (SOLVED | {SOLVED_ALONE}, N_("Solved on")),
        (CAME, N_("Arrived on")),
        (NOW, N_("Waiting since")),
        (GIVEN, N_("Decided on")),
        ({"ticket_asked"}, N_("Asked on")),
    ):
        if clicked.measure in measures:
            return str(gettext(text))
    return str(gettext("Dropped") if clicked.measure == "dropped" else gettext("Answered"))
