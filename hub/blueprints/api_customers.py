"""Doors for machines: customers found, added and corrected. Described at openapi.json."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from hub.blueprints.api import (
    blueprint,
    check_query,
    key_rate,
    page_size,
    read_body,
    store_id_of,
    viewer_of_key,
)
from hub.blueprints.api_customers_shapes import CustomerBody, CustomerPatch, CustomersBody
from hub.blueprints.api_ticket_shapes import details_of
from hub.blueprints.errors import sentence_of
from hub.blueprints.meant import suggestions_of
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import transaction
from hub.core.errors import Conflict, Forbidden, NotFound, Stale
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.customers import looking, queries
from hub.customers.actions import CustomerEdit, edit_customer, lock_customer
from hub.customers.properties import get_properties, set_properties
from hub.customers.queries import CustomerRow
from hub.customers.upserting import Upserted, upsert_customer, upsert_customers
from hub.staff.words import ApiScope, Permission
from hub.stores.queries import get_stores

WAYS = {
    "list_customers": ApiScope.CUSTOMERS_READ,
    "show_customer": ApiScope.CUSTOMERS_READ,
    "add_customer": ApiScope.CUSTOMERS_WRITE,
    "add_customers": ApiScope.CUSTOMERS_WRITE,
    "change_customer": ApiScope.CUSTOMERS_WRITE,
}
NO_CUSTOMER = N_("No customer has this id or address. Please check it.")
LOYALTY_CARD = "loyalty_card"
BIGINT_DIGITS = 19


@blueprint.get("/customers")
@limiter.limit("1200/minute", key_func=key_rate)
def list_customers() -> ResponseReturnValue:
    """By name. `q`: words, a mail address, a phone or a card; `email`, `phone`, `loyalty_card`, `external_id`
    (`system:id`) name one exactly.
    """
    _check(Permission.READ_CUSTOMERS)
    check_query("q", *EXACTLY)
    found = _asked_for()
    if found is not None:
        return jsonify(customers=customer_shapes(found), next=None)
    page = queries.list_customers(request.args.get("q", ""), request.args.get("after"), page_size())
    return jsonify(customers=customer_shapes(page.rows), next=page.next_key)


@blueprint.get("/customers/<who>")
@limiter.limit("1200/minute", key_func=key_rate)
def show_customer(who: str) -> ResponseReturnValue:
    """`who`: id, mail address, phone number, or `system:id` of another system."""
    _check(Permission.READ_CUSTOMERS)
    return _answer(find_by_any(who), 200)


@blueprint.post("/customers")
@limiter.limit("600/minute", key_func=key_rate)
def add_customer() -> ResponseReturnValue:
    """Found by mail, card, id of another system or phone, else made; 201 when made, 200 when found.

    409 when two of these ids name two customers: nothing is changed then.
    """
    body = read_body(CustomerBody)
    _check(Permission.ANSWER_TICKETS)
    store_id = store_id_of(body.store) if body.store else None
    with transaction():
        found = upsert_customer(
            details_of(body, store_id=store_id, birth_on=body.birth_on),
            properties=body.properties,
            by=_actor(),
            now=clock.business_now(),
        )
    status = 201 if found.is_new else 200
    return _answer(queries.get_customer(found.customer_id), status, meant=suggestions_of(body))


@blueprint.post("/customers/batch")
@limiter.limit("600/minute", key_func=key_rate)
def add_customers() -> ResponseReturnValue:
    """The same for up to 500, each for itself: what became of each stands at its place in the answer."""
    people = read_body(CustomersBody).customers
    _check(Permission.ANSWER_TICKETS)
    codes = {body.store for body in people if body.store}
    stores = {code: store_id_of(code) for code in sorted(codes)}
    details = [
        details_of(body, store_id=stores.get(body.store or ""), birth_on=body.birth_on) for body in people
    ]
    with transaction():
        done = upsert_customers(
            details,
            properties=[body.properties for body in people],
            by=_actor(),
            now=clock.business_now(),
        )
    return jsonify(customers=[_outcome(each) for each in done])


@blueprint.patch("/customers/<who>")
@limiter.limit("600/minute", key_func=key_rate)
def change_customer(who: str) -> ResponseReturnValue:
    """Correct a customer; `If-Match` with the ETag that was read keeps from overwriting what others corrected."""
    patch = read_body(CustomerPatch)
    _check(Permission.ANSWER_TICKETS)
    row = find_by_any(who)
    with transaction():
        lock_customer(row.id)
        fresh = queries.get_customer(row.id)
        _check_match(fresh)
        edit_customer(
            row.id, _edit_of(fresh, patch), ids=_ids_of(patch), by=_actor(), now=clock.business_now()
        )
        if patch.properties:
            set_properties(row.id, patch.properties, by=_actor(), now=clock.business_now())
    return _answer(queries.get_customer(row.id), 200, meant=suggestions_of(patch))


def find_by_any(who: str) -> CustomerRow:
    """Raises NotFound."""
    if who.isascii() and who.isdigit() and len(who) < BIGINT_DIGITS and not who.startswith("0"):
        return queries.get_customer(int(who))
    found = _find_elsewhere(who) or queries.find_customer_by_address(who)
    if found is None:
        raise NotFound(NO_CUSTOMER)
    return found


def _outcome(done: Upserted) -> dict[str, Any]:
    """What became of one of a batch."""
    error = done.error
    if error is None:
        return {"outcome": "made" if done.is_new else "known", "id": done.customer_id, "error": None}
    said = {"code": error.code, "message": sentence_of(error), "field": error.field or ""}
    return {"outcome": "conflict" if isinstance(error, Conflict) else "refused", "id": None, "error": said}


def _asked_for() -> Sequence[CustomerRow] | None:
    """The customer an exact filter names, as a list of one or none; None when there is no such filter."""
    for name in EXACTLY:
        given = request.args.get(name)
        if given:
            found = FINDERS[name](given)
            return [found] if found else []
    return None


def _find_elsewhere(given: str) -> CustomerRow | None:
    system, _colon, value = given.partition(":")
    owner = looking.find_id_by_external(system, value)
    return queries.get_customer(owner) if owner else None


FINDERS: Mapping[str, Callable[[str], CustomerRow | None]] = {
    "email": queries.find_customer_by_address,
    "phone": queries.find_customer_by_address,
    "loyalty_card": lambda card: _find_elsewhere(f"{LOYALTY_CARD}:{card}"),
    "external_id": _find_elsewhere,
}
EXACTLY = tuple(FINDERS)


def customer_shapes(rows: Sequence[CustomerRow]) -> list[dict[str, Any]]:
    """Customers with their ids elsewhere, properties and the code of the preferred store: three look-ups for the page."""
    numbers = [row.id for row in rows]
    ids, kept = looking.get_external_ids(numbers), get_properties(numbers)
    houses = get_stores({row.preferred_store_id for row in rows if row.preferred_store_id})
    return [_shape(row, ids.get(row.id, {}), houses) | {"properties": kept.get(row.id, {})} for row in rows]


def _shape(row: CustomerRow, ids: dict[str, str], houses: Any) -> dict[str, Any]:
    store = houses.get(row.preferred_store_id)
    return {
        "id": row.id,
        "title": row.title.value if row.title else None,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "name": row.name,
        "email": row.mail,
        "phone": row.phone,
        "language": row.language.value,
        "street": row.street,
        "postcode": row.postcode,
        "town": row.town,
        "country": row.country,
        "company": row.company,
        "birth_on": row.birth_on.isoformat() if row.birth_on else None,
        "store": store.code if store else None,
        "loyalty_card": row.loyalty_card,
        "external_ids": {system: value for system, value in ids.items() if system != LOYALTY_CARD},
        "created_at": row.created_at.isoformat(),
    }


def _answer(row: CustomerRow, status: int, *, meant: Mapping[str, str] | None = None) -> ResponseReturnValue:
    [shape] = customer_shapes([row])
    told: dict[str, Any] = {"customer": shape} if meant is None else {"customer": shape, "suggestions": meant}
    return jsonify(told), status, {"ETag": _tag_of(shape)}


def _tag_of(shape: dict[str, Any]) -> str:
    text = json.dumps(shape, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _check_match(row: CustomerRow) -> None:
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return
    [shape] = customer_shapes([row])
    if _tag_of(shape) not in [each.strip().removeprefix("W/") for each in given.split(",")]:
        raise Stale(N_("This customer has changed since you read it. Please read it again, then decide."))


def _edit_of(row: CustomerRow, patch: CustomerPatch) -> CustomerEdit:
    """The whole card with what is given in its new form; null leaves title, birth day, country and language empty or as they are."""
    given = patch.model_dump(include=patch.model_fields_set - {"external_ids", "loyalty_card", "properties"})
    known: dict[str, Any] = {
        "title": row.title,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "birth_on": row.birth_on,
        "postcode": row.postcode,
        "country": row.country,
        "company": row.company,
        "language": row.language,
        "email": row.mail or "",
        "phone": row.phone or "",
    }
    kept = {
        name: value for name, value in given.items() if value is not None or name in {"title", "birth_on"}
    }
    known |= kept
    known |= {name: "" for name in ("email", "phone") if name in given and given[name] is None}
    return CustomerEdit(**known)


def _ids_of(patch: CustomerPatch) -> dict[str, str]:
    card = {LOYALTY_CARD: patch.loyalty_card} if patch.loyalty_card else {}
    return {**patch.external_ids, **card}


def _check(permission: Permission) -> None:
    if not viewer_of_key().may(permission):
        raise Forbidden(N_("The person of this key does not see customers. Please use another key."))


def _actor() -> Actor:
    return Actor(ActorKind.API_KEY, agent_id=g.api_key.agent_id, api_key_id=g.api_key.id, name=g.api_key.name)
