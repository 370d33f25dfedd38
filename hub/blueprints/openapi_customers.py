"""The description of the doors of customers, their messages and consents."""

from typing import Any

from hub.blueprints import openapi_schemas as schemas
from hub.blueprints.openapi_parts import get, match, paging, query, send, who
from hub.blueprints.openapi_schemas import many, page, ref, whole


def customer_paths() -> dict[str, Any]:
    """The operations on customers, what they were sent, and consents."""
    return {**_many_customers(), **_one_customer(), **_told_consents()}


def _written() -> dict[str, Any]:
    """A customer as kept, with what was probably meant by a field."""
    meant = {"type": "object", "additionalProperties": {"type": "string"}}
    return whole({"customer": ref("Customer"), "suggestions": meant})


def _many_customers() -> dict[str, Any]:
    filters = [
        query("q", "words of the name, a mail address, phone or card, whole or a part"),
        query("email", "exactly this mail address"),
        query("phone", "exactly this phone number"),
        query("loyalty_card", "exactly this loyalty card"),
        query("external_id", "`system:id`"),
    ]
    outcome = {"type": "string", "enum": ["made", "known", "conflict", "refused"]}
    done = whole({"outcome": outcome, "id": schemas.MAYBE_NUMBER, "error": {"type": ["object", "null"]}})
    made = send("Find or make a customer", "CustomerBody", _written(), status="201", tagged=True)
    made["responses"]["200"] = {**made["responses"]["201"], "description": "known already"}
    return {
        "/customers": {
            "get": get("Customers by name", page("customers", ref("Customer")), [*filters, *paging()]),
            "post": made,
        },
        "/customers/batch": {
            "post": send(
                "Find or make up to 500 customers, each for itself",
                "CustomersBody",
                whole({"customers": many(done)}),
                status="200",
            )
        },
    }


def _one_customer() -> dict[str, Any]:
    one = whole({"customer": ref("Customer")})
    return {
        "/customers/{who}": {
            "get": get("One customer", one, [who()], tagged=True),
            "patch": send(
                "Correct a customer", "CustomerPatch", _written(), [who(), match()], status="200", tagged=True
            ),
        },
        "/customers/{who}/messages": {
            "get": get(
                "What a customer was sent, and what not and why, newest first",
                page("messages", ref("Message")),
                [who(), *paging()],
            )
        },
    }


def _told_consents() -> dict[str, Any]:
    return {
        "/consents": {
            "post": send(
                "A consent given or withdrawn elsewhere, with its proof; the same one twice is one",
                "ConsentBody",
                whole({"consent": ref("Consent")}),
            )
        },
    }
