"""Doors for machines: orders in, tickets and replies, contacts, response times. Described at openapi.json."""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, ValidationError

from hub.blueprints import api_shapes as shapes
from hub.blueprints.access import Asks
from hub.blueprints.api_delivery_shapes import sent_of
from hub.blueprints.openapi import describe
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import transaction
from hub.core.errors import Forbidden, Invalid, Wrong
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.inbox import actions as inbox
from hub.inbox import queries as inbox_queries
from hub.orders import actions as orders
from hub.orders.words import EventOutcome
from hub.staff import queries as staff
from hub.staff.queries import ApiKeyRow
from hub.staff.rules import UnknownKeyError, Viewer
from hub.staff.words import ApiScope, Permission
from hub.stores.queries import find_store_by_code

blueprint = Blueprint("api", __name__)
MOST_ROWS = 100
LONGEST_KEY = 200
TICKET_FILTERS = ("store", "state", "customer", "assignee", "channel", "reason", "updated_since", "q")
Body = TypeVar("Body", bound=BaseModel)


def check_key(asks: Asks) -> None:
    """Who calls: `Authorization: Bearer <key>` or `X-Api-Key: <key>`. 401 without a good key, 403 without the scope."""
    word, _, secret = request.headers.get("Authorization", "").partition(" ")
    if word.lower() != "bearer":
        secret = request.headers.get("X-Api-Key", "")
    g.api_key = _known_key(secret.strip())
    if isinstance(asks, ApiScope) and asks not in g.api_key.scopes:
        raise Forbidden(
            N_("This key does not have the scope %(scope)s. Ask an administrator to add it."),
            scope=asks.value,
        )


def _known_key(secret: str) -> ApiKeyRow:
    """Wrong keys are counted per address: nobody tries them out."""
    try:
        return staff.check_api_key(secret)
    except UnknownKeyError:
        with limiter.limit("60/minute"):
            raise


@blueprint.after_request
def tell_rate(response: Response) -> Response:
    """How many requests of this kind are left to the key, and in how many seconds it has them all again."""
    with suppress(Exception):  # the counter is away: the answer is not
        limit = limiter.current_limit
        if limit is not None:
            seconds = max(0, math.ceil(limit.reset_at - clock.machine_now().timestamp()))
            response.headers["X-RateLimit-Limit"] = str(limit.limit.amount)
            response.headers["X-RateLimit-Remaining"] = str(limit.remaining)
            response.headers["X-RateLimit-Reset"] = str(seconds)
    return response


def key_rate() -> str:
    """Requests are counted per key, however it was spelled."""
    return f"key:{g.api_key.id}"


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """The description of these doors; public, so that it can be read before a key exists."""
    return jsonify(describe(current_app.config["COMPTOIR"].base_url))


@blueprint.post("/orders")
@limiter.limit("6000/minute", key_func=key_rate)
def take_order() -> ResponseReturnValue:
    """Idempotent, out-of-order safe; a refused order is kept with its reason and answered with 422."""
    with transaction():
        taken = orders.take_in(_body(), source=f"api:{g.api_key.id}", now=clock.business_now())
    if taken.outcome is EventOutcome.REFUSED:
        fields = [{"field": error.field, "message": _say(error.text, error.values)} for error in taken.errors]
        sentence = gettext(
            "The order was kept but could not be read. Please correct the fields named, then send it again."
        )
        return jsonify(error={"code": "invalid", "message": sentence, "fields": fields}), 422
    return jsonify(outcome=taken.outcome.value, order=shapes.order(taken.order) if taken.order else None)


@blueprint.get("/tickets")
@limiter.limit("1200/minute", key_func=key_rate)
def list_tickets() -> ResponseReturnValue:
    """Filters `store` (code), `state`, `customer` (address or id); `after` is `next` of the page before."""
    check_query(*TICKET_FILTERS)
    filters = shapes.ticket_filters(request.args, find_store=store_id_of)
    page = inbox_queries.list_tickets(
        filters, viewer=viewer_of_key(), after=request.args.get("after"), size=page_size()
    )
    return jsonify(tickets=shapes.tickets(page.rows), next=page.next_key)


@blueprint.get("/tickets/<number>")
@limiter.limit("1200/minute", key_func=key_rate)
def show_ticket(number: str) -> ResponseReturnValue:
    ticket = inbox_queries.access_ticket(number, viewer_of_key())
    thread = inbox_queries.list_thread(ticket.id)
    [found] = shapes.tickets([ticket])
    sent = sent_of(thread)
    body = jsonify(ticket=found | {"messages": [shapes.message(line, sent) for line in thread]})
    return body, 200, {"ETag": f'"{ticket.last_event_id}"'}


@blueprint.post("/tickets/<number>/replies")
@limiter.limit("600/minute", key_func=key_rate)
def reply(number: str) -> ResponseReturnValue:
    """A reply of the person the key is bound to, or of `agent` (mail address): it ends the customer's wait."""
    body = read_body(shapes.ReplyBody)
    ticket = inbox_queries.access_ticket(number, viewer_of_key())
    with transaction():
        replied = inbox.reply(
            ticket_id=ticket.id,
            text=body.text,
            by=reply_actor(body.agent, number),
            now=clock.business_now(),
            key=idempotency_key(),
        )
    return jsonify(reply={"message_id": replied.message_id, "ticket": number}), 201


@blueprint.post("/contacts")
@limiter.limit("600/minute", key_func=key_rate)
def take_contact() -> ResponseReturnValue:
    """A contact of any channel: threads into a ticket of the same customer or opens one."""
    body = read_body(shapes.ContactBody)
    store = find_store_by_code(body.store) if body.store else None
    if body.store and store is None:
        raise Invalid(N_("No store has the code %(code)s. Please check it."), field="store", code=body.store)
    incoming = shapes.incoming_of(body, store.id if store else None, key_id=g.api_key.id)
    incoming = replace(incoming, scope=viewer_of_key().scope)
    with transaction():
        received = inbox.receive_message(incoming, now=clock.business_now())
    return jsonify(ticket=received.number, is_new=received.is_new_ticket), 201


def _body() -> Any:
    """What was sent: as JSON, or as the text it is when it is not JSON, so that it can be kept as it came."""
    if not request.is_json:
        abort(415)
    text = request.get_data(as_text=True)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def read_json() -> dict[str, Any]:
    """The body, which is an object. Raises Invalid."""
    body = _body()
    if isinstance(body, dict) and not _is_utf8(request.get_data()):
        raise Invalid(N_("The body is not UTF-8. Please send it as UTF-8."))
    if not isinstance(body, dict):
        raise Invalid(N_("The body is not a JSON object. Please check the quotes and commas."))
    return body


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_body(shape: type[Body]) -> Body:
    """The body as this shape. Raises Invalid with the first field to correct."""
    try:
        return shape.model_validate(read_json())
    except ValidationError as error:
        wrong = [
            Wrong(".".join(str(part) for part in each["loc"]), each["msg"])
            for each in error.errors(include_url=False)
        ]
        refusal = Invalid(
            N_("The field %(field)s is not valid: %(detail)s."), field=wrong[0].field, detail=wrong[0].words
        )
        refusal.fields = wrong
        raise refusal from None


def _say(text: str, values: Mapping[str, Any]) -> str:
    return str(gettext(text, **values) if values else gettext(text))


def viewer_of_key() -> Viewer:
    """A key sees what its person sees; a key without a person sees the chain."""
    if g.api_key.agent_id:
        return staff.get_viewer(g.api_key.agent_id)
    return shapes.machine_viewer(g.api_key.name)


def reply_actor(email: str | None, number: str) -> Actor:
    """The key's own person; another one only who may answer this ticket, named by a key of an administrator."""
    if email:
        agent = staff.find_agent_by_email(email)
        if agent is None or not agent.is_active:
            raise Invalid(
                N_("No active agent has the address %(email)s. Please check it."), field="agent", email=email
            )
        _check_may_name(agent.id, number)
        return Actor(ActorKind.API_KEY, agent_id=agent.id, api_key_id=g.api_key.id, name=agent.name)
    if g.api_key.agent_id is None:
        raise Invalid(
            N_("This key is not bound to an agent. Please give the agent's address."), field="agent"
        )
    name = g.api_key.agent_name
    return Actor(ActorKind.API_KEY, agent_id=g.api_key.agent_id, api_key_id=g.api_key.id, name=name)


def _check_may_name(agent_id: int, number: str) -> None:
    named, own = staff.get_viewer(agent_id), g.api_key.agent_id
    is_own = own == agent_id
    if own is not None and not is_own and not staff.get_viewer(own).may(Permission.EDIT_STAFF):
        raise Forbidden(N_("This key acts for one person only. Please leave the agent out."), field="agent")
    if not named.may(Permission.ANSWER_TICKETS):
        raise Forbidden(N_("This person does not answer tickets. Please name another one."), field="agent")
    inbox_queries.access_ticket(number, named)


def store_id_of(code: str) -> int:
    """Raises Invalid (field store)."""
    store = find_store_by_code(code)
    if store is None:
        raise Invalid(N_("No store has the code %(code)s. Please check it."), field="store", code=code)
    return store.id


def check_query(*names: str) -> None:
    """A filter that is misspelt would hand out everything. Raises Invalid (field: the unknown one)."""
    unknown = sorted(set(request.args) - {*names, "after", "size", "lang"})
    if unknown:
        raise Invalid(
            N_("The filter %(field)s is unknown. Use one of: %(known)s."),
            field=unknown[0],
            known=", ".join((*names, "after", "size")),
        )


def page_size() -> int:
    """`size` of the query, 1 to 100, else 50. Raises Invalid."""
    text = request.args.get("size", "50")
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST_ROWS:
        raise Invalid(N_("Please give the size of a page as a number from 1 to 100."), field="size")
    return int(text)


def idempotency_key() -> str | None:
    """The header Idempotency-Key within this API key. Raises Invalid when it is too long to be kept."""
    given = request.headers.get("Idempotency-Key")
    if given and len(given) > LONGEST_KEY:
        raise Invalid(
            N_("Please give an Idempotency-Key of at most 200 characters."), field="Idempotency-Key"
        )
    return f"api:{g.api_key.id}:{given}" if given else None
