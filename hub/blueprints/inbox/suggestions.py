"""Door of what may be inserted into a reply: standard replies with their variables filled, and articles."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.htmx import wants_fragment
from hub.blueprints.inbox.base import access, blueprint
from hub.blueprints.inbox.reply_acts import channel_of, may_change, offered_acts
from hub.content.phrases import salutation
from hub.core.words import Channel
from hub.customers import queries as customers
from hub.customers.rules import show_phone
from hub.inbox import queries
from hub.inbox.queries import TicketView
from hub.inbox.words import MessageKind
from hub.knowledge import queries as knowledge
from hub.knowledge.replies import fill_row
from hub.knowledge.rows import ArticleHit, Filled, ReplyRow
from hub.knowledge.scoping import NO_STORE, ArticleFilter
from hub.knowledge.words import SearchPlace
from hub.orders import queries as orders
from hub.stores import queries as stores

MOST_REPLIES, MOST_ARTICLES = 30, 4


@blueprint.get("/<number>/suggestions")
def suggestions(number: str) -> ResponseReturnValue:
    """For the dialog of the composer; as a page of its own, each text goes into the draft by a button."""
    ticket, search = access(number, as_expert=True), request.args.get("q", "").strip()
    found, articles = _found(ticket, search) if search else _suggested(ticket)
    replies = [row for row in found if not row.acts.pool_id or may_change(ticket)]
    page = "inbox/_suggestions.html" if wants_fragment() else "inbox/suggestions.html"
    return render_template(
        page,
        ticket=ticket,
        search=search,
        replies=_filled(ticket, replies),
        acts=offered_acts(ticket, replies[:MOST_REPLIES]),
        articles=articles,
    )


def _found(ticket: TicketView, search: str) -> tuple[Sequence[ReplyRow], Sequence[ArticleHit]]:
    """What was typed; replies of the ticket's reason first."""
    return (
        _replies(ticket, channel_of(ticket), search),
        knowledge.search_articles(
            search, ticket.language, SearchPlace.TICKET, MOST_ARTICLES, narrowed=_of_store(ticket)
        ),
    )


def _suggested(ticket: TicketView) -> tuple[Sequence[ReplyRow], Sequence[ArticleHit]]:
    """What fits the customer's words and the reason best; the other replies follow."""
    channel = channel_of(ticket)
    found = knowledge.suggest(
        _latest_words(ticket), ticket.reason_id, ticket.language, ticket.store_id, channel
    )
    rows = _replies(ticket, channel)
    first = {row.id for row in found.replies}
    return [*found.replies, *(row for row in rows if row.id not in first)], found.articles


def _replies(ticket: TicketView, channel: Channel, search: str = "") -> list[ReplyRow]:
    return knowledge.list_standard_replies(
        ticket.reason_id, ticket.language, ticket.store_id, search, channel=channel
    )


def _of_store(ticket: TicketView) -> ArticleFilter:
    """What is true in other stores only is not offered."""
    return ArticleFilter(store_id=ticket.store_id or NO_STORE)


def _filled(ticket: TicketView, rows: Sequence[ReplyRow]) -> list[Filled]:
    values = variable_values(ticket)
    return [fill_row(row, values) for row in rows[:MOST_REPLIES]]


def _latest_words(ticket: TicketView) -> str:
    for message in reversed(queries.list_thread(ticket.id)):
        if message.kind is MessageKind.CUSTOMER and message.text:
            return f"{ticket.subject} {message.text}"
    return ticket.subject


def variable_values(ticket: TicketView) -> dict[str, str]:
    """What the variables of a standard reply say here; what is not known is left to be completed."""
    values = {"agent.name": viewer().name, "customer.name": ticket.requester_name}
    if ticket.customer_id:
        row = customers.get_customer(ticket.customer_id)
        values["customer.salutation"] = salutation(row.title, row.first_name, row.last_name, ticket.language)
    if ticket.order_id:
        values["order.number"] = orders.get_order(ticket.order_id).external_id
    if ticket.store_id:
        store = stores.get_store(ticket.store_id)
        values |= {"store.name": store.name, "store.phone": show_phone(store.phone) if store.phone else ""}
    return values
