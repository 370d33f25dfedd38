"""Doors for machines: consents in, and what a customer was sent and not sent. Described at openapi.json."""

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from hub.blueprints.api import blueprint, key_rate, page_size, read_body, viewer_of_key
from hub.blueprints.api_consent_shapes import ConsentBody, shape_message
from hub.blueprints.pages import limiter
from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import transaction
from hub.core.errors import Forbidden, NotFound
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.customers import queries as customers
from hub.customers.telling import ToldConsent, take_consent
from hub.outbox.blocked import page_customer_messages
from hub.staff.words import ApiScope, Permission

WAYS = {"take_told_consent": ApiScope.CONSENTS_WRITE, "list_customer_messages": ApiScope.CUSTOMERS_READ}
NO_CUSTOMER = N_("No customer has this id or address. Please check it.")


@blueprint.post("/consents")
@limiter.limit("6000/minute", key_func=key_rate)
def take_told_consent() -> ResponseReturnValue:
    """A consent given or withdrawn elsewhere, with its proof. Idempotent; a yes without proof is refused with 422."""
    told = ToldConsent(**dict(read_body(ConsentBody)))
    with transaction():
        taken = take_consent(told, by=_actor(), now=clock.business_now())
    found = {
        "id": taken.entry_id,
        "address": taken.address,
        "state": taken.state.value if taken.state else None,
        "is_blocked": taken.is_blocked,
    }
    return jsonify(consent=found), 201


@blueprint.get("/customers/<who>/messages")
@limiter.limit("1200/minute", key_func=key_rate)
def list_customer_messages(who: str) -> ResponseReturnValue:
    """What a customer (id or address) was sent, and what not and why, newest first; `after` is `next`."""
    if not viewer_of_key().may(Permission.READ_CUSTOMERS):
        raise Forbidden(N_("The person of this key does not see customers. Please use another key."))
    page = page_customer_messages(_customer_id(who), request.args.get("after"), size=page_size())
    return jsonify(messages=[shape_message(row) for row in page.rows], next=page.next_key)


def _actor() -> Actor:
    return Actor(ActorKind.API_KEY, agent_id=g.api_key.agent_id, api_key_id=g.api_key.id, name=g.api_key.name)


def _customer_id(who: str) -> int:
    customer_id = read_id(who)
    if customer_id is not None:
        return customers.get_customer(customer_id).id
    found = customers.find_customer_by_address(who)
    if found is None:
        raise NotFound(NO_CUSTOMER)
    return found.id
