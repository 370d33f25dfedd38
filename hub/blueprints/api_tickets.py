"""Doors for machines: tickets opened and changed, their messages and notes. Described at openapi.json."""

from dataclasses import replace
from typing import Any

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from hub.blueprints import api_shapes as shapes
from hub.blueprints import api_ticket_shapes as tickets
from hub.blueprints.api import (
    blueprint,
    idempotency_key,
    key_rate,
    read_body,
    reply_actor,
    store_id_of,
    viewer_of_key,
)
from hub.blueprints.pages import limiter
from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import transaction
from hub.core.errors import Conflict, Forbidden, Invalid, NotFound
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.inbox import queries
from hub.inbox.actions import elsewhere
from hub.inbox.actions.elsewhere import TicketChanges
from hub.inbox.queries import TicketView
from hub.inbox.uploads import read_tokens
from hub.inbox.values import Incoming, IncomingFile
from hub.reasons.queries import find_reason_by_key
from hub.staff import queries as staff
from hub.staff.rules import SYSTEM_VIEWER
from hub.staff.words import ApiScope, Permission

MESSAGE, NOTE = "message", "note"
WAYS = {
    "open_ticket": ApiScope.TICKETS_WRITE,
    "change_ticket": ApiScope.TICKETS_WRITE,
    "list_messages": ApiScope.TICKETS_READ,
    "add_message": ApiScope.TICKETS_WRITE,
    "list_notes": ApiScope.TICKETS_READ,
    "add_note": ApiScope.TICKETS_WRITE,
}


@blueprint.post("/tickets")
@limiter.limit("600/minute", key_func=key_rate)
def open_ticket() -> ResponseReturnValue:
    """A contact of a customer opens a ticket, or continues one where its channel says so (SMS). Idempotent by key."""
    body = read_body(tickets.TicketBody)
    _check_words(body)
    check_may_write()
    with transaction():
        received = elsewhere.take_ticket(
            _contact(body),
            tickets.details_of(body.customer),
            _first_changes(body),
            **who(),
            machine_now=_machine(),
        )
    if not received.is_new_ticket:
        _check_still_seen(received.number or "")
    return _ticket_answer(received.number or "", 201, is_new=received.is_new_ticket)


def _contact(body: tickets.TicketBody) -> Incoming:
    """What came in, for the tickets of the key's stores: it joins no other store's."""
    store_id = store_id_of(body.store) if body.store else None
    files, key = uploads(body.attachments), once_key(body.external_id)
    incoming = tickets.ticket_incoming(body, store_id=store_id, files=files, key=key)
    return replace(incoming, scope=viewer_of_key().scope)


@blueprint.patch("/tickets/<number>")
@limiter.limit("600/minute", key_func=key_rate)
def change_ticket(number: str) -> ResponseReturnValue:
    """Change what is given, all of it or nothing; `If-Match` or `last_event_id` says what the caller had seen."""
    patch = read_body(tickets.TicketPatch)
    check_may_write()
    ticket = queries.access_ticket(number, viewer_of_key())
    seen = patch.last_event_id if patch.last_event_id is not None else _matched()
    with transaction():
        elsewhere.change_ticket(ticket.id, _changes(patch), seen_event_id=seen, **who())
    return _ticket_answer(ticket.number, 200)


@blueprint.get("/tickets/<number>/messages")
@limiter.limit("1200/minute", key_func=key_rate)
def list_messages(number: str) -> ResponseReturnValue:
    """The thread without notes, oldest first (the latest 500)."""
    ticket = queries.access_ticket(number, viewer_of_key())
    return jsonify(messages=tickets.messages(queries.list_thread(ticket.id), is_note=False))


@blueprint.get("/tickets/<number>/notes")
@limiter.limit("1200/minute", key_func=key_rate)
def list_notes(number: str) -> ResponseReturnValue:
    """The notes, oldest first."""
    ticket = queries.access_ticket(number, viewer_of_key())
    return jsonify(notes=tickets.messages(queries.list_thread(ticket.id), is_note=True))


@blueprint.post("/tickets/<number>/messages")
@limiter.limit("600/minute", key_func=key_rate)
def add_message(number: str) -> ResponseReturnValue:
    """What the customer wrote elsewhere, or a reply of the key's person."""
    return keep_message(number, read_body(tickets.MessageBody))


def keep_message(number: str, body: tickets.MessageBody) -> ResponseReturnValue:
    """The message of the body in that ticket. Raises NotFound, Invalid, Forbidden, Conflict."""
    _check_words(body)
    check_may_write()
    ticket = queries.access_ticket(number, viewer_of_key())
    files = uploads(body.attachments)
    with transaction():
        found = _from_agent(body, ticket, files) if body.author == "agent" else _taken(body, ticket, files)
    return jsonify(message=found), 201


@blueprint.post("/tickets/<number>/notes")
@limiter.limit("600/minute", key_func=key_rate)
def add_note(number: str) -> ResponseReturnValue:
    """A line that only the staff sees."""
    return keep_note(number, read_body(tickets.NoteBody))


def keep_note(number: str, body: tickets.NoteBody) -> ResponseReturnValue:
    """The note of the body in that ticket. Raises NotFound, Invalid, Forbidden."""
    check_may_write()
    ticket = queries.access_ticket(number, viewer_of_key())
    with transaction():
        message_id = elsewhere.add_note_once(
            ticket_id=ticket.id,
            text=body.text,
            attachments=uploads(body.attachments),
            key=once_key(body.external_id, NOTE),
            **who(),
        )
    return jsonify(note={"message_id": message_id, "ticket": ticket.number}), 201


def _check_words(body: tickets.TicketBody | tickets.MessageBody) -> None:
    """A picture may come without a word; nothing at all may not."""
    if not body.text.strip() and not body.attachments:
        raise Invalid(N_("Please give a text or a file."), field="text")


def _taken(body: tickets.MessageBody, ticket: TicketView, files: tuple[IncomingFile, ...]) -> dict[str, Any]:
    if body.agent or body.is_sent:
        raise Invalid(N_("Only a message of an agent has this field. Please leave it out."), field="agent")
    incoming = tickets.message_incoming(body, ticket, files=files, key=once_key(body.external_id, MESSAGE))
    incoming = replace(incoming, scope=viewer_of_key().scope)
    now = clock.business_now()
    received = elsewhere.take_message(ticket.id, incoming, now=now, machine_now=_machine())
    return {
        "message_id": received.message_id,
        "ticket": received.number,
        "is_new_ticket": received.is_new_ticket,
    }


def _from_agent(
    body: tickets.MessageBody, ticket: TicketView, files: tuple[IncomingFile, ...]
) -> dict[str, Any]:
    if ApiScope.TICKETS_REPLY not in g.api_key.scopes:
        raise Forbidden(
            N_("This key does not have the scope %(scope)s. Ask an administrator to add it."),
            scope=ApiScope.TICKETS_REPLY.value,
        )
    given: dict[str, Any] = {
        "ticket_id": ticket.id,
        "text": body.text,
        "attachments": files,
        "key": once_key(body.external_id),
        "by": reply_actor(body.agent, ticket.number),
        "now": clock.business_now(),
    }
    if body.is_sent:
        message_id = elsewhere.note_reply(channel=body.channel, **given)
    else:
        message_id = elsewhere.reply_with_files(seen_event_id=body.last_event_id, **given)
    return {"message_id": message_id, "ticket": ticket.number, "is_new_ticket": False}


def _first_changes(body: tickets.TicketBody) -> TicketChanges:
    """What a new ticket gets beside its contact; an unknown reason is refused, not dropped."""
    if body.reason:
        _reason_id(body.reason)
    given = {name for name in ("priority", "assignee") if getattr(body, name) is not None}
    return TicketChanges(
        given=frozenset(given),
        priority=body.priority,
        assignee_id=_agent_id(body.assignee) if body.assignee else None,
    )


def _changes(patch: tickets.TicketPatch) -> TicketChanges:
    return TicketChanges(
        given=tickets.given_fields(patch),
        state=patch.state,
        reason_id=_reason_id(patch.reason) if patch.reason else None,
        store_id=store_id_of(patch.store) if patch.store else None,
        assignee_id=_agent_id(patch.assignee) if patch.assignee else None,
        priority=patch.priority,
        tags=tuple(patch.tags or ()),
        may_make_tags=queries.may_make_tags() or viewer_of_key().may(Permission.EDIT_ROUTING),
    )


def _reason_id(key: str) -> int:
    reason = find_reason_by_key(key)
    if reason is None:
        raise Invalid(N_("No contact reason has the key %(key)s. Please check it."), field="reason", key=key)
    return reason.id


def _agent_id(email: str) -> int:
    agent = staff.find_agent_by_email(email)
    if agent is None or not agent.is_active:
        raise Invalid(
            N_("No active agent has the address %(email)s. Please check it."), field="assignee", email=email
        )
    return agent.id


def _ticket_answer(number: str, status: int, **more: Any) -> ResponseReturnValue:
    """The ticket as it is now, also when it was just moved out of the caller's sight."""
    ticket = queries.access_ticket(number, SYSTEM_VIEWER)
    [shape] = shapes.tickets([ticket])
    return jsonify(ticket=shape, **more), status, {"ETag": f'"{ticket.last_event_id}"'}


def _check_still_seen(number: str) -> None:
    """A contact sent again is told where it is; what became of it is for those who have it now."""
    try:
        queries.access_ticket(number, viewer_of_key())
    except NotFound:
        raise Conflict(
            N_("This contact was taken in as %(number)s, which now belongs to another store."), number=number
        ) from None


def _matched() -> int | None:
    """The `last_event_id` behind `If-Match`; a tag we never gave matches nothing."""
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        return None
    plain = given.removeprefix("W/").strip('"')
    found = read_id(plain)
    return -1 if found is None else found


def check_may_write() -> None:
    """Raises Forbidden when the key's person does not answer tickets."""
    if not viewer_of_key().may(Permission.ANSWER_TICKETS):
        raise Forbidden(N_("The person of this key does not answer tickets. Please use another key."))


def who() -> dict[str, Any]:
    """`by` and `now` of whoever calls."""
    key = g.api_key
    name = key.agent_name or key.name
    by = Actor(ActorKind.API_KEY, agent_id=key.agent_id, api_key_id=key.id, name=name)
    return {"by": by, "now": clock.business_now()}


def _machine() -> Any:
    return clock.machine_now()


def uploads(tokens: list[str]) -> tuple[IncomingFile, ...]:
    """The files behind the ids that `POST /attachments` gave to this key."""
    return read_tokens(tokens, owner=key_rate(), machine_now=clock.machine_now())


def once_key(external_id: str | None, kind: str = "") -> str | None:
    """What makes a request that is repeated one: the caller's id of the thing, else the header Idempotency-Key.

    `kind`: things of other systems are numbered apart, a message and a note may have the id of a conversation.
    """
    key = f"api:{g.api_key.id}:{external_id}" if external_id else idempotency_key()
    return f"{kind}:{key}" if kind and key else key
