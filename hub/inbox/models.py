"""Tickets, their messages, waits, and what agents do around them."""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Channel, Language
from hub.inbox.search_column import SearchIndex
from hub.inbox.words import (
    DropReason,
    MessageKind,
    PresenceKind,
    Priority,
    RouteSource,
    TicketState,
    WaitKind,
)

OPEN_STATES = "state IN ('new', 'open', 'pending')"


class Ticket(Base):
    """One matter of one customer. `store_id` None is the central queue "unattributed".

    `waiting_since` is the oldest unanswered customer message; `due_at` when the reply is due, `warn_at` when the
    staff is warned of it; `list_at` is the due time, or the last activity when nobody waits. `last_event_id` grows
    with every message and change, so that a sender can see that someone was faster.
    """

    __tablename__ = "tickets"
    __mapper_args__ = MappingProxyType({"eager_defaults": False})
    __table_args__ = (
        Index("ix_tickets_list", "store_id", "list_at", "id", postgresql_where=OPEN_STATES),
        Index("ix_tickets_list_all", "list_at", "id", postgresql_where=OPEN_STATES),
        Index("ix_tickets_store_updated", "store_id", "updated_at", "id"),
        Index("ix_tickets_updated", "updated_at", "id"),
        Index("ix_tickets_customer", "customer_id", "id"),
        Index("ix_tickets_order", "order_id"),
        Index("ix_tickets_assignee", "assignee_id", "list_at", "id", postgresql_where=OPEN_STATES),
        Index(
            "ix_tickets_waiting", "store_id", "list_at", "id", postgresql_where="waiting_since IS NOT NULL"
        ),
        Index("ix_tickets_waiting_all", "list_at", "id", postgresql_where="waiting_since IS NOT NULL"),
        Index(
            "ix_tickets_warn", "warn_at", postgresql_where="waiting_since IS NOT NULL AND warned_at IS NULL"
        ),
        Index("ix_tickets_due", "due_at", postgresql_where="waiting_since IS NOT NULL AND missed_at IS NULL"),
        Index("ix_tickets_solved", "solved_at", postgresql_where="state = 'solved'"),
        Index("ix_tickets_merged", "merged_into_id", postgresql_where="merged_into_id IS NOT NULL"),
        Index("ix_tickets_search", "search", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    requester_name: Mapped[str] = mapped_column(default="")
    requester_address: Mapped[str | None]
    channel: Mapped[Channel] = mapped_column(words(Channel))
    state: Mapped[TicketState] = mapped_column(words(TicketState))
    priority: Mapped[Priority] = mapped_column(words(Priority))
    language: Mapped[Language] = mapped_column(words(Language))
    subject: Mapped[str]
    preview: Mapped[str] = mapped_column(default="")
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    route_source: Mapped[RouteSource] = mapped_column(words(RouteSource))
    route_confidence: Mapped[float] = mapped_column(default=0.0)
    source_kind: Mapped[str | None]
    source_id: Mapped[int | None]
    is_grievance: Mapped[bool] = mapped_column(default=False)
    is_confirmed: Mapped[bool] = mapped_column(default=True)
    score: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    related_ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    waiting_since: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    list_at: Mapped[datetime]
    warn_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    first_replied_at: Mapped[datetime | None]
    first_solved_at: Mapped[datetime | None]
    solved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened_count: Mapped[int] = mapped_column(default=0)
    transfer_count: Mapped[int] = mapped_column(default=0)
    last_event_id: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    search: Mapped[Any | None] = mapped_column(SearchIndex, deferred=True)


class TicketMessage(Base):
    """One line of the thread. `text` is what was new in it, `quoted_text` what was folded away, `html` sanitised.

    `outbound_id` names the message in the door out without a foreign key; `key` makes a double submission one.
    `event_id` is its place among the ticket's events; `ends_wait` tells a public message of a person (a reply, or a
    call that reached the customer) from everything that does not end a customer's wait.
    """

    __tablename__ = "ticket_messages"
    __table_args__ = (
        Index("ix_ticket_messages_thread", "ticket_id", "happened_at", "id"),
        Index("ix_ticket_messages_mail", "mail_message_id"),
        Index("ix_ticket_messages_arrival", "arrival_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[MessageKind] = mapped_column(words(MessageKind))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    key: Mapped[str | None] = mapped_column(unique=True)
    event_id: Mapped[int]
    ends_wait: Mapped[bool] = mapped_column(default=False)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    api_key_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(default="")
    author_address: Mapped[str | None]
    is_stranger: Mapped[bool] = mapped_column(default=False)
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    quoted_text: Mapped[str] = mapped_column(default="")
    html: Mapped[str] = mapped_column(default="")
    mail_message_id: Mapped[str | None]
    arrival_id: Mapped[int | None]
    outbound_id: Mapped[int | None] = mapped_column(index=True)
    inserted: Mapped[dict[str, Any]] = mapped_column(default=dict)
    happened_at: Mapped[datetime]


class TicketAttachment(Base):
    """A file of a message, kept once by its hash. `media_type` was found from the content."""

    __tablename__ = "ticket_attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("ticket_messages.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    content_id: Mapped[str | None]


class TicketParty(Base):
    """An address that takes part in a ticket: only these may thread by the ticket number alone."""

    __tablename__ = "ticket_parties"
    __table_args__ = (UniqueConstraint("ticket_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    address: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(default="")
    is_requester: Mapped[bool] = mapped_column(default=False)


class ReplyWait(Base):
    """One wait of a customer: from the oldest unanswered message to the first public message of a person.

    Open while `ended_at` and `dropped_at` are None. `seconds` is wall time, `business_seconds` counts the store's
    opening hours (None when no hours are known), `target_seconds` was frozen at the start (business seconds).
    """

    __tablename__ = "reply_waits"
    __table_args__ = (
        Index(
            "ix_reply_waits_open",
            "ticket_id",
            unique=True,
            postgresql_where="ended_at IS NULL AND dropped_at IS NULL",
        ),
        Index("ix_reply_waits_ended", "ended_at", "store_id", postgresql_where="ended_at IS NOT NULL"),
        Index("ix_reply_waits_ticket", "ticket_id", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    reason_id: Mapped[int | None]
    kind: Mapped[WaitKind] = mapped_column(words(WaitKind))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    target_seconds: Mapped[int]
    ended_at: Mapped[datetime | None]
    agent_id: Mapped[int | None]
    is_transferred: Mapped[bool] = mapped_column(default=False)
    seconds: Mapped[int | None]
    business_seconds: Mapped[int | None]
    dropped_at: Mapped[datetime | None]
    drop_reason: Mapped[DropReason | None] = mapped_column(words(DropReason))


class RoutingOrder(Base):
    """The order in which sources are asked for the store; one row per source."""

    __tablename__ = "routing_order"

    source: Mapped[RouteSource] = mapped_column(words(RouteSource), primary_key=True)
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)


class ReplyTarget(Base):
    """Target of a channel and priority in business seconds of the store, for the first and the next reply."""

    __tablename__ = "reply_targets"
    __table_args__ = (UniqueConstraint("channel", "priority"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    priority: Mapped[Priority] = mapped_column(words(Priority))
    first_seconds: Mapped[int]
    next_seconds: Mapped[int]


class Presence(Base):
    """Who looks at or writes in a ticket; machine time, forgotten after a minute."""

    __tablename__ = "presences"
    __table_args__ = (UniqueConstraint("ticket_id", "agent_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    kind: Mapped[PresenceKind] = mapped_column(words(PresenceKind))
    seen_at: Mapped[datetime]


class Draft(Base):
    """What an agent was writing; kept on the server because the shop PC is shared."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("ticket_id", "agent_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    kind: Mapped[MessageKind] = mapped_column(words(MessageKind))
    text: Mapped[str]
    saved_at: Mapped[datetime]


class AutomaticMail(Base):
    """An acknowledgement or notice sent to an address: the loop caps count these. Machine time."""

    __tablename__ = "automatic_mails"
    __table_args__ = (
        Index("ix_automatic_mails_address", "address", "sent_at"),
        Index("ix_automatic_mails_ticket", "ticket_id", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    address: Mapped[str]
    sent_at: Mapped[datetime]
