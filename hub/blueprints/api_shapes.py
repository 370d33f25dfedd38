"""The JSON shapes of the API: what comes in is checked here, what goes out is written here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from werkzeug.datastructures import MultiDict

from hub.blueprints.api_delivery_shapes import delivery
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Language
from hub.customers.queries import find_customer_by_address
from hub.customers.rules import normalise_phone
from hub.inbox.queries import ThreadMessage, TicketFilters, TicketRow
from hub.inbox.queries.tagged import get_tag_names
from hub.inbox.values import Incoming
from hub.inbox.words import InboxView, TicketState
from hub.orders.queries import OrderRow, get_orders
from hub.outbox.queries import MessageRow
from hub.reasons.queries import find_reason_by_key, list_reasons
from hub.staff.queries import find_agent_by_email
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from hub.stores.queries import StoreRow, get_stores

NOBODY = -1


class ReplyBody(BaseModel):
    """A reply; `agent` is the mail address of the person credited when it is not the key's own."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=50_000)
    agent: str | None = None


class ContactBody(BaseModel):
    """A contact of any channel. At least one of `email` and `phone`."""

    model_config = ConfigDict(extra="ignore")

    channel: Channel = Channel.API
    email: str = ""
    phone: str | None = None
    name: str = ""
    store: str | None = None
    subject: str = Field(default="", max_length=500)
    text: str = Field(min_length=1, max_length=50_000)
    order_number: str | None = None
    reason: str | None = None
    language: Language | None = None
    external_id: str | None = None


def incoming_of(body: ContactBody, store_id: int | None, *, key_id: int) -> Incoming:
    """The contact as the inbox takes it. Raises Invalid without any address, or when the phone is none."""
    if not body.email and not body.phone:
        raise Invalid(N_("Please give an e-mail address or a phone number."), field="email")
    return Incoming(
        channel=body.channel,
        from_address=body.email,
        from_name=body.name,
        phone=normalise_phone(body.phone) if body.phone else None,
        subject=body.subject,
        text=body.text,
        store_id=store_id,
        order_number=body.order_number,
        reason_key=body.reason,
        language=body.language,
        key=f"api:{key_id}:{body.external_id}" if body.external_id else None,
    )


def ticket_filters(args: MultiDict[str, str], *, find_store: Callable[[str], int]) -> TicketFilters:
    """`store` is a code, `state` a ticket state, `customer` an address or an id, `assignee` a mail address, `reason`
    a key, `updated_since` a moment. Raises Invalid on other words.
    """
    return TicketFilters(
        view=InboxView.ALL,
        store_id=find_store(args["store"]) if args.get("store") else None,
        state=_state(args["state"]) if args.get("state") else None,
        customer_id=_customer_id(args["customer"]) if args.get("customer") else None,
        assignee_id=_assignee_id(args["assignee"]) if args.get("assignee") else None,
        channel=_channel(args["channel"]) if args.get("channel") else None,
        reason_id=_reason_id(args["reason"]) if args.get("reason") else None,
        updated_since=_since(args["updated_since"]) if args.get("updated_since") else None,
        search=args.get("q", ""),
    )


def order(row: OrderRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "external_id": row.external_id,
        "state": row.state.value,
        "placed_at": _moment(row.placed_at),
        "delivered_at": _moment(row.delivered_at),
        "customer_id": row.customer_id,
        "total_cents": row.total_cents,
        "returned_cents": row.returned_cents,
        "currency": row.currency,
    }


def tickets(rows: Sequence[TicketRow]) -> list[dict[str, Any]]:
    """Tickets with the code of the store and the key of the reason and the shop's number of the order: four look-ups for the page."""
    houses = get_stores({row.store_id for row in rows if row.store_id})
    ordered = get_orders({row.order_id for row in rows if row.order_id})
    asked = list_reasons(active=False) if any(row.reason_id for row in rows) else []
    keys = {reason.id: reason.key for reason in asked}
    tags = get_tag_names([row.id for row in rows])
    return [_ticket(row, houses, ordered, keys) | {"tags": [*tags.get(row.id, {}).values()]} for row in rows]


def _ticket(
    row: TicketRow,
    houses: Mapping[int, StoreRow],
    ordered: Mapping[int, OrderRow],
    reasons: Mapping[int, str],
) -> dict[str, Any]:
    store, its_order = houses.get(row.store_id or 0), ordered.get(row.order_id or 0)
    return {
        "number": row.number,
        "state": row.state.value,
        "priority": row.priority.value,
        "channel": row.channel.value,
        "subject": row.subject,
        "store": store.code if store else None,
        "store_name": row.store_name or None,
        "customer_id": row.customer_id,
        "requester": {"name": row.requester_name, "address": row.requester_address},
        "order": its_order.external_id if its_order else None,
        "order_id": row.order_id,
        "score": row.score,
        "reason_id": row.reason_id,
        "reason": reasons.get(row.reason_id or 0),
        "assignee": row.assignee_name or None,
        "assignee_id": row.assignee_id,
        "is_grievance": row.is_grievance,
        "waiting_since": _moment(row.waiting_since),
        "due_at": _moment(row.due_at),
        "created_at": _moment(row.created_at),
        "updated_at": _moment(row.updated_at),
        "last_event_id": row.last_event_id,
    }


def message(line: ThreadMessage, sent: Mapping[int, MessageRow]) -> dict[str, Any]:
    return {
        "id": line.id,
        "kind": line.kind.value,
        "channel": line.channel.value,
        "author": {"name": line.author_name, "address": line.author_address, "agent_id": line.agent_id},
        "text": line.text,
        "quoted_text": line.quoted_text,
        "at": _moment(line.happened_at),
        "delivery": delivery(sent.get(line.outbound_id or 0)),
        "attachments": [
            {"name": file.name, "type": file.media_type, "size": file.size_bytes, "sha256": file.sha256}
            for file in line.attachments
        ],
    }


def machine_viewer(name: str) -> Viewer:
    """A key that is bound to nobody sees the chain."""
    return Viewer(
        agent_id=NOBODY,
        name=name,
        email="",
        role=Role.ADMINISTRATOR,
        language=Language.ENGLISH,
        scope=Scope(is_everything=True),
        session_epoch=0,
    )


def _state(word: str) -> TicketState:
    if word not in set(TicketState):
        known = ", ".join(TicketState)
        raise Invalid(
            N_("The state %(word)s is unknown. Use one of: %(known)s."), field="state", word=word, known=known
        )
    return TicketState(word)


def _channel(word: str) -> Channel:
    if word not in set(Channel):
        known = ", ".join(Channel)
        raise Invalid(
            N_("The channel %(word)s is unknown. Use one of: %(known)s."),
            field="channel",
            word=word,
            known=known,
        )
    return Channel(word)


def _assignee_id(email: str) -> int:
    found = find_agent_by_email(email)
    return found.id if found else NOBODY


def _reason_id(key: str) -> int:
    found = find_reason_by_key(key)
    return found.id if found else NOBODY


def _since(text: str) -> datetime:
    at = moment_of(text)
    if at is None:
        raise Invalid(
            N_("Please give the moment as ISO 8601 with an offset, for example 2026-03-03T10:00:00Z."),
            field="updated_since",
        )
    return at


def moment_of(text: str) -> datetime | None:
    """A moment with an offset, as ISO 8601 writes it (a + may have become a space); None when it is none."""
    try:
        at = datetime.fromisoformat(text.strip().replace(" ", "+"))
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _customer_id(text: str) -> int:
    """An id, or the customer behind a mail address or phone number; nobody's id when the address is unknown."""
    if text.isascii() and text.isdigit():
        return int(text)
    found = find_customer_by_address(text)
    return found.id if found else NOBODY


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
