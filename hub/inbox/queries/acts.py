"""What agents did around a ticket: tags, followers, parties, replies that leave later, files of the composer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_, fold
from hub.inbox.colleagues import find_answerer
from hub.inbox.models import (
    ComposerFile,
    Draft,
    ScheduledReply,
    Tag,
    Ticket,
    TicketFollower,
    TicketParty,
    TicketTag,
)
from hub.inbox.queries.notices import unread_column
from hub.inbox.snoozes import SnoozeUntil, choices
from hub.inbox.words import ScheduledState
from hub.staff import queries as staff
from hub.staff.rules import Viewer
from hub.stores import queries as stores
from hub.stores.rules import Hours

TAG_SETTING = "tags"


@dataclass(frozen=True)
class TagRow:
    """A tag of the chain; `ticket_count` is 0 where it was not asked for."""

    id: int
    name: str
    is_active: bool
    ticket_count: int = 0


@dataclass(frozen=True)
class PartyRow:
    id: int
    address: str
    name: str
    is_requester: bool
    is_cc: bool


@dataclass(frozen=True)
class ComposerFileRow:
    id: int
    name: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ScheduledRow:
    """A reply that leaves later, or is held: `held_reason` is an English sentence with its values.

    `is_orphaned`: its author does not answer this ticket any more, so a colleague may go on with it.
    """

    id: int
    ticket_id: int
    agent_id: int
    agent_name: str
    text: str
    leave_at: datetime
    is_held: bool
    held_reason: str
    held_values: Mapping[str, Any]
    file_count: int = 0
    is_orphaned: bool = False
    inserted: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Marks:
    """What a ticket shows besides its columns: its tags, whether the person follows it, what waits to be sent.

    `drafts`: by kind, the text with the ids of what was inserted.
    """

    tags: tuple[TagRow, ...]
    is_followed: bool
    follower_count: int
    files: tuple[ComposerFileRow, ...]
    scheduled_count: int
    drafts: Mapping[str, Any]
    unread_count: int


def get_marks(ticket_id: int, viewer: Viewer) -> Marks:
    """In one statement, for every opening of a ticket; the person's drafts and unread notices come along."""
    agent_id = viewer.agent_id
    tags = (
        select(func.jsonb_agg(func.jsonb_build_array(Tag.id, Tag.name, Tag.is_active)))
        .join(TicketTag, TicketTag.tag_id == Tag.id)
        .where(TicketTag.ticket_id == ticket_id)
    )
    followers = select(
        func.coalesce(func.bool_or(TicketFollower.agent_id == agent_id), False), func.count()
    ).where(TicketFollower.ticket_id == ticket_id)
    asked = followers.add_columns(
        tags.scalar_subquery(),
        _files_of(ticket_id, agent_id),
        _scheduled(ticket_id),
        select(func.jsonb_object_agg(Draft.kind, func.jsonb_build_array(Draft.text, Draft.inserted)))
        .where(Draft.ticket_id == ticket_id, Draft.agent_id == agent_id)
        .scalar_subquery(),
        unread_column(viewer),
    )
    is_followed, count, found, files, scheduled, drafts, unread = db.session.execute(asked).one()
    rows = sorted((TagRow(*each) for each in found or ()), key=lambda row: fold(row.name))
    kept = sorted((ComposerFileRow(*each) for each in files or ()), key=lambda row: row.id)
    return Marks(tuple(rows), bool(is_followed), count, tuple(kept), scheduled, drafts or {}, unread)


def _files_of(ticket_id: int, agent_id: int) -> Any:
    found = func.jsonb_agg(
        func.jsonb_build_array(
            ComposerFile.id,
            ComposerFile.name,
            ComposerFile.media_type,
            ComposerFile.size_bytes,
            ComposerFile.sha256,
        )
    )
    return select(found).where(*_in_composer(ticket_id, agent_id)).scalar_subquery()


def _in_composer(ticket_id: int, agent_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ComposerFile.ticket_id == ticket_id,
        ComposerFile.agent_id == agent_id,
        ComposerFile.scheduled_id.is_(None),
    )


def _scheduled(ticket_id: int) -> Any:
    waits = ScheduledReply.state.in_([ScheduledState.WAITING, ScheduledState.HELD])
    return select(func.count()).where(ScheduledReply.ticket_id == ticket_id, waits).scalar_subquery()


def list_tags(*, is_active: bool | None = True, search: str = "") -> list[TagRow]:
    """The chain's tags by name, each with the number of its tickets."""
    count = select(func.count()).where(TicketTag.tag_id == Tag.id).scalar_subquery()
    found = select(Tag.id, Tag.name, Tag.is_active, count).order_by(Tag.key)
    if is_active is not None:
        found = found.where(Tag.is_active == is_active)
    if search.strip():
        found = found.where(Tag.key.contains(fold(search.strip().lstrip("#")), autoescape=True))
    return [TagRow(*row) for row in db.session.execute(found)]


def get_tags(tag_ids: Collection[int]) -> dict[int, TagRow]:
    """By id, retired ones too."""
    found = select(Tag.id, Tag.name, Tag.is_active).where(Tag.id.in_(tag_ids))
    return {row.id: TagRow(*row) for row in db.session.execute(found)} if tag_ids else {}


def list_parties(ticket_id: int) -> list[PartyRow]:
    """Who takes part: the requester first."""
    found = select(
        TicketParty.id, TicketParty.address, TicketParty.name, TicketParty.is_requester, TicketParty.is_cc
    ).where(TicketParty.ticket_id == ticket_id)
    rows = db.session.execute(found.order_by(TicketParty.is_requester.desc(), TicketParty.id))
    return [PartyRow(*row) for row in rows]


def list_composer_files(ticket_id: int, agent_id: int) -> list[ComposerFileRow]:
    """The files that wait in the person's composer of this ticket."""
    found = select(
        ComposerFile.id,
        ComposerFile.name,
        ComposerFile.media_type,
        ComposerFile.size_bytes,
        ComposerFile.sha256,
    ).where(*_in_composer(ticket_id, agent_id))
    return [ComposerFileRow(*row) for row in db.session.execute(found.order_by(ComposerFile.id))]


def list_scheduled(ticket_id: int) -> list[ScheduledRow]:
    """The replies of anybody that wait for their moment or are held, the next one first."""
    files = select(func.count()).where(ComposerFile.scheduled_id == ScheduledReply.id).scalar_subquery()
    found = select(ScheduledReply, files, _store_of(ticket_id)).where(
        ScheduledReply.ticket_id == ticket_id,
        ScheduledReply.state.in_([ScheduledState.WAITING, ScheduledState.HELD]),
    )
    rows = db.session.execute(found.order_by(ScheduledReply.leave_at, ScheduledReply.id)).all()
    people = staff.get_agents({row.agent_id for row, *_ in rows})
    return [
        ScheduledRow(
            id=row.id,
            ticket_id=row.ticket_id,
            agent_id=row.agent_id,
            agent_name=people[row.agent_id].name if row.agent_id in people else "",
            text=row.text,
            leave_at=row.leave_at,
            is_held=row.state is ScheduledState.HELD,
            held_reason=row.held_reason,
            held_values=row.held_values,
            file_count=count,
            inserted=row.inserted,
            is_orphaned=row.state is ScheduledState.HELD and not find_answerer(row.agent_id, store_id),
        )
        for row, count, store_id in rows
    ]


def _store_of(ticket_id: int) -> Any:
    return select(Ticket.store_id).where(Ticket.id == ticket_id).scalar_subquery()


def get_scheduled(ticket_id: int, scheduled_id: int) -> ScheduledRow:
    """One of the ticket's; the caller has looked the ticket up with permission. Raises NotFound."""
    for row in list_scheduled(ticket_id):
        if row.id == scheduled_id:
            return row
    raise NotFound(N_("This reply has left already, or was cancelled."))


def offer_snoozes(store_id: int | None, now: datetime) -> Mapping[SnoozeUntil, datetime]:
    """What a ticket of this store can be snoozed until with one press, and when that is."""
    hours = stores.get_hours(store_id) if store_id else Hours(stores.get_chain().time_zone, "FR")
    return choices(hours, now)


def may_make_tags() -> bool:
    """The chain's setting: whether agents may add new tags to the list, or only choose from it."""
    return bool(stores.get_chain().settings.get(TAG_SETTING, {}).get("agents_make", True))
