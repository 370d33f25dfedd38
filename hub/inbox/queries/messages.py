"""One message of a thread, looked up with permission; and what a bridge needs to carry a reply to a social network."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.core.words import Language
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.queries.access import no_such_ticket, only_openable
from hub.inbox.queries.rows import AttachmentRow, ThreadMessage
from hub.inbox.queries.tickets import list_attachments, message_columns
from hub.inbox.words import MessageKind
from hub.staff.rules import Viewer


@dataclass(frozen=True, kw_only=True)
class BridgedReply:
    """A reply to be carried. Keys are what the bridge called its contact and message when it brought them here."""

    message_id: int
    ticket: str
    text: str
    agent_name: str
    language: Language
    requester_name: str
    customer_id: int | None
    attachments: tuple[AttachmentRow, ...]
    first_key: str | None
    latest_key: str | None


def access_message(message_id: int, viewer: Viewer) -> tuple[ThreadMessage, str]:
    """A message and the number of its ticket, if the person may see that. Raises NotFound."""
    found = (
        select(*message_columns(), Ticket.number)
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .where(TicketMessage.id == message_id)
    )
    row = db.session.execute(only_openable(found, viewer, as_expert=False)).mappings().one_or_none()
    if row is None:
        raise no_such_ticket()
    fields = dict(row)
    number = fields.pop("number")
    files = list_attachments([message_id]).get(message_id, [])
    return ThreadMessage(**{**fields, "attachments": tuple(files)}), number


def list_bridged(outbound_ids: Collection[int]) -> dict[int, BridgedReply]:
    """By outbound id, in three statements; a reply that was taken back is missing."""
    if not outbound_ids:
        return {}
    author = aliased(TicketMessage)
    wrote = (author.ticket_id == Ticket.id, author.kind == MessageKind.CUSTOMER)
    first, latest = (
        select(author.key).where(*wrote).order_by(order).limit(1).scalar_subquery()
        for order in (author.event_id, author.event_id.desc())
    )
    found = (
        select(TicketMessage, Ticket, first.label("first"), latest.label("latest"))
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .where(TicketMessage.outbound_id.in_(outbound_ids))
    )
    rows = db.session.execute(found).all()
    files = list_attachments([message.id for message, *_ in rows])
    return {
        message.outbound_id or 0: BridgedReply(
            message_id=message.id,
            ticket=ticket.number,
            text=message.text,
            agent_name=message.author_name,
            language=ticket.language,
            requester_name=ticket.requester_name,
            customer_id=ticket.customer_id,
            attachments=tuple(files.get(message.id, ())),
            first_key=first_key,
            latest_key=latest_key,
        )
        for message, ticket, first_key, latest_key in rows
    }
