"""One message of a thread, looked up with permission; and what a bridge needs to carry a reply to a social network."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.core.words import Channel, Language
from hub.inbox.models import Ticket, TicketAttachment, TicketMessage
from hub.inbox.queries.access import no_such_ticket, only_openable, only_visible
from hub.inbox.queries.rows import AttachmentRow, ThreadMessage
from hub.inbox.queries.tickets import attachment_row, list_attachments, message_columns
from hub.inbox.words import MessageKind
from hub.staff.rules import Viewer

BAD_PAGE = N_("This page address is not valid. Please start again from the first page.")


@dataclass(frozen=True, kw_only=True)
class BridgedReply:
    """A reply to be carried. Keys are what the bridge called its contact and message when it brought them here.

    Both are of the ticket that the customer last wrote in on the network, be it this one or one merged into it.
    """

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
    found_one = _found(row, list_attachments([message_id]).get(message_id, []))
    return found_one.line, found_one.number


@dataclass(frozen=True)
class FoundMessage:
    """A line of some thread and the number of its ticket."""

    line: ThreadMessage
    number: str


@dataclass(frozen=True)
class FoundFile:
    """A file of some thread and the number of its ticket."""

    file: AttachmentRow
    number: str


def page_messages(
    viewer: Viewer, *, ticket_id: int | None, is_note: bool, after: str | None, size: int
) -> Page[FoundMessage]:
    """Lines of all the tickets the person may see, or of one of them (its own, not of those merged into it), newest first.

    The notes, or everything else. Raises Invalid for a page address that is none of ours.
    """
    found = (
        select(*message_columns(), Ticket.number)
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .where(
            (TicketMessage.kind == MessageKind.NOTE) if is_note else (TicketMessage.kind != MessageKind.NOTE)
        )
    )
    if ticket_id is not None:
        found = found.where(TicketMessage.ticket_id == ticket_id)
    if after:
        found = found.where(TicketMessage.id < _id_before(after))
    found = only_visible(found, viewer).order_by(TicketMessage.id.desc()).limit(size + 1)
    rows = db.session.execute(found).mappings().all()
    files = list_attachments([row["id"] for row in rows])
    lines = [_found(row, files.get(row["id"], [])) for row in rows]
    return make_page(lines, size=size, key=lambda each: [each.line.id])


def page_attachments(
    viewer: Viewer, *, ticket_id: int | None, after: str | None, size: int
) -> Page[FoundFile]:
    """Files of all the tickets the person may see, or of one of them, newest first. Raises Invalid as above."""
    found = _with_number()
    if ticket_id is not None:
        found = found.where(TicketMessage.ticket_id == ticket_id)
    if after:
        found = found.where(TicketAttachment.id < _id_before(after))
    found = only_visible(found, viewer).order_by(TicketAttachment.id.desc()).limit(size + 1)
    rows = [FoundFile(attachment_row(file), number) for file, number in db.session.execute(found)]
    return make_page(rows, size=size, key=lambda each: [each.file.id])


def access_file(attachment_id: int, viewer: Viewer) -> FoundFile:
    """A file of a ticket of the person's stores. Raises NotFound."""
    found = _with_number().where(TicketAttachment.id == attachment_id)
    row = db.session.execute(only_visible(found, viewer)).one_or_none()
    if row is None:
        raise no_such_ticket()
    return FoundFile(attachment_row(row[0]), row[1])


def access_note(message_id: int, viewer: Viewer) -> FoundMessage:
    """A note of a ticket the person may see. Raises NotFound, also for a message that is none."""
    line, number = access_message(message_id, viewer)
    if line.kind is not MessageKind.NOTE:
        raise NotFound(N_("There is no such note, or it belongs to a store that is not yours."))
    return FoundMessage(line, number)


def _with_number() -> Select[TicketAttachment, str]:
    return (
        select(TicketAttachment, Ticket.number)
        .join(TicketMessage, TicketMessage.id == TicketAttachment.message_id)
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
    )


def _id_before(after: str) -> int:
    values = decode_key(after)
    if len(values) != 1 or not isinstance(values[0], int) or abs(values[0]) >= 2**63:
        raise Invalid(BAD_PAGE)
    return values[0]


def _found(row: Mapping[Any, Any], files: Sequence[AttachmentRow]) -> FoundMessage:
    fields = dict(row)
    number = fields.pop("number")
    return FoundMessage(ThreadMessage(**{**fields, "attachments": tuple(files)}), number)


def list_bridged(outbound_ids: Collection[int]) -> dict[int, BridgedReply]:
    """By outbound id, in three statements; a reply that was taken back is missing."""
    if not outbound_ids:
        return {}
    rows = db.session.execute(_bridged(outbound_ids)).all()
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


def _bridged(outbound_ids: Collection[int]) -> Select[TicketMessage, Ticket, str | None, str | None]:
    """Replies with their ticket, the key of the contact that opened the talk, and that of its latest message.

    The talk is the ticket, merged into this one or not, in which the customer last wrote on the network.
    """
    sent = TicketMessage.outbound_id.in_(outbound_ids)
    roots = select(TicketMessage.ticket_id.label("root"), TicketMessage.ticket_id.label("id")).where(sent)
    joint, merged = roots.cte(recursive=True), aliased(Ticket)
    joint = joint.union(select(joint.c.root, merged.id).join(joint, merged.merged_into_id == joint.c.id))
    wrote, latest, first = (aliased(TicketMessage) for _ in range(3))
    latest_id = (
        select(wrote.id)
        .join(joint, joint.c.id == wrote.ticket_id)
        .where(joint.c.root == TicketMessage.ticket_id, *_is_social(wrote))
        .order_by(wrote.happened_at.desc(), wrote.id.desc())
    )
    first_key = (
        select(first.key)
        .where(first.ticket_id == latest.ticket_id, *_is_social(first))
        .order_by(first.event_id)
    )
    return (
        select(
            TicketMessage,
            Ticket,
            first_key.limit(1).correlate(latest).scalar_subquery(),
            latest.key,
        )
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .outerjoin(latest, latest.id == latest_id.limit(1).correlate(TicketMessage).scalar_subquery())
        .where(sent)
    )


def _is_social(message: type[TicketMessage]) -> tuple[ColumnElement[bool], ...]:
    return message.kind == MessageKind.CUSTOMER, message.channel == Channel.SOCIAL
