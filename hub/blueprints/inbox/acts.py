"""Doors of what ends a ticket or opens it again: solve, wait, reopen, spam, merge."""

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox.base import access, back_to, blueprint, do
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, HubError, Invalid
from hub.inbox import actions, queries
from hub.reasons import queries as reasons
from hub.reasons.queries import BETWEEN, ReasonRow


@blueprint.get("/<number>/solve")
def choose_reason(number: str) -> ResponseReturnValue:
    """Why did the customer write? Asked once, before the ticket is solved."""
    return _ask_reason(number)


@blueprint.post("/<number>/solve")
def solve(number: str) -> ResponseReturnValue:
    ticket = access(number)
    try:
        with transaction():
            actions.solve(
                ticket_id=ticket.id,
                reason_id=request.form.get("reason", type=int),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Invalid as error:
        return _ask_reason(number, sentence_of(error))
    except Conflict as error:
        return back_to(number, sentence_of(error), "warn")
    return back_to(number, gettext("Solved. It opens again by itself if the customer answers."))


@blueprint.post("/<number>/reopen")
def reopen(number: str) -> ResponseReturnValue:
    ticket = access(number)
    return do(
        number,
        lambda: actions.reopen(ticket_id=ticket.id, by=viewer().actor, now=clock.business_now()),
        gettext("The ticket is open again."),
    )


@blueprint.post("/<number>/pending")
def pending(number: str) -> ResponseReturnValue:
    """We wait for the customer."""
    ticket = access(number)
    return do(
        number,
        lambda: actions.set_pending(ticket_id=ticket.id, by=viewer().actor, now=clock.business_now()),
        gettext("The ticket now waits for the customer."),
    )


@blueprint.post("/<number>/spam")
def mark_spam(number: str) -> ResponseReturnValue:
    ticket = access(number)
    return do(
        number,
        lambda: actions.mark_spam(ticket_id=ticket.id, by=viewer().actor, now=clock.business_now()),
        gettext("Closed as spam. It counts in no figure."),
    )


@blueprint.post("/<number>/merge")
def merge(number: str) -> ResponseReturnValue:
    """Into another ticket of the same customer, which the person may see too."""
    ticket = access(number)
    try:
        target = queries.access_ticket(request.form.get("into", ""), viewer())
        with transaction():
            actions.merge(ticket_id=ticket.id, into_id=target.id, by=viewer().actor, now=clock.business_now())
    except HubError as error:
        return back_to(number, sentence_of(error), "error")
    return back_to(target.number, gettext("Merged: both are read here from now on."))


def _ask_reason(number: str, sentence: str = "") -> ResponseReturnValue:
    ticket = access(number)
    rows = reasons.list_reasons()
    page = render_template(
        "inbox/solve.html",
        ticket=ticket,
        groups=_groups(rows),
        current=next((row for row in rows if row.id == ticket.reason_id), None),
        tongue=str(get_locale()),
        sentence=sentence,
        back=url_for("inbox.ticket", number=number),
    )
    return page, 422 if sentence else 200


def _groups(rows: Sequence[ReasonRow]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Under each top reason the ones that can be chosen, by what they are called below it."""
    tongue = str(get_locale())
    groups: list[tuple[str, list[tuple[int, str]]]] = []
    for row in rows:
        top, _, below = row.path(tongue).partition(BETWEEN)
        if row.depth == 1:
            groups.append((top, []))
        if not row.has_children:
            groups[-1][1].append((row.id, below or top))
    return [(top, found) for top, found in groups if found]
