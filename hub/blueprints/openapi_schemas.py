"""The JSON Schemas of what the API answers; those of what it takes come from the classes that check it."""

from typing import Any

from hub.blueprints.api_consent_shapes import MESSAGE_SCHEMA
from hub.core.words import Channel, Language
from hub.customers.words import ConsentAction, Title
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.orders.words import EventOutcome, OrderState

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
SHARE: Schema = {"type": ["number", "null"]}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_NUMBER: Schema = {"type": ["integer", "null"]}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MAYBE_MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def whole(properties: Schema) -> Schema:
    """An object that has each of these."""
    return {"type": "object", "required": list(properties), "properties": properties}


def many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def enum(words: Any) -> Schema:
    return {"type": "string", "enum": [word.value for word in words]}


def page(name: str, item: Schema) -> Schema:
    """A page of a list; `next` is handed back as `after`, null on the last page."""
    return whole({name: many(item), "next": MAYBE_TEXT})


ERROR: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": TEXT, "message": TEXT, "field": TEXT, "fields": {"type": "array"}},
        }
    },
}
TICKET: Schema = whole(
    {
        "number": TEXT,
        "state": enum(TicketState),
        "priority": enum(Priority),
        "channel": enum(Channel),
        "subject": TEXT,
        "store": {**MAYBE_TEXT, "description": "code of the store; null: central queue"},
        "store_name": MAYBE_TEXT,
        "customer_id": MAYBE_NUMBER,
        "requester": whole({"name": TEXT, "address": MAYBE_TEXT}),
        "order": {**MAYBE_TEXT, "description": "the shop's external_id"},
        "order_id": MAYBE_NUMBER,
        "score": {**MAYBE_NUMBER, "description": "3 very satisfied, 2 satisfied, 1 not satisfied"},
        "reason_id": MAYBE_NUMBER,
        "reason": {**MAYBE_TEXT, "description": "key of the contact reason"},
        "assignee": {**MAYBE_TEXT, "description": "name of the agent"},
        "assignee_id": MAYBE_NUMBER,
        "tags": many(TEXT),
        "is_grievance": FLAG,
        "waiting_since": MAYBE_MOMENT,
        "due_at": MAYBE_MOMENT,
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "last_event_id": {**NUMBER, "description": "also the ETag; grows with every message and change"},
    }
)
ATTACHMENT: Schema = whole({"id": NUMBER, "name": TEXT, "type": TEXT, "size": NUMBER, "sha256": TEXT})
DELIVERY: Schema = whole(
    {
        "state": {
            "type": "string",
            "enum": ["waiting", "with_bridge", "sent", "delivered", "failed", "unknown", "cancelled"],
            "description": "with_bridge: told by the webhook message.to_deliver, not confirmed yet",
        },
        "external_id": {**MAYBE_TEXT, "description": "what the social network calls the message"},
        "reason": MAYBE_TEXT,
        "at": MAYBE_MOMENT,
    }
)
UPLOAD: Schema = whole({"id": TEXT, "name": TEXT, "type": TEXT, "size": NUMBER, "sha256": TEXT})
_LINE: Schema = {
    "id": NUMBER,
    "kind": enum(MessageKind),
    "channel": enum(Channel),
    "author": whole({"name": TEXT, "address": MAYBE_TEXT, "agent_id": MAYBE_NUMBER}),
    "text": TEXT,
    "quoted_text": TEXT,
    "at": MOMENT,
    "delivery": {
        "description": "what became of a message that left here; null for every other line",
        "anyOf": [ref("Delivery"), {"type": "null"}],
    },
}
THREAD_LINE: Schema = whole({**_LINE, "attachments": many({"type": "object"})})
MESSAGE: Schema = whole(
    {
        **_LINE,
        "event_id": NUMBER,
        "is_public": FLAG,
        "edited_at": {**MAYBE_MOMENT, "description": "a note that its author changed"},
        "attachments": many(ref("Attachment")),
    }
)
CUSTOMER: Schema = whole(
    {
        "id": NUMBER,
        "title": {"type": ["string", "null"], "enum": [*(title.value for title in Title), None]},
        "first_name": TEXT,
        "last_name": TEXT,
        "name": TEXT,
        "email": MAYBE_TEXT,
        "phone": MAYBE_TEXT,
        "language": enum(Language),
        "street": TEXT,
        "postcode": TEXT,
        "town": TEXT,
        "country": TEXT,
        "company": TEXT,
        "birth_on": {"type": ["string", "null"], "format": "date"},
        "store": {**MAYBE_TEXT, "description": "code of the preferred store"},
        "loyalty_card": MAYBE_TEXT,
        "external_ids": {"type": "object", "additionalProperties": TEXT},
        "properties": {"type": "object", "description": "values of typed properties by key"},
        "created_at": MOMENT,
    }
)
ORDER: Schema = whole(
    {
        "id": NUMBER,
        "external_id": TEXT,
        "state": enum(OrderState),
        "placed_at": MOMENT,
        "delivered_at": MAYBE_MOMENT,
        "customer_id": MAYBE_NUMBER,
        "total_cents": NUMBER,
        "returned_cents": NUMBER,
        "currency": TEXT,
    }
)
WAITS: Schema = {
    "count": NUMBER,
    "measured": NUMBER,
    "median_seconds": SHARE,
    "p90_seconds": SHARE,
    "mean_seconds": SHARE,
    "within_target": SHARE,
}
RESPONSE_TIMES: Schema = whole(
    {
        "since": {"type": "string", "format": "date"},
        "until": {"type": "string", "format": "date"},
        "total": whole(WAITS),
        "by_store": many(whole({"store": MAYBE_TEXT, "name": TEXT, **WAITS})),
        "by_channel": many(whole({"channel": enum(Channel), **WAITS})),
        "distribution": whole({"edges_seconds": many({"type": "number"}), "counts": many(NUMBER)}),
        "dropped": {"type": "object"},
        "waiting": NUMBER,
        "late": NUMBER,
    }
)
CONSENT: Schema = whole(
    {
        "id": NUMBER,
        "address": TEXT,
        "state": {"type": ["string", "null"], "enum": [*(action.value for action in ConsentAction), None]},
        "is_blocked": FLAG,
    }
)
TAKEN_ORDER: Schema = whole(
    {"outcome": enum(EventOutcome), "order": {"anyOf": [ref("Order"), {"type": "null"}]}}
)
ANSWERS: dict[str, Schema] = {
    "Error": ERROR,
    "Ticket": TICKET,
    "Attachment": ATTACHMENT,
    "Upload": UPLOAD,
    "Delivery": DELIVERY,
    "ThreadLine": THREAD_LINE,
    "TicketMessage": MESSAGE,
    "Customer": CUSTOMER,
    "Order": ORDER,
    "Message": MESSAGE_SCHEMA,
    "ResponseTimes": RESPONSE_TIMES,
    "Consent": CONSENT,
}
