"""What the inbox hands out: frozen rows instead of ORM objects, and what a list asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.core.words import ActorKind, Channel, Language
from hub.inbox.words import (
    InboxView,
    ListSort,
    MessageKind,
    PresenceKind,
    Priority,
    RouteSource,
    TicketState,
    WaitKind,
)


@dataclass(frozen=True, kw_only=True)
class TicketFilters:
    """What a list shows. `view` gives the order, unless `sort` does; `search` are words and filters in words."""

    view: InboxView = InboxView.WAITING
    store_id: int | None = None
    state: TicketState | None = None
    assignee_id: int | None = None
    customer_id: int | None = None
    channel: Channel | None = None
    reason_id: int | None = None
    search: str = ""
    sort: ListSort | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TicketRow:
    """One line of a list. `due_at` None while nobody waits or no hours are known; `store_name` "" in the central queue."""

    id: int
    number: str
    subject: str
    preview: str
    requester_name: str
    requester_address: str | None
    customer_id: int | None
    channel: Channel
    state: TicketState
    priority: Priority
    store_id: int | None
    store_name: str
    assignee_id: int | None
    assignee_name: str
    reason_id: int | None
    order_id: int | None
    is_grievance: bool
    is_confirmed: bool
    score: int | None
    waiting_since: datetime | None
    due_at: datetime | None
    warned_at: datetime | None
    list_at: datetime
    created_at: datetime
    updated_at: datetime
    last_event_id: int
    snoozed_until: datetime | None

    def is_late(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < now


@dataclass(frozen=True, kw_only=True)
class TicketView(TicketRow):
    """The whole ticket but its thread. Numbers of other tickets, and the store's time zone, are "" when there is none."""

    time_zone: str
    language: Language
    route_source: RouteSource
    route_confidence: float
    route_detail: str
    source_kind: str | None
    source_id: int | None
    merged_into_number: str
    related_number: str
    reopened_count: int
    transfer_count: int
    first_replied_at: datetime | None
    solved_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class AttachmentRow:
    id: int
    message_id: int
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    content_id: str | None


@dataclass(frozen=True, kw_only=True)
class ThreadMessage:
    """One line of the thread. `outbound_id` names the message in the door out; `ends_wait`: public, by a person."""

    id: int
    event_id: int
    ticket_id: int
    kind: MessageKind
    channel: Channel
    agent_id: int | None
    author_name: str
    author_address: str | None
    is_stranger: bool
    subject: str
    text: str
    quoted_text: str
    html: str
    outbound_id: int | None
    ends_wait: bool
    inserted: Mapping[str, Any]
    happened_at: datetime
    arrival_id: int | None = None
    edited_at: datetime | None = None
    attachments: tuple[AttachmentRow, ...] = ()


@dataclass(frozen=True)
class ThreadEvent:
    """A change between two messages: `action` is solved, reopened, assigned, transferred, …; `data` ids and states."""

    event_id: int
    action: str
    agent_id: int | None
    agent_name: str
    data: Mapping[str, Any]
    happened_at: datetime
    actor_kind: ActorKind = ActorKind.AGENT


@dataclass(frozen=True)
class PresenceRow:
    agent_id: int
    name: str
    kind: PresenceKind
    seen_at: datetime


@dataclass(frozen=True)
class DraftRow:
    kind: MessageKind
    text: str
    saved_at: datetime
    inserted: Mapping[str, list[int]]


@dataclass(frozen=True, kw_only=True)
class WaitRow:
    """One wait as it stands; times in business seconds of the store, None when no hours are known."""

    id: int
    store_id: int | None
    channel: Channel
    kind: WaitKind
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    agent_id: int | None
    is_transferred: bool
    seconds: int | None
    business_seconds: int | None
    target_seconds: int
    dropped_at: datetime | None
    drop_reason: str | None


@dataclass(frozen=True)
class TargetRow:
    """Business seconds for the first and each next reply; `is_default` when the chain has not changed it."""

    channel: Channel
    priority: Priority
    first_seconds: int
    next_seconds: int
    is_default: bool
