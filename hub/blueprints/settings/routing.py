"""Settings: in which order the sources are asked for the store of a ticket."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.settings.base import blueprint, refused, saved
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.inbox import actions, queries
from hub.inbox.words import RouteSource

SOURCES: dict[RouteSource, tuple[str, str]] = {
    RouteSource.ORDER_NUMBER: (N_("Order number in the message"), N_("The store of that order.")),
    RouteSource.STORE_ADDRESS: (N_("Address written to"), N_("The store whose own mailbox was used.")),
    RouteSource.STORE_NUMBER: (N_("Number written to"), N_("The store whose phone number was used.")),
    RouteSource.STORE_FORM: (N_("Store chosen in the form"), N_("The store the customer chose.")),
    RouteSource.RECENT_ORDER: (N_("Recent order"), N_("The store of the customer's latest order.")),
    RouteSource.LOYALTY_CARD: (
        N_("Loyalty card"),
        N_("The store of the holder of the card that the message names."),
    ),
    RouteSource.PREFERRED_STORE: (N_("Preferred store"), N_("The store on the customer card.")),
    RouteSource.POSTCODE: (N_("Post code"), N_("The only store near the customer.")),
    RouteSource.STORE_NAME: (N_("Store name in the message"), N_("The store the customer writes about.")),
}


@blueprint.get("/routing")
def routing() -> ResponseReturnValue:
    rows = [
        {"source": source, "name": gettext(name), "what": gettext(what)}
        for source in queries.list_routing_order()
        for name, what in (SOURCES[source],)
    ]
    return render_template("settings/routing.html", rows=rows)


@blueprint.post("/routing/move")
def move_source() -> ResponseReturnValue:
    """One place up or down; the list is sent with it, so that two people cannot mix their orders."""
    sources = request.form.getlist("source")
    order = _moved(sources, request.form.get("up"), request.form.get("down"))
    known = [RouteSource(source) for source in order if source in set(RouteSource)]
    try:
        with transaction():
            actions.change_routing_order(known, by=viewer().actor, now=clock.business_now())
    except Invalid as error:
        return refused(error, "routing")
    return saved("routing")


def _moved(sources: list[str], up: str | None, down: str | None) -> list[str]:
    """The list with one of its members a place earlier or later; the ends stay ends."""
    chosen = up or down
    if chosen not in sources:
        return sources
    place = sources.index(chosen)
    other = max(0, place - 1) if up else min(len(sources) - 1, place + 1)
    sources[place], sources[other] = sources[other], sources[place]
    return sources
