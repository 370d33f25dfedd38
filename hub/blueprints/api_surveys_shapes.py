"""The JSON shapes of invitations and answers of the survey after a purchase."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from hub.blueprints.openapi_parts import get, paging, query, send
from hub.blueprints.openapi_schemas import (
    MAYBE_MOMENT,
    MAYBE_TEXT,
    MOMENT,
    NUMBER,
    TEXT,
    enum,
    many,
    page,
    whole,
)
from hub.orders.queries import get_orders
from hub.reactions.asking import AskOutcome
from hub.stores.queries import get_stores
from hub.surveys.rules import score_of
from hub.surveys.telling import ToldAnswer, ToldInvitation
from hub.surveys.words import InvitationState


class AskBody(BaseModel):
    """The order to ask about, by the shop's number."""

    model_config = ConfigDict(extra="forbid")

    order: Annotated[str, StringConstraints(min_length=1, max_length=200)]


BODIES: tuple[type[BaseModel], ...] = (AskBody,)


def invitations(rows: Sequence[ToldInvitation]) -> list[dict[str, Any]]:
    names = _names(rows)
    return [
        {
            "id": row.id,
            **_about(row, names),
            "state": row.state.value,
            "created_at": row.created_at.isoformat(),
            "accepted_at": row.accepted_at.isoformat() if row.accepted_at else None,
            "expires_at": row.expires_at.isoformat(),
            "answer": _answer(row.answer, names) if row.answer else None,
        }
        for row in rows
    ]


def answers(rows: Sequence[ToldAnswer]) -> list[dict[str, Any]]:
    names = _names(rows)
    return [_answer(row, names) for row in rows]


Names = tuple[Mapping[int, str], Mapping[int, str]]


def _names(rows: Sequence[ToldInvitation | ToldAnswer]) -> Names:
    """Numbers of the orders and codes of the stores."""
    orders = get_orders({row.order_id for row in rows})
    stores = get_stores({row.store_id for row in rows})
    return {key: order.external_id for key, order in orders.items()}, {
        key: store.code for key, store in stores.items()
    }


def _about(row: ToldInvitation | ToldAnswer, names: Names) -> dict[str, Any]:
    return {
        "order": names[0].get(row.order_id),
        "store": names[1].get(row.store_id),
        "customer_id": row.customer_id,
    }


def _answer(row: ToldAnswer, names: Names) -> dict[str, Any]:
    return {
        "id": row.id,
        "invitation_id": row.invitation_id,
        **_about(row, names),
        "score": score_of(row.choice),
        "comment": row.comment,
        "topics": list(row.topics),
        "answered_at": row.answered_at.isoformat(),
    }


_ABOUT = {"order": MAYBE_TEXT, "store": MAYBE_TEXT, "customer_id": NUMBER}
ANSWER = whole(
    {
        "id": NUMBER,
        "invitation_id": NUMBER,
        **_ABOUT,
        "score": {**NUMBER, "description": "3 very satisfied, 2 satisfied, 1 not satisfied"},
        "comment": TEXT,
        "topics": many(TEXT),
        "answered_at": MOMENT,
    }
)
INVITATION = whole(
    {
        "id": NUMBER,
        **_ABOUT,
        "state": enum(InvitationState),
        "created_at": MOMENT,
        "accepted_at": {**MAYBE_MOMENT, "description": "when the mail left; null: it has not"},
        "expires_at": MOMENT,
        "answer": {"anyOf": [ANSWER, {"type": "null"}]},
    }
)


def paths() -> dict[str, Any]:
    """The operations of these doors."""
    filters = [
        query("customer", "address or id"),
        query("order", "the shop's number of the order"),
        query("since", "made, or answered, at or after this moment", MOMENT),
    ]
    told = whole({"outcome": enum(AskOutcome), "invitation": {"anyOf": [INVITATION, {"type": "null"}]}})
    ask = send("Ask about a delivered order, by way of the plan", "AskBody", told)
    ask["responses"]["200"] = {**ask["responses"]["201"], "description": "in the plan or asked already"}
    number = {"name": "invitation_id", "in": "path", "required": True, "schema": {**NUMBER, "minimum": 0}}
    return {
        "/survey-invitations": {
            "get": get("Invitations, newest first", page("invitations", INVITATION), [*filters, *paging()]),
            "post": ask,
        },
        "/survey-invitations/{invitation_id}": {
            "get": get("One invitation with its answer", whole({"invitation": INVITATION}), [number])
        },
        "/survey-answers": {
            "get": get("Answers that count, newest first", page("answers", ANSWER), [*filters, *paging()])
        },
    }
