"""Doors for who delivers or hands over: look an order up on a phone, see how the customer stands, leave a remark."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints.access import viewer
from hub.blueprints.customer_words import Verdict, state_words, verdict_of
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox.words import score_words
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.customers import actions as customers
from hub.customers.card_holders import find_card_holder
from hub.customers.queries import CustomerRow, get_customer, get_customers
from hub.customers.rules import choose_standing
from hub.inbox import actions as inbox
from hub.inbox.queries import has_open_ticket_on_order
from hub.orders import queries as orders
from hub.orders.naming import list_order_ids_by_name
from hub.orders.queries import OrderRow
from hub.outbox.queries import has_hold
from hub.segments.values.defining import get_borders
from hub.stores.queries import get_store
from hub.surveys.queries import AnswerRow, list_customer_answers
from hub.surveys.words import AnswerState, Choice

blueprint = Blueprint("delivery", __name__)
RATE = "30 per minute"
LONGEST_WORD = 60
MOST_ORDERS = 10
RECENT = timedelta(days=120)
"""By a name only orders that may still be in somebody's hands are found."""
GRIEVANCE = "grievance"
"""Why the inbox holds promotion back while a complaint is open."""
NO_ORDER = N_("There is no such order in your stores. Please check the number or the name.")


@dataclass(frozen=True)
class Seen:
    """One order and how its customer stands: the verdict in words first, then new or loyal, then three facts."""

    order: OrderRow
    name: str
    verdict: Verdict
    standing: str
    facts: tuple[str, ...]


def by_person() -> str:
    return f"delivery:{viewer().agent_id}"


@blueprint.get("/")
@limiter.limit(RATE, key_func=by_person, exempt_when=lambda: not request.args.get("q"))
def look_up() -> ResponseReturnValue:
    """By order number, loyalty card or name, within the person's stores. Each look is written to the access log.

    Several orders there are listed: who delivers chooses the one in hand.
    """
    asked = request.args.get("q", "").strip()[:LONGEST_WORD]
    found = _find(asked) if asked else []
    values = {"seen": _see(found[0])} if len(found) == 1 else {"lines": [], **_listed(found)}
    page = render_template("delivery/look_up.html", asked=asked, key=secrets.token_hex(8), **values)
    return page, 200 if found or not asked else 404


@blueprint.post("/<int:order_id>/remark")
@limiter.limit(RATE, key_func=by_person)
def remark(order_id: int) -> ResponseReturnValue:
    """Goes to the store as a note of the order's open ticket, or as a new ticket."""
    order = orders.get_order(order_id)
    if not viewer().scope.has_store(order.store_id):
        raise NotFound(NO_ORDER)
    text, key = request.form.get("text", ""), request.form.get("key", "")[:LONGEST_WORD] or None
    try:
        with transaction():
            inbox.note_delivery_remark(order, text=text, key=key, by=viewer().actor, now=clock.business_now())
        flash(gettext("The store has your remark."), "ok")
    except Invalid as error:
        flash(sentence_of(error), "error")
    return redirect(url_for("delivery.look_up", q=order.external_id), 303)


def _find(asked: str) -> list[OrderRow]:
    """The order of that number, else the orders of who holds that card, else the latest of whoever has that name.

    Of what the person may see alone.
    """
    scope = viewer().scope
    order = orders.find_order_by_external_id(asked) or _find_in_capitals(asked)
    if order is not None:
        return [order] if scope.has_store(order.store_id) else []
    holder = find_card_holder([asked])
    store_ids = None if scope.is_everything else scope.store_ids
    if holder is not None:
        return orders.list_customer_orders(holder.customer_id, MOST_ORDERS, store_ids=store_ids)
    since = clock.business_now() - RECENT
    ids = list_order_ids_by_name(asked, since=since, store_ids=store_ids, limit=MOST_ORDERS)
    rows = orders.get_orders(ids)
    return [rows[order_id] for order_id in ids]


def _find_in_capitals(asked: str) -> OrderRow | None:
    """A phone types `cmd-1` where the paper says `CMD-1`."""
    return orders.find_order_by_external_id(asked.upper()) if asked != asked.upper() else None


def _listed(found: list[OrderRow]) -> dict[str, Any]:
    """The lines of a list; whoever is named on it was looked at."""
    if not found:
        return {}
    _note_views(found)
    people = get_customers({order.customer_id for order in found})
    lines = [
        {
            "number": order.external_id,
            "name": _name(people[order.customer_id]) if order.customer_id in people else "",
            "state": state_words(order.state)[0],
            "at": order.delivered_at or order.placed_at,
        }
        for order in found
    ]
    return {"lines": lines, "is_one_person": len(people) == 1}


def _note_views(found: list[OrderRow]) -> None:
    """Each customer once; times are shown where the first order is."""
    with transaction():
        for customer_id in sorted({order.customer_id for order in found}):
            customers.note_view(customer_id, by=viewer().actor, now=clock.business_now())
    g.time_zone = get_store(found[0].store_id).time_zone


def _see(order: OrderRow) -> Seen:
    """Composed from the rooms; tells no address, and of the name the title and the last name."""
    _note_views([order])
    customer = get_customer(order.customer_id)
    answer = _latest_answer(customer.id)
    standing = _standing(customer)
    trouble = _trouble(
        has_ticket=has_open_ticket_on_order(order.id),
        has_grievance=has_hold(customer.id, GRIEVANCE),
        answer=answer,
    )
    return Seen(order, _name(customer), trouble or standing, standing.words, _facts(order, answer))


def _latest_answer(customer_id: int) -> AnswerRow | None:
    """The latest one that stands."""
    found = list_customer_answers(customer_id)
    return next((row for row in found if row.state is AnswerState.CONFIRMED), None)


def _trouble(*, has_ticket: bool, has_grievance: bool, answer: AnswerRow | None) -> Verdict | None:
    """What matters at the door before anything else, worst first."""
    if has_ticket:
        return Verdict(
            gettext("A request about this order is open"),
            gettext("the store is dealing with it"),
            "late",
            "bell-alert",
        )
    if has_grievance:
        return Verdict(
            gettext("A complaint of this customer is open"),
            gettext("about another order or another matter"),
            "late",
            "bell-alert",
        )
    if answer is not None and answer.choice is Choice.NOT_SATISFIED:
        return Verdict(
            gettext("Not satisfied the last time"),
            gettext("take a moment for the customer"),
            "warn",
            "face-frown",
        )
    return None


def _standing(customer: CustomerRow) -> Verdict:
    """New or loyal."""
    borders = get_borders(now=clock.business_now())
    buying = orders.get_buying(customer.id, since=borders.year_after)
    return verdict_of(choose_standing(buying, borders), buying, customer.title)


def _facts(order: OrderRow, answer: AnswerRow | None) -> tuple[str, ...]:
    """The state of the order, how many there were, the latest answer."""
    count = orders.count_orders(order.customer_id)
    return (
        gettext("this order: %(state)s", state=state_words(order.state)[0]),
        ngettext("%(num)s order in all", "%(num)s orders in all", count),
        gettext(
            "last answer: %(words)s", words=score_words(answer.score) if answer else gettext("no answer yet")
        ),
    )


def _name(customer: CustomerRow) -> str:
    title = {"madam": gettext("Ms"), "sir": gettext("Mr")}.get(
        customer.title.value if customer.title else "", ""
    )
    return " ".join(filter(None, (title, customer.last_name or customer.company or customer.name)))
