"""The description of the API (OpenAPI 3.1), written beside the doors it describes."""

from typing import Any

from hub.blueprints.api_consent_shapes import MESSAGE_SCHEMA, ConsentBody
from hub.blueprints.api_shapes import ContactBody, ReplyBody
from hub.core.words import Channel
from hub.inbox.words import TicketState
from hub.orders.payload import OrderPayload
from hub.staff.words import ApiScope

REF = "#/components/schemas/{model}"
TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
MOMENT = {"type": ["string", "null"], "format": "date-time"}
ERROR = {
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
TICKET = {
    "type": "object",
    "properties": {
        "number": TEXT,
        "state": {"type": "string", "enum": [state.value for state in TicketState]},
        "channel": {"type": "string", "enum": [channel.value for channel in Channel]},
        "subject": TEXT,
        "store": {"type": ["string", "null"], "description": "code of the store; null: central queue"},
        "customer_id": {"type": ["integer", "null"]},
        "order": {"type": ["string", "null"], "description": "the shop's external_id"},
        "score": {
            "type": ["integer", "null"],
            "description": "3 very satisfied, 2 satisfied, 1 not satisfied",
        },
        "waiting_since": MOMENT,
        "due_at": MOMENT,
        "created_at": MOMENT,
    },
}


def describe(base_url: str) -> dict[str, Any]:
    """The whole document. Shapes of bodies come from the very classes that check them."""
    schemas: dict[str, Any] = {"Error": ERROR, "Ticket": TICKET, "Message": MESSAGE_SCHEMA}
    for shape in (OrderPayload, ReplyBody, ContactBody, ConsentBody):
        schema = shape.model_json_schema(ref_template=REF)
        schemas |= schema.pop("$defs", {})
        schemas[shape.__name__] = schema
    return {
        "openapi": "3.1.0",
        "info": {"title": "Comptoir", "version": "1", "description": INTRODUCTION},
        "servers": [{"url": f"{base_url}/api/v1"}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


INTRODUCTION = (
    "Keys are made in the settings and carry scopes: "
    + ", ".join(scope.value for scope in ApiScope)
    + ". Send `Authorization: Bearer <key>`. Times are ISO 8601 with an offset; money is in cents. "
    "Errors are `{error: {code, message}}`; 429 says too many requests, 503 asks to come back."
)


def _paths() -> dict[str, Any]:
    return {
        "/orders": {"post": _post("Take an order event; the same one twice changes nothing", "OrderPayload")},
        "/tickets": {
            "get": _get(
                "Tickets, latest change first",
                [
                    _query("store", "code of a store"),
                    _query("state", "state of the ticket"),
                    _query("customer", "address or id"),
                    _query("q", "words to search for"),
                    _query("after", "`next` of the page before"),
                    _query("size", "1 to 100"),
                ],
            )
        },
        "/tickets/{number}": {"get": _get("One ticket with its messages", [_number()])},
        "/tickets/{number}/replies": {
            "post": _post(
                "Reply as the key's person; ends the customer's wait", "ReplyBody", [_number()], "201"
            )
        },
        "/contacts": {"post": _post("A contact of any channel becomes a ticket", "ContactBody", [], "201")},
        **_customer_paths(),
        "/statistics/response-times": {
            "get": _get(
                "Median, 90th percentile and share within target, in business seconds",
                [
                    _query("since", "first day, YYYY-MM-DD"),
                    _query("until", "last day, YYYY-MM-DD"),
                    _query("store", "code of a store"),
                    _query("channel", "channel"),
                ],
            )
        },
    }


def _customer_paths() -> dict[str, Any]:
    return {
        "/consents": {
            "post": _post(
                "A consent given or withdrawn elsewhere, with its proof; the same one twice is one",
                "ConsentBody",
                [],
                "201",
            )
        },
        "/customers/{who}/messages": {
            "get": _get(
                "What a customer was sent, and what not and why, newest first",
                [
                    {"name": "who", "in": "path", "required": True, "schema": TEXT}
                    | {"description": "id, mail address or phone number"},
                    _query("after", "`next` of the page before"),
                    _query("size", "1 to 100"),
                ],
            )
        },
    }


def _get(summary: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {"summary": summary, "parameters": parameters, "responses": _responses("200")}


def _post(
    summary: str, shape: str, parameters: list[dict[str, Any]] | None = None, status: str = "200"
) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
    return {
        "summary": summary,
        "parameters": parameters or [],
        "requestBody": {"required": True, "content": content},
        "responses": _responses(status),
    }


def _responses(status: str) -> dict[str, Any]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    problems = {"401": "no good key", "403": "scope missing", "404": "not found", "422": "a field to correct"}
    answers: dict[str, Any] = {
        code: {"description": words, "content": error} for code, words in problems.items()
    }
    answers["429"] = {"description": "too many requests", "content": error}
    answers[status] = {"description": "done", "content": {"application/json": {"schema": {"type": "object"}}}}
    return answers


def _query(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": TEXT}


def _number() -> dict[str, Any]:
    return {"name": "number", "in": "path", "required": True, "schema": TEXT}
