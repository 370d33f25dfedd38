"""The inbox's blueprint and what its doors share: who looks, at what time, in which store's time zone."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.inbox import queries
from hub.inbox.queries import TicketView

blueprint = Blueprint("inbox", __name__)


def access(number: str, *, as_expert: bool = False) -> TicketView:
    """The ticket if the person may see it; the page then speaks in the time of its store. Raises NotFound.

    `as_expert`: also a ticket of another store that the person is asked about, for reading and answering it.
    """
    ticket = queries.access_ticket(number, viewer(), as_expert=as_expert)
    if ticket.time_zone:
        g.time_zone = ticket.time_zone
    return ticket


def back_to(number: str, sentence: str = "", kind: str = "ok", **asked: Any) -> ResponseReturnValue:
    """The ticket again, with what was done said once; `asked` goes into its address."""
    if sentence:
        flash(sentence, kind)
    return redirect(url_for("inbox.ticket", number=number, **asked), 303)


def do(number: str, act: Callable[[], None], done: str) -> ResponseReturnValue:
    """One change, then the ticket again: with what was done, or with why not."""
    try:
        with transaction():
            act()
    except (Conflict, Invalid) as error:
        return back_to(number, sentence_of(error), "warn")
    return back_to(number, done)
