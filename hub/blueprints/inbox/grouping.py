"""Doors of what tickets are made of: split messages off, take a merged ticket out again."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox.base import access, back_to, blueprint, do
from hub.blueprints.inbox.happenings import Names
from hub.blueprints.inbox.rows import thread_lines
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.inbox import actions, queries
from hub.inbox.actions import MOVING


@blueprint.post("/<number>/unmerge")
def unmerge(number: str) -> ResponseReturnValue:
    """Take a merged ticket out of the joint one, which the person sees too; its page again."""
    ticket = access(number)
    if ticket.merged_into_number:
        access(ticket.merged_into_number)
    return do(
        number,
        lambda: actions.unmerge(ticket_id=ticket.id, by=viewer().actor, now=clock.business_now()),
        gettext("Taken apart: this ticket stands by itself again, as it was."),
    )


@blueprint.get("/<number>/split")
def choose_messages(number: str) -> ResponseReturnValue:
    """Which messages are another matter?"""
    return _ask_messages(number)


@blueprint.post("/<number>/split")
def split(number: str) -> ResponseReturnValue:
    ticket = access(number)
    try:
        with transaction():
            made = actions.split(
                ticket_id=ticket.id,
                message_ids=request.form.getlist("messages", type=int),
                subject=request.form.get("subject", ""),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Invalid as error:
        return _ask_messages(number, sentence_of(error))
    except Conflict as error:
        return back_to(number, sentence_of(error), "warn")
    return back_to(made.number, gettext("Split off: these messages have a ticket of their own now."))


def _ask_messages(number: str, sentence: str = "") -> ResponseReturnValue:
    ticket = access(number)
    own = [row for row in queries.list_thread(ticket.id) if row.ticket_id == ticket.id and row.kind in MOVING]
    page = render_template(
        "inbox/split.html",
        ticket=ticket,
        lines=thread_lines(own, [], {}, Names()),
        chosen=set(request.form.getlist("messages", type=int)),
        subject=request.form.get("subject", ""),
        sentence=sentence,
        back=url_for("inbox.ticket", number=number),
    )
    return page, 422 if sentence else 200
