"""Doors for machines: products, baskets, visits, returns and files of the tills. Described at openapi.json."""

from collections.abc import Sequence
from typing import Any

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints import api_behaviour_shapes as shapes
from hub.blueprints.api import blueprint, key_rate, read_body, read_json
from hub.blueprints.api_shapes import order as order_shape
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.orders.behaviour import baskets, visits
from hub.orders.products.actions import put_products
from hub.orders.returns import take_return
from hub.orders.rows import FieldError
from hub.orders.till_files import actions as till_files
from hub.orders.till_files import queries as till_queries
from hub.orders.words import EventOutcome
from hub.staff.words import ApiScope

WAYS = {
    "put_products": ApiScope.ORDERS_WRITE,
    "take_basket": ApiScope.BEHAVIOUR_WRITE,
    "take_visits": ApiScope.BEHAVIOUR_WRITE,
    "take_return": ApiScope.ORDERS_WRITE,
    "take_till_file": ApiScope.ORDERS_WRITE,
    "show_till_file": ApiScope.ORDERS_WRITE,
}


@blueprint.put("/products", endpoint="put_products")
@limiter.limit("600/minute", key_func=key_rate)
def products() -> ResponseReturnValue:
    """By sku; one that cannot be kept is refused for itself."""
    body = read_body(shapes.ProductsBody)
    with transaction():
        taken = put_products([each.details() for each in body.products], now=clock.business_now())
    return jsonify(shapes.products_shape(taken))


@blueprint.post("/baskets")
@limiter.limit("6000/minute", key_func=key_rate)
def take_basket() -> ResponseReturnValue:
    """Idempotent, out-of-order safe."""
    with transaction():
        taken = baskets.take_basket(read_json(), source=_source(), now=clock.business_now())
    if taken.outcome is EventOutcome.REFUSED or taken.basket is None:
        return _refused(taken.errors)
    return jsonify(outcome=taken.outcome.value, basket=shapes.basket_shape(taken.basket))


@blueprint.post("/visits")
@limiter.limit("1200/minute", key_func=key_rate)
def take_visits() -> ResponseReturnValue:
    """Each visit once, however often it is told; one that is refused stops no other."""
    body = read_json()
    given = body.get("visits")
    if set(body) != {"visits"} or not isinstance(given, list) or len(given) > visits.MOST:
        raise Invalid(N_("Please give visits, a list of at most 500."), field="visits")
    with transaction():
        taken = visits.take_visits(given, source=_source(), now=clock.business_now())
    return jsonify(shapes.visits_shape(taken))


@blueprint.post("/returns", endpoint="take_return")
@limiter.limit("1200/minute", key_func=key_rate)
def returns() -> ResponseReturnValue:
    """Idempotent; set off against the order, now or when it comes."""
    with transaction():
        taken = take_return(read_json(), source=_source(), now=clock.business_now())
    if taken.outcome is EventOutcome.REFUSED:
        return _refused(taken.errors)
    order = order_shape(taken.order) if taken.order else None
    return jsonify({"outcome": taken.outcome.value, "return": shapes.return_shape(taken), "order": order})


@blueprint.post("/till-files")
@limiter.limit("60/minute", key_func=key_rate)
def take_till_file() -> ResponseReturnValue:
    """`file` of a multipart form; columns by the chain's choice, else by their headings. The same file is one."""
    given: Any = request.files.get("file")
    if given is None:
        raise Invalid(N_("Please send the file as the field file of a multipart form."), field="file")
    by = Actor(ActorKind.API_KEY, agent_id=g.api_key.agent_id, api_key_id=g.api_key.id)
    with transaction():
        file_id = till_files.drop_file(
            given.filename or "till.csv", given.stream, source=_source(), by=by, now=clock.business_now()
        )
    return jsonify(till_file=shapes.till_file_shape(till_queries.get_file(file_id))), 201


@blueprint.get("/till-files/<int:file_id>")
@limiter.limit("1200/minute", key_func=key_rate)
def show_till_file(file_id: int) -> ResponseReturnValue:
    return jsonify(till_file=shapes.till_file_shape(till_queries.get_file(file_id)))


def _source() -> str:
    return f"api:{g.api_key.id}"


def _refused(errors: Sequence[FieldError]) -> ResponseReturnValue:
    fields = shapes.fields_of(errors)
    sentence = gettext("Nothing was kept. Please correct the fields named, then send it again.")
    return jsonify(error={"code": "invalid", "message": sentence, "fields": fields}), 422
