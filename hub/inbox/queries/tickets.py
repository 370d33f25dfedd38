"""One ticket: looked up with permission, its thread, its waits, who else is there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import aliased

from hub.core.audit import AuditEntry
from hub.core.batches import among
from hub.core.db import db
from hub.core.questions import Question, Rows, answered
from hub.inbox.chats import PRESENCE_LASTS
from hub.inbox.models import (
    Draft,
    Presence,
    ReplyWait,
    Ticket,
    TicketAttachment,
    TicketMessage,
)
from hub.inbox.queries.access import in_scope, no_such_ticket, only_openable
from hub.inbox.queries.lists import ROW_COLUMNS, with_names
from hub.inbox.queries.rows import (
    AttachmentRow,
    DraftRow,
    PresenceRow,
    ThreadEvent,
    ThreadMessage,
    TicketView,
    WaitRow,
)
from hub.inbox.states import OPEN_STATES
from hub.staff import queries as staff
from hub.staff.rules import Viewer
from hub.stores import queries as stores

THREAD_LIMIT = 500
_Merged = aliased(Ticket)
_Related = aliased(Ticket)
_MORE: tuple[Any, ...] = (
    Ticket.language,
    Ticket.route_source,
    Ticket.route_confidence,
    Ticket.route_detail,
    Ticket.source_kind,
    Ticket.source_id,
    Ticket.reopened_count,
    Ticket.transfer_count,
    Ticket.first_replied_at,
    Ticket.solved_at,
    Ticket.closed_at,
    _Merged.number.label("merged_into_number"),
)
_MESSAGE: tuple[Any, ...] = (
    TicketMessage.id,
    TicketMessage.event_id,
    TicketMessage.ticket_id,
    TicketMessage.kind,
    TicketMessage.channel,
    TicketMessage.agent_id,
    TicketMessage.author_name,
    TicketMessage.author_address,
    TicketMessage.is_stranger,
    TicketMessage.subject,
    TicketMessage.text,
    TicketMessage.quoted_text,
    TicketMessage.html,
    TicketMessage.outbound_id,
    TicketMessage.ends_wait,
    TicketMessage.inserted,
    TicketMessage.happened_at,
    TicketMessage.arrival_id,
    TicketMessage.edited_at,
)


def message_columns() -> tuple[Any, ...]:
    """What a `ThreadMessage` is made of, but its files."""
    return _MESSAGE


def access_ticket(number: str, viewer: Viewer, *, as_expert: bool = False) -> TicketView:
    """The ticket, if the person may see it. Raises NotFound otherwise, whether it exists or not.

    `as_expert`: for reading and answering, also one that the person is asked about as an expert.
    """
    statement = (
        select(*ROW_COLUMNS, *_MORE, _openable_related(viewer))
        .outerjoin(_Merged, _Merged.id == Ticket.merged_into_id)
        .outerjoin(_Related, _Related.id == Ticket.related_ticket_id)
        .where(Ticket.number == number.strip().upper())
    )
    found = only_openable(statement, viewer, as_expert=as_expert)
    row = db.session.execute(found).mappings().one_or_none()
    if row is None:
        raise no_such_ticket()
    return _view_of(row)


def _openable_related(viewer: Viewer) -> ColumnElement[str]:
    """The number of the perhaps related ticket where the person may open it: no link to a closed door."""
    return case((in_scope(viewer, _Related.store_id), _Related.number)).label("related_number")


def access_ticket_by_id(ticket_id: int, viewer: Viewer) -> TicketView:
    """As access_ticket, for rows that name a ticket by id."""
    number = db.session.scalar(select(Ticket.number).where(Ticket.id == ticket_id))
    return access_ticket(number or "", viewer)


def _view_of(row: Mapping[Any, Any]) -> TicketView:
    houses = stores.get_stores([row["store_id"]] if row["store_id"] else [])
    people = staff.get_agents([row["assignee_id"]] if row["assignee_id"] else [])
    given = with_names(row, houses, people)
    for name in ("merged_into_number", "related_number"):
        given[name] = given[name] or ""
    store = houses.get(row["store_id"])
    return TicketView(time_zone=store.time_zone if store else "", **given)


def find_number(ticket_id: int) -> str | None:
    """The number of a ticket, without asking who looks: for mails and switchboard."""
    return db.session.scalar(select(Ticket.number).where(Ticket.id == ticket_id))


def get_numbers(ticket_ids: Iterable[int]) -> dict[int, str]:
    """Numbers of tickets by id, without asking who looks: for other systems."""
    found = select(Ticket.id, Ticket.number).where(among(Ticket.id, list(ticket_ids)))
    return {row.id: row.number for row in db.session.execute(found)}


def list_thread(ticket_id: int) -> list[ThreadMessage]:
    """The messages of the ticket and of those merged into it, oldest first (the latest 500), with their files."""
    latest = (
        select(*_MESSAGE)
        .where(TicketMessage.ticket_id.in_(_with_merged(ticket_id)))
        .order_by(TicketMessage.happened_at.desc(), TicketMessage.id.desc())
        .limit(THREAD_LIMIT)
    )
    rows = list(reversed(db.session.execute(latest).mappings().all()))
    files = list_attachments([row["id"] for row in rows])
    return [ThreadMessage(**{**row, "attachments": tuple(files.get(row["id"], ()))}) for row in rows]


def _with_merged(ticket_id: int) -> Select[int]:
    """The ticket and every one that ends in it, through any number of merges; a ring is walked once."""
    found = select(Ticket.id).where(Ticket.id == ticket_id).cte(recursive=True)
    found = found.union(select(Ticket.id).join(found, Ticket.merged_into_id == found.c.id))
    return select(found.c.id)


def list_attachments(message_ids: list[int]) -> dict[int, list[AttachmentRow]]:
    """The files of messages, by message."""
    files: dict[int, list[AttachmentRow]] = {}
    found = select(TicketAttachment).where(TicketAttachment.message_id.in_(message_ids))
    for row in db.session.scalars(found.order_by(TicketAttachment.id)):
        files.setdefault(row.message_id, []).append(attachment_row(row))
    return files


def attachment_row(row: TicketAttachment) -> AttachmentRow:
    """A file as others see it."""
    return AttachmentRow(
        row.id, row.message_id, row.name, row.media_type, row.size_bytes, row.sha256, row.content_id
    )


def access_attachment(attachment_id: int, viewer: Viewer) -> AttachmentRow:
    """A file of a ticket that the person may see. Raises NotFound."""
    statement = (
        select(TicketAttachment)
        .join(TicketMessage, TicketMessage.id == TicketAttachment.message_id)
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .where(TicketAttachment.id == attachment_id)
    )
    row = db.session.scalar(only_openable(statement, viewer, as_expert=True))
    if row is None:
        raise no_such_ticket()
    return attachment_row(row)


def list_events(ticket_id: int) -> list[ThreadEvent]:
    """What was changed, oldest first: the audit lines of the ticket."""
    lines = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "ticket", AuditEntry.subject_id == ticket_id)
        .order_by(AuditEntry.id)
    ).all()
    people = staff.get_agents({line.agent_id for line in lines if line.agent_id})
    return [
        ThreadEvent(
            line.data.get("event_id", 0),
            line.action.removeprefix("ticket."),
            line.agent_id,
            people[line.agent_id].name if line.agent_id in people else "",
            line.data,
            line.happened_at,
            line.actor_kind,
        )
        for line in lines
    ]


def list_waits(ticket_id: int) -> list[WaitRow]:
    """The waits of a ticket, oldest first."""
    found = (
        select(ReplyWait).where(ReplyWait.ticket_id == ticket_id).order_by(ReplyWait.started_at, ReplyWait.id)
    )
    return [
        WaitRow(
            id=row.id,
            store_id=row.store_id,
            channel=row.channel,
            kind=row.kind,
            started_at=row.started_at,
            due_at=row.due_at,
            ended_at=row.ended_at,
            agent_id=row.agent_id,
            is_transferred=row.is_transferred,
            seconds=row.seconds,
            business_seconds=row.business_seconds,
            target_seconds=row.target_seconds,
            dropped_at=row.dropped_at,
            drop_reason=row.drop_reason,
        )
        for row in db.session.scalars(found)
    ]


def has_open_ticket_on_order(order_id: int) -> bool:
    found = select(Ticket.id).where(Ticket.order_id == order_id, Ticket.state.in_(OPEN_STATES))
    return db.session.scalar(found.limit(1)) is not None


def ask_with_open_ticket(asked: Sequence[tuple[int, datetime]]) -> Question[list[bool]]:
    """For each (order, moment) whether a customer had an open ticket about it then, as far as tickets remember."""
    ids = {order_id for order_id, _ in asked if order_id}
    if not ids:
        return answered([False] * len(asked))
    about = select(Ticket.order_id, Ticket.created_at, Ticket.state, Ticket.solved_at)

    def read(rows: Rows) -> list[bool]:
        found: dict[int, list[tuple[datetime, datetime | None]]] = {}
        for order_id, opened_at, state, solved_at in rows:
            ended_at = None if state in OPEN_STATES else solved_at or opened_at
            found.setdefault(order_id, []).append((opened_at, ended_at))
        return [
            any(opened <= at and (ended is None or ended > at) for opened, ended in found.get(order_id, ()))
            for order_id, at in asked
        ]

    return Question((about.where(among(Ticket.order_id, ids)),), read)


def list_kept_messages(message_ids: Iterable[int]) -> set[int]:
    """Of these messages, those that are still in their thread: a reply that was taken back is not."""
    return set(db.session.scalars(select(TicketMessage.id).where(among(TicketMessage.id, set(message_ids)))))


def list_presence(
    ticket_id: int, *, machine_now: datetime, but_agent_id: int | None = None
) -> list[PresenceRow]:
    """Who else looks at or writes in the ticket; forgotten after 45 seconds."""
    rows = db.session.execute(
        select(Presence.agent_id, Presence.kind, Presence.seen_at).where(
            Presence.ticket_id == ticket_id, Presence.seen_at > machine_now - PRESENCE_LASTS
        )
    ).all()
    people = staff.get_agents({row.agent_id for row in rows})
    return [
        PresenceRow(row.agent_id, people[row.agent_id].name, row.kind, row.seen_at)
        for row in rows
        if row.agent_id != but_agent_id and row.agent_id in people
    ]


def list_drafts(ticket_id: int, agent_id: int) -> list[DraftRow]:
    """What the agent was writing here: at most one reply and one note."""
    found = select(Draft).where(Draft.ticket_id == ticket_id, Draft.agent_id == agent_id)
    return [DraftRow(row.kind, row.text, row.saved_at, row.inserted) for row in db.session.scalars(found)]


def count_waiting() -> int:
    """Tickets of the whole chain whose customer waits for a reply, for the operator's figures."""
    return db.session.scalar(select(func.count()).where(Ticket.waiting_since.is_not(None))) or 0
