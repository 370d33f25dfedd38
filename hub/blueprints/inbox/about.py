"""Doors of what a ticket is about: tags, its order, who asks, who gets copies, who follows it."""

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox.base import access, back_to, blueprint, do
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import HubError
from hub.customers import queries as customers
from hub.inbox import actions, queries
from hub.staff.words import Permission


@blueprint.post("/<number>/tag")
def tag(number: str) -> ResponseReturnValue:
    """Put a tag on the ticket; a new one joins the chain's list where people may make them."""
    ticket, me = access(number), viewer()
    try:
        with transaction():
            actions.add_tag(
                ticket_id=ticket.id,
                name=request.form.get("tag", ""),
                by=me.actor,
                now=clock.business_now(),
                may_make=me.may(Permission.EDIT_ROUTING) or queries.may_make_tags(),
            )
    except HubError as error:
        return back_to(number, sentence_of(error), "warn")
    return back_to(number)


@blueprint.get("/tags")
def known_tags() -> ResponseReturnValue:
    """The chain's tags, for the field's suggestions."""
    return jsonify([row.name for row in queries.list_tags()])


@blueprint.post("/<number>/untag")
def untag(number: str) -> ResponseReturnValue:
    ticket, tag_id = access(number), request.form.get("tag_id", type=int, default=0)
    with transaction():
        actions.remove_tag(ticket_id=ticket.id, tag_id=tag_id, by=viewer().actor, now=clock.business_now())
    return back_to(number)


@blueprint.post("/<number>/order")
def change_order(number: str) -> ResponseReturnValue:
    ticket, wanted = access(number), request.form.get("order", "")
    return do(
        number,
        lambda: actions.change_order(
            ticket_id=ticket.id, order_number=wanted, by=viewer().actor, now=clock.business_now()
        ),
        gettext("The order is noted.")
        if wanted.strip()
        else gettext("The ticket is about no order any more."),
    )


@blueprint.get("/<number>/requester")
def choose_requester(number: str) -> ResponseReturnValue:
    """Whose ticket is it? A search among the customers."""
    ticket, search = access(number), request.args.get("q", "").strip()
    return render_template(
        "inbox/requester.html",
        ticket=ticket,
        search=search,
        found=customers.list_customers(search, size=12).rows if search else [],
        back=url_for("inbox.change", number=number),
    )


@blueprint.post("/<number>/requester")
def change_requester(number: str) -> ResponseReturnValue:
    ticket, customer_id = access(number), request.form.get("customer", type=int, default=0)
    try:
        with transaction():
            actions.change_requester(
                ticket_id=ticket.id, customer_id=customer_id, by=viewer().actor, now=clock.business_now()
            )
    except HubError as error:
        return back_to(number, sentence_of(error), "warn")
    return back_to(number, gettext("The ticket belongs to this customer now, and is answered there."))


@blueprint.post("/<number>/copy")
def add_copy(number: str) -> ResponseReturnValue:
    ticket, form = access(number), request.form
    return do(
        number,
        lambda: _copy(ticket.id, form.get("address", ""), form.get("name", "")),
        gettext("This address gets a copy of each reply."),
    )


def _copy(ticket_id: int, address: str, name: str) -> None:
    actions.add_copy(
        ticket_id=ticket_id, address=address, name=name, by=viewer().actor, now=clock.business_now()
    )


@blueprint.post("/<number>/party/remove")
def remove_party(number: str) -> ResponseReturnValue:
    ticket, party_id = access(number), request.form.get("party_id", type=int, default=0)
    return do(
        number,
        lambda: actions.remove_party(
            ticket_id=ticket.id, party_id=party_id, by=viewer().actor, now=clock.business_now()
        ),
        gettext("This address takes no part any more."),
    )


@blueprint.post("/<number>/follow")
def follow(number: str) -> ResponseReturnValue:
    """Follow the ticket, or no longer (is_on=0)."""
    ticket, is_on = access(number), request.form.get("is_on") != "0"
    with transaction():
        if is_on:
            actions.follow(ticket_id=ticket.id, by=viewer().actor, now=clock.business_now())
        else:
            actions.unfollow(ticket_id=ticket.id, by=viewer().actor)
    return redirect(url_for("inbox.ticket", number=number), 303)
