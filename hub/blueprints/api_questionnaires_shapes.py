"""The JSON shapes of questionnaires, their invitations and answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub.blueprints.openapi_parts import get, paging, query, send
from hub.blueprints.openapi_schemas import (
    MAYBE_MOMENT,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    MOMENT,
    NUMBER,
    TEXT,
    enum,
    many,
    page,
    whole,
)
from hub.core.words import Channel, Language
from hub.orders.queries import get_orders
from hub.questionnaires.results.exporting import Column
from hub.questionnaires.results.telling import ToldAnswer
from hub.questionnaires.telling import ToldInvitation, ToldQuestionnaire
from hub.questionnaires.words import InviteOutcome, Mode, QuestionnaireState
from hub.stores.queries import get_stores

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class InviteBody(BaseModel):
    """Whom to invite: the customer, or the order it is about; without a channel the first that is allowed of mail and SMS."""

    model_config = ConfigDict(extra="forbid")

    customer: ShortText | None = Field(default=None, description="address or id")
    order: ShortText | None = Field(default=None, description="the shop's number of the order")
    channel: Literal[Channel.EMAIL, Channel.SMS] | None = None


BODIES: tuple[type[BaseModel], ...] = (InviteBody,)


def questionnaire(row: ToldQuestionnaire) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "state": row.state.value,
        "mode": row.mode.value if row.mode else None,
        "closes_at": _moment(row.closes_at),
        "versions": [
            {"number": each.number, "published_at": each.published_at.isoformat()} for each in row.versions
        ],
    }


def columns(rows: Sequence[Column]) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "question": row.of,
            "label": row.label,
            "codes": [{"code": code, "meaning": meaning} for code, meaning in row.labels],
        }
        for row in rows
    ]


def invitations(rows: Sequence[ToldInvitation]) -> list[dict[str, Any]]:
    orders = _order_numbers({row.order_id for row in rows if row.order_id})
    stores = get_stores({row.store_id for row in rows if row.store_id})
    return [
        {
            "id": row.id,
            "customer_id": row.customer_id,
            "order": orders.get(row.order_id),
            "store": stores[row.store_id].code if row.store_id else None,
            "language": row.language.value,
            "created_at": row.created_at.isoformat(),
            "delivered_at": _moment(row.delivered_at),
            "reminded_at": _moment(row.reminded_at),
            "has_answered": row.has_answered,
            "answered_at": _moment(row.answered_at),
        }
        for row in rows
    ]


def answers(rows: Sequence[ToldAnswer]) -> list[dict[str, Any]]:
    orders = _order_numbers({row.order_id for row in rows if row.order_id})
    return [
        {
            "id": row.id,
            "invitation_id": row.invitation_id,
            "customer_id": row.customer_id,
            "order": orders.get(row.order_id),
            "store": row.store,
            "language": row.language.value if row.language else None,
            "completed_at": _moment(row.completed_at),
            "version": row.version,
            "month": row.month,
            "values": dict(row.values),
        }
        for row in rows
    ]


def _order_numbers(ids: set[int]) -> Mapping[int | None, str]:
    return {key: order.external_id for key, order in get_orders(ids).items()}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _maybe(words: Any) -> dict[str, Any]:
    return {"type": ["string", "null"], "enum": [*(word.value for word in words), None]}


QUESTIONNAIRE = {
    "key": TEXT,
    "name": TEXT,
    "state": enum(QuestionnaireState),
    "mode": {
        **_maybe(Mode),
        "description": "anonymous as soon as one version promised it; null: never published",
    },
    "closes_at": MAYBE_MOMENT,
    "versions": many(whole({"number": NUMBER, "published_at": MOMENT})),
}
COLUMN = whole(
    {
        "name": {**TEXT, "description": "the name of the value in an answer, as in the files"},
        "question": {**TEXT, "description": "key of the question"},
        "label": TEXT,
        "codes": many(whole({"code": TEXT, "meaning": TEXT})),
    }
)
INVITATION = whole(
    {
        "id": NUMBER,
        "customer_id": NUMBER,
        "order": MAYBE_TEXT,
        "store": MAYBE_TEXT,
        "language": enum(Language),
        "created_at": MOMENT,
        "delivered_at": MAYBE_MOMENT,
        "reminded_at": {**MAYBE_MOMENT, "description": "null of an anonymous questionnaire"},
        "has_answered": {"type": ["boolean", "null"], "description": "null of an anonymous questionnaire"},
        "answered_at": MAYBE_MOMENT,
    }
)
_VALUE = {"type": ["string", "number", "null"], "description": "null: skipped, or not shown"}
ANSWER = {
    **whole(
        {
            "id": MAYBE_NUMBER,
            "invitation_id": MAYBE_NUMBER,
            "customer_id": MAYBE_NUMBER,
            "order": MAYBE_TEXT,
            "store": MAYBE_TEXT,
            "language": _maybe(Language),
            "completed_at": MAYBE_MOMENT,
            "version": MAYBE_NUMBER,
            "month": {
                **MAYBE_TEXT,
                "description": "of an anonymous questionnaire, where enough answered in it",
            },
            "values": {"type": "object", "additionalProperties": _VALUE},
        }
    ),
    "description": "of an anonymous questionnaire everything is null but values, version and month",
}


def paths() -> dict[str, Any]:
    """The operations of these doors."""
    key = {"name": "key", "in": "path", "required": True, "schema": {**TEXT, "minLength": 1}}
    filters = [
        query("customer", "address or id"),
        query("since", "made, or completed, at or after this moment", MOMENT),
    ]
    with_columns = whole({**QUESTIONNAIRE, "columns": many(COLUMN)})
    listed = page("questionnaires", whole(QUESTIONNAIRE))
    told = whole({"outcome": enum(InviteOutcome), "invitation": INVITATION})
    invite = send("Invite one customer, once, by a letter", "InviteBody", told, [key])
    invite["responses"]["200"] = {**invite["responses"]["201"], "description": "asked already"}
    return {
        "/questionnaires": {"get": get("Questionnaires, the last one made first", listed, paging())},
        "/questionnaires/{key}": {
            "get": get("One questionnaire with its codebook", whole({"questionnaire": with_columns}), [key])
        },
        "/questionnaires/{key}/invitations": {
            "get": get(
                "Whom it asked, newest first", page("invitations", INVITATION), [key, *filters, *paging()]
            ),
            "post": invite,
        },
        "/questionnaires/{key}/answers": {
            "get": get("Complete answers, newest first", page("answers", ANSWER), [key, *filters, *paging()])
        },
    }
