"""The description of the API (OpenAPI 3.1), written beside the doors it describes; a test holds both to each other."""

from typing import Any

from pydantic import BaseModel

from hub.blueprints import api_behaviour_shapes as behaviour
from hub.blueprints import api_events_shapes as events
from hub.blueprints import api_exports_shapes as exports
from hub.blueprints import api_plans_shapes as plans
from hub.blueprints import api_questionnaires_shapes as questionnaires
from hub.blueprints import api_regions_shapes as regions
from hub.blueprints import api_statistics_shapes as statistics
from hub.blueprints import api_surveys_shapes as surveys
from hub.blueprints import openapi_schemas as schemas
from hub.blueprints.api_consent_shapes import ConsentBody
from hub.blueprints.api_customers_shapes import CustomerBody, CustomerPatch, CustomersBody
from hub.blueprints.api_shapes import ContactBody, ReplyBody
from hub.blueprints.api_ticket_shapes import (
    DeliveryPatch,
    FilePatch,
    MessageBody,
    NoteBody,
    NotePatch,
    TicketBody,
    TicketMessageBody,
    TicketNoteBody,
    TicketPatch,
)
from hub.blueprints.openapi_customers import customer_paths
from hub.blueprints.openapi_parts import (
    attachment_id,
    download,
    get,
    match,
    message_id,
    number,
    once,
    paging,
    query,
    send,
    upload,
)
from hub.blueprints.openapi_schemas import MAYBE_TEXT, NUMBER, TEXT, enum, many, page, ref, whole
from hub.blueprints.openapi_segments import segment_paths
from hub.core.words import Channel
from hub.inbox.words import TicketState
from hub.orders.payload import OrderPayload
from hub.staff.words import ApiScope

REF = "#/components/schemas/{model}"
BODIES: tuple[type[BaseModel], ...] = (
    OrderPayload,
    ReplyBody,
    ContactBody,
    ConsentBody,
    TicketBody,
    TicketPatch,
    MessageBody,
    NoteBody,
    TicketMessageBody,
    TicketNoteBody,
    NotePatch,
    FilePatch,
    DeliveryPatch,
    CustomerBody,
    CustomerPatch,
    CustomersBody,
    *behaviour.BODIES,
    *regions.BODIES,
    *events.BODIES,
    *plans.BODIES,
    *surveys.BODIES,
    *questionnaires.BODIES,
)
INTRODUCTION = (
    "Keys are made in the settings and carry scopes: "
    + ", ".join(scope.value for scope in ApiScope)
    + ". Send `Authorization: Bearer <key>`. A key that is bound to a person sees that person's stores and its replies "
    "count as that person's. Times are ISO 8601 with an offset; money is in cents. Errors are "
    "`{error: {code, message, field}}` in the language of `Accept-Language`; 429 says too many requests, 503 asks to "
    "come back. A POST with the header `Idempotency-Key` (or `external_id`) has its effect once."
)


def describe(base_url: str) -> dict[str, Any]:
    """The whole document. Shapes of bodies come from the very classes that check them."""
    shapes = {**schemas.ANSWERS, **behaviour.ANSWERS}
    for body in BODIES:
        schema = body.model_json_schema(ref_template=REF)
        shapes |= schema.pop("$defs", {})
        shapes[body.__name__] = schema
    return {
        "openapi": "3.1.0",
        "info": {"title": "Comptoir", "version": "1", "description": INTRODUCTION},
        "servers": [{"url": f"{base_url}/api/v1"}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "schemas": shapes,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths() -> dict[str, Any]:
    parts = (
        _ticket_paths,
        _thread_paths,
        _message_paths,
        _file_paths,
        customer_paths,
        segment_paths,
        _other_paths,
        behaviour.paths,
        regions.paths,
        events.paths,
        plans.paths,
        surveys.paths,
        questionnaires.paths,
        statistics.paths,
        exports.paths,
    )
    return {path: methods for part in parts for path, methods in part().items()}


def _ticket_paths() -> dict[str, Any]:
    one = whole({"ticket": ref("Ticket")})
    filters = [
        query("store", "code of a store"),
        query("state", "state of the ticket", enum(TicketState)),
        query("customer", "address or id"),
        query("assignee", "mail address of an agent"),
        query("channel", "channel", enum(Channel)),
        query("reason", "key of a contact reason"),
        query("updated_since", "changed at or after this moment", schemas.MOMENT),
        query("q", "words to search for"),
    ]
    with_thread = {"allOf": [ref("Ticket"), whole({"messages": many(ref("ThreadLine"))})]}
    return {
        "/tickets": {
            "get": get("Tickets, latest change first", page("tickets", ref("Ticket")), [*filters, *paging()]),
            "post": send(
                "A contact of a customer opens a ticket",
                "TicketBody",
                whole({"ticket": ref("Ticket"), "is_new": schemas.FLAG}),
                [once()],
                tagged=True,
            ),
        },
        "/tickets/{number}": {
            "get": get(
                "One ticket with its messages", whole({"ticket": with_thread}), [number()], tagged=True
            ),
            "patch": send(
                "Change state, reason, store, assignee or priority; all of it or nothing",
                "TicketPatch",
                one,
                [number(), match()],
                status="200",
                tagged=True,
            ),
        },
    }


def _thread_paths() -> dict[str, Any]:
    told = whole({"message_id": NUMBER, "ticket": TEXT})
    return {
        "/tickets/{number}/messages": {
            "get": get(
                "The thread without notes", whole({"messages": many(ref("TicketMessage"))}), [number()]
            ),
            "post": send(
                "What the customer wrote elsewhere, or a reply of the key's person (scope tickets:reply)",
                "MessageBody",
                whole(
                    {"message": whole({"message_id": NUMBER, "ticket": TEXT, "is_new_ticket": schemas.FLAG})}
                ),
                [number(), once()],
            ),
        },
        "/tickets/{number}/notes": {
            "get": get("The notes", whole({"notes": many(ref("TicketMessage"))}), [number()]),
            "post": send("A line for the staff", "NoteBody", whole({"note": told}), [number(), once()]),
        },
        "/tickets/{number}/replies": {
            "post": send(
                "Reply as the key's person; ends the customer's wait",
                "ReplyBody",
                whole({"reply": told}),
                [number(), once()],
            )
        },
    }


def _message_paths() -> dict[str, Any]:
    line = {"allOf": [ref("TicketMessage"), whole({"ticket": TEXT})]}
    told = whole({"message_id": NUMBER, "ticket": TEXT})
    kept = whole({"message": {"allOf": [told, whole({"is_new_ticket": schemas.FLAG})]}})
    listed = [query("ticket", "number of a ticket"), *paging()]
    return {
        "/messages": {
            "get": get("Messages of all tickets, newest first", page("messages", line), listed),
            "post": send("A message, as in its ticket", "TicketMessageBody", kept, [once()]),
        },
        "/notes": {
            "get": get("Notes of all tickets, newest first", page("notes", line), listed),
            "post": send("A note, as in its ticket", "TicketNoteBody", whole({"note": told}), [once()]),
        },
        "/notes/{message_id}": {
            "get": get("One note", whole({"note": line}), [message_id()]),
            "patch": send(
                "Other words, by the key that wrote it or one of the person who did",
                "NotePatch",
                whole({"note": line}),
                [message_id()],
                status="200",
            ),
        },
        "/messages/{message_id}": {
            "get": get("One message, with what became of it", whole({"message": line}), [message_id()]),
            "patch": send(
                "The bridge's word on a reply that the webhook message.to_deliver carried",
                "DeliveryPatch",
                whole({"message": line}),
                [message_id()],
                status="200",
            ),
        },
    }


def _file_paths() -> dict[str, Any]:
    line = {"allOf": [ref("Attachment"), whole({"message_id": NUMBER, "ticket": TEXT})]}
    listed = [query("ticket", "number of a ticket"), *paging()]
    renamed = send("Another name", "FilePatch", whole({"attachment": line}), [attachment_id()], status="200")
    return {
        "/attachments": {
            "get": get("Files of all tickets, newest first", page("attachments", line), listed),
            "post": upload("A file for a message or note; its id is good for a day and for this key"),
        },
        "/attachments/{attachment_id}": {
            "get": download("A file of a ticket, as a download", attachment_id()),
            "patch": renamed,
        },
    }


def _other_paths() -> dict[str, Any]:
    contact = whole({"ticket": MAYBE_TEXT, "is_new": schemas.FLAG})
    return {
        "/orders": {
            "post": send(
                "Take an order event; the same one twice changes nothing",
                "OrderPayload",
                schemas.TAKEN_ORDER,
                status="200",
            )
        },
        "/contacts": {"post": send("A contact of any channel becomes a ticket", "ContactBody", contact)},
    }
