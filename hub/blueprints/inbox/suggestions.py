"""Door of what a reply may be made of: articles and standard replies for this ticket, filled with its values."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.htmx import wants_fragment
from hub.blueprints.inbox.base import access, blueprint
from hub.content.phrases import salutation
from hub.core import site
from hub.core.words import Language
from hub.customers import queries as customers
from hub.customers.rules import show_phone
from hub.inbox import queries
from hub.inbox.queries import TicketView
from hub.inbox.words import MessageKind
from hub.knowledge import queries as knowledge
from hub.knowledge.replies import fill_row
from hub.knowledge.rows import ArticleHit, Filled, ReplyRow
from hub.knowledge.words import ArticleState, SearchPlace
from hub.orders import queries as orders
from hub.stores import queries as stores

LISTED = 20
READ_ON = {Language.FRENCH: "Pour en savoir plus :", Language.ENGLISH: "To read more:"}


@dataclass(frozen=True)
class Insertable:
    """A text for the composer. `href` inserts it without script; `note` says what a person must still complete."""

    name: str
    id: int
    title: str
    text: str
    href: str
    missing: tuple[str, ...] = ()
    page: str = ""


@blueprint.get("/<number>/suggestions")
def suggestions(number: str) -> ResponseReturnValue:
    """Three articles and three standard replies for what the customer wrote; with words, what they find."""
    ticket, words = access(number), request.args.get("q", "").strip()
    articles, replies = _search(ticket, words) if words else _suggest(ticket)
    values = values_of(ticket)
    page = "inbox/_suggestions.html" if wants_fragment() else "inbox/suggestions.html"
    return render_template(
        page,
        ticket=ticket,
        words=words,
        articles=[insertable_article(row, number) for row in articles],
        replies=[_insertable_reply(fill_row(row, values), number) for row in replies],
    )


def values_of(ticket: TicketView) -> Mapping[str, str]:
    """What the variables of a standard reply stand for in this ticket; an unknown value is left away."""
    customer = customers.get_customer(ticket.customer_id) if ticket.customer_id else None
    order = orders.get_order(ticket.order_id) if ticket.order_id else None
    store = stores.get_store(ticket.store_id) if ticket.store_id else None
    title, first, last = (
        (customer.title, customer.first_name, customer.last_name) if customer else (None, "", "")
    )
    return {
        "customer.salutation": salutation(title, first, last, ticket.language),
        "customer.name": customer.name if customer else ticket.requester_name,
        "order.number": order.external_id if order else "",
        "store.name": store.name if store else "",
        "store.phone": show_phone(store.phone) if store and store.phone else "",
        "agent.name": viewer().name,
    }


def inserted_text(ticket: TicketView, kind: str, chosen_id: int) -> Filled | None:
    """What `?insert=<id>` or `?article=<id>` puts into the composer."""
    if kind == "reply":
        return knowledge.fill_standard_reply(chosen_id, values_of(ticket), ticket.store_id)
    found = knowledge.find_published(chosen_id)
    return Filled(found.id, found.title, article_text(found), ()) if found else None


def insertable_article(row: ArticleHit, number: str) -> Insertable:
    """Only published articles may go to a customer; the others are for reading."""
    is_public = row.state is ArticleState.PUBLISHED
    return Insertable(
        "article_id",
        row.id,
        row.title,
        article_text(row) if is_public else "",
        url_for("inbox.ticket", number=number, article=row.id) + "#reply" if is_public else "",
        page=url_for("knowledge.show_article", key=row.key),
    )


def article_text(row: ArticleHit) -> str:
    """The article word for word, and where it stands."""
    address = site.base_url() + url_for("help_centre.article", key=row.key)
    return f"{row.text}\n\n{READ_ON[row.language]} {address}"


def _insertable_reply(filled: Filled, number: str) -> Insertable:
    href = url_for("inbox.ticket", number=number, insert=filled.id) + "#reply"
    return Insertable("standard_reply_id", filled.id, filled.title, filled.text, href, filled.missing)


def _search(ticket: TicketView, words: str) -> tuple[list[ArticleHit], list[ReplyRow]]:
    replies = knowledge.list_standard_replies(
        ticket.reason_id, ticket.language, ticket.store_id, "" if words == "/" else words
    )
    return knowledge.search_articles(words, ticket.language, SearchPlace.TICKET, 5), replies[:LISTED]


def _suggest(ticket: TicketView) -> tuple[list[ArticleHit], list[ReplyRow]]:
    said = [row for row in queries.list_thread(ticket.id) if row.kind is MessageKind.CUSTOMER]
    text = f"{ticket.subject} {said[-1].text if said else ''}"
    found = knowledge.suggest(text, ticket.reason_id, ticket.language, ticket.store_id)
    return list(found.articles), list(found.replies)
