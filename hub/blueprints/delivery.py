"""Doors for who delivers or hands over: look an order up on a phone, see how the customer stands, leave a remark."""

from dataclasses import dataclass
from datetime import timedelta

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
from hub.customers.queries import CustomerRow, get_customer
from hub.customers.rules import LOYAL_DAYS, choose_standing
from hub.inbox import actions as inbox
from hub.inbox.queries import has_open_ticket_on_order
from hub.orders import queries as orders
from hub.orders.queries import OrderRow
from hub.stores.queries import get_store
from hub.surveys.queries import AnswerRow, list_customer_answers
from hub.surveys.words import AnswerState, Choice

blueprint = Blueprint("delivery", __name__)
RATE = "30 per minute"
LONGEST_WORD = 60
NO_ORDER = N_("There is no such order in your stores. Please check the number.")


@dataclass(frozen=True)
class Seen:
    """One order and how its customer stands: the verdict in words first, then three facts."""

    order: OrderRow
    name: str
    verdict: Verdict
    facts: tuple[str, ...]


def by_person() -> str:
    return f"delivery:{viewer().agent_id}"


@blueprint.get("/")
@limiter.limit(RATE, key_func=by_person, exempt_when=lambda: not request.args.get("q"))
def look_up() -> ResponseReturnValue:
    """By order number or loyalty card, within the person's stores. Each look is written to the access log."""
    asked = request.args.get("q", "").strip()[:LONGEST_WORD]
    order = _find(asked) if asked else None
    seen = _see(order) if order else None
    return render_template("delivery/look_up.html", asked=asked, seen=seen), 200 if seen or not asked else 404


@blueprint.post("/<int:order_id>/remark")
@limiter.limit(RATE, key_func=by_person)
def remark(order_id: int) -> ResponseReturnValue:
    """Goes to the store as a note of the order's open ticket, or as a new ticket."""
    order = orders.get_order(order_id)
    if not viewer().scope.has_store(order.store_id):
        raise NotFound(NO_ORDER)
    try:
        with transaction():
            inbox.note_delivery_remark(
                order, text=request.form.get("text", ""), by=viewer().actor, now=clock.business_now()
            )
        flash(gettext("The store has your remark."), "ok")
    except Invalid as error:
        flash(sentence_of(error), "error")
    return redirect(url_for("delivery.look_up", q=order.external_id), 303)


def _find(asked: str) -> OrderRow | None:
    order = orders.find_order_by_external_id(asked)
    if order is None:
        holder = find_card_holder([asked])
        order = orders.find_latest_order(holder.customer_id) if holder else None
    return order if order and viewer().scope.has_store(order.store_id) else None


def _see(order: OrderRow) -> Seen:
    """Composed from the rooms; tells no address, and of the name the title and the last name."""
    with transaction():
        customers.note_view(order.customer_id, by=viewer().actor, now=clock.business_now())
    g.time_zone = get_store(order.store_id).time_zone
    customer = get_customer(order.customer_id)
    answer = _latest_answer(customer.id)
    is_unhappy = answer is not None and answer.choice is Choice.NOT_SATISFIED
    verdict = _verdict(customer, has_ticket=has_open_ticket_on_order(order.id), is_unhappy=is_unhappy)
    return Seen(order, _name(customer), verdict, _facts(order, answer))


def _latest_answer(customer_id: int) -> AnswerRow | None:
    """The latest one that stands."""
    found = list_customer_answers(customer_id)
    return next((row for row in found if row.state is AnswerState.CONFIRMED), None)


def _verdict(customer: CustomerRow, *, has_ticket: bool, is_unhappy: bool) -> Verdict:
    """What matters at the door, worst first."""
    if has_ticket:
        return Verdict(
            gettext("A request about this order is open"),
            gettext("the store is dealing with it"),
            "late",
            "bell-alert",
        )
    if is_unhappy:
        return Verdict(
            gettext("Not satisfied the last time"),
            gettext("take a moment for the customer"),
            "warn",
            "face-frown",
        )
    now = clock.business_now()
    buying = orders.get_buying(customer.id, since=now - timedelta(days=LOYAL_DAYS))
    return verdict_of(choose_standing(buying, now=now), buying, customer.title)


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
