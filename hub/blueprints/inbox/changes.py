"""Doors of what the customer does not see: assignee, store, reason, priority; and the page that gathers them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox import words
from hub.blueprints.inbox.base import access, back_to, blueprint, do
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid, NotFound
from hub.inbox import actions, queries
from hub.inbox.queries import TicketView
from hub.inbox.words import Priority
from hub.orders import queries as orders
from hub.reasons import queries as reasons
from hub.staff import queries as staff
from hub.stores import queries as stores


@blueprint.get("/<number>/change")
def change(number: str) -> ResponseReturnValue:
    """Assignee, reason, priority, store, merge, spam: each a form of its own."""
    ticket = access(number)
    back = url_for("inbox.ticket", number=number)
    about = {**_choices(ticket), **_about(ticket)}
    return render_template("inbox/change.html", ticket=ticket, back=back, **about)


def _choices(ticket: TicketView) -> dict[str, list[tuple[Any, str]]]:
    """What each form offers, as (value, words)."""
    mine = queries.list_customer_tickets(ticket.customer_id, viewer()) if ticket.customer_id else []
    people, tongue = staff.list_store_agents(ticket.store_id), str(get_locale())
    return {
        "colleagues": [("", gettext("nobody")), *((row.id, row.name) for row in people)],
        "stores": [("", gettext("central queue")), *((row.id, row.name) for row in stores.list_stores())],
        "reasons": [
            ("", gettext("no reason")),
            *((row.id, row.path(tongue)) for row in reasons.list_reasons()),
        ],
        "priorities": [(each.value, words.priority_words(each)) for each in Priority],
        "others": [(row.number, f"{row.number} · {row.subject}") for row in mine if row.id != ticket.id],
    }


def _about(ticket: TicketView) -> dict[str, Any]:
    """Who takes part, and the orders that may be meant."""
    mine = orders.list_customer_orders(ticket.customer_id) if ticket.customer_id else []
    current = orders.get_orders([ticket.order_id]) if ticket.order_id else {}
    return {
        "parties": queries.list_parties(ticket.id),
        "order_numbers": [row.external_id for row in mine],
        "order_number": next((row.external_id for row in current.values()), ""),
    }


@blueprint.post("/<number>/assign")
def assign(number: str) -> ResponseReturnValue:
    """To `me`, to a colleague by id, or to nobody (empty)."""
    ticket, given = access(number), request.form.get("assignee", "")
    assignee_id = viewer().agent_id if given == "me" else request.form.get("assignee", type=int)

    return do(
        number,
        lambda: actions.assign(
            ticket_id=ticket.id, assignee_id=assignee_id, by=viewer().actor, now=clock.business_now()
        ),
        gettext("Assigned.") if assignee_id else gettext("Nobody is assigned any more."),
    )


@blueprint.post("/<number>/transfer")
def transfer(number: str) -> ResponseReturnValue:
    """To another store, or to the central queue (empty). Each store is charged its own time only."""
    ticket, store_id = access(number), request.form.get("store", type=int)
    try:
        with transaction():
            actions.transfer(
                ticket_id=ticket.id, store_id=store_id, by=viewer().actor, now=clock.business_now()
            )
    except (Conflict, Invalid, NotFound) as error:
        return back_to(number, sentence_of(error), "warn")
    flash(gettext("The ticket has moved."), "ok")
    is_seen = viewer().scope.has_store(store_id)
    return redirect(url_for("inbox.ticket", number=number) if is_seen else url_for("inbox.list_tickets"), 303)


@blueprint.post("/<number>/reason")
def change_reason(number: str) -> ResponseReturnValue:
    ticket, reason_id = access(number), request.form.get("reason", type=int)
    return do(
        number,
        lambda: actions.change_reason(
            ticket_id=ticket.id, reason_id=reason_id, by=viewer().actor, now=clock.business_now()
        ),
        gettext("The reason is noted."),
    )


@blueprint.post("/<number>/priority")
def change_priority(number: str) -> ResponseReturnValue:
    ticket = access(number)
    given = request.form.get("priority", "")
    priority = Priority(given) if given in set(Priority) else ticket.priority
    return do(
        number,
        lambda: actions.change_priority(
            ticket_id=ticket.id, priority=priority, by=viewer().actor, now=clock.business_now()
        ),
        gettext("The priority is noted; it counts from the next wait on."),
    )
