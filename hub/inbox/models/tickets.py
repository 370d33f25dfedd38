"""Tickets, their messages and files, and who takes part."""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Channel, Language
from hub.inbox.search_column import SearchIndex
from hub.inbox.words import (
    MessageKind,
    Priority,
    RouteSource,
    TicketState,
)

OPEN_STATES = "state IN ('new', 'open', 'pending')"


class Ticket(Base):
    """One matter of one customer. `store_id` None is the central queue "unattributed".

    `waiting_since` is the oldest unanswered customer message; `due_at` when the reply is due, `warn_at` when the
    staff is warned next (`warned_percent`: the last step of the escalation that was told); `list_at` is the due time,
    or the last activity when nobody waits. `last_event_id` grows with every message and change, so that a sender can
    see that someone was faster.
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
        Index("ix_tickets_opened", "created_at", "store_id", "route_source"),
        Index("ix_tickets_assignee", "assignee_id", "list_at", "id", postgresql_where=OPEN_STATES),
        Index(
            "ix_tickets_waiting", "store_id", "list_at", "id", postgresql_where="waiting_since IS NOT NULL"
        ),
        Index("ix_tickets_waiting_all", "list_at", "id", postgresql_where="waiting_since IS NOT NULL"),
        Index("ix_tickets_warn", "warn_at", postgresql_where="warn_at IS NOT NULL"),
        Index("ix_tickets_due", "due_at", postgresql_where="waiting_since IS NOT NULL AND missed_at IS NULL"),
        Index("ix_tickets_solved", "solved_at", postgresql_where="state = 'solved'"),
        Index("ix_tickets_first_solved", "first_solved_at", postgresql_where="first_solved_at IS NOT NULL"),
        Index("ix_tickets_last_solved", "solved_at", postgresql_where="solved_at IS NOT NULL"),
        Index("ix_tickets_merged", "merged_into_id", postgresql_where="merged_into_id IS NOT NULL"),
        Index("ix_tickets_snoozed", "snoozed_until", postgresql_where="snoozed_until IS NOT NULL"),
        Index(
            "ix_tickets_unassigned",
            "store_id",
            "list_at",
            "id",
            postgresql_where=f"{OPEN_STATES} AND assignee_id IS NULL",
        ),
        Index(
            "ix_tickets_assignee_updated",
            "assignee_id",
            "updated_at",
            "id",
            postgresql_where="assignee_id IS NOT NULL",
        ),
        Index(
            "ix_tickets_reason_updated",
            "reason_id",
            "updated_at",
            "id",
            postgresql_where="reason_id IS NOT NULL",
        ),
        Index(
            "ix_tickets_channel_updated", "channel", "updated_at", "id", postgresql_where="channel <> 'email'"
        ),
        Index(
            "ix_tickets_priority_updated",
            "priority",
            "updated_at",
            "id",
            postgresql_where="priority <> 'normal'",
        ),
        Index(
            "ix_tickets_search_recent", text("recency_slots(updated_at)"), "search", postgresql_using="gin"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    requester_name: Mapped[str] = mapped_column(default="")
    requester_address: Mapped[str | None]
    our_address: Mapped[str | None]
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
    route_detail: Mapped[str] = mapped_column(default="", server_default="")
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
    warned_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    missed_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    snoozed_by_id: Mapped[int | None]
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
    call that reached the customer) from everything that does not end a customer's wait; `is_machine`: sent by a machine,
    with human content, so that nothing automatic answers it. `edited_at`: a note that its author changed since.
    """

    __tablename__ = "ticket_messages"
    __table_args__ = (
        Index("ix_ticket_messages_thread", "ticket_id", "happened_at", "id"),
        Index("ix_ticket_messages_mail", "mail_message_id"),
        Index("ix_ticket_messages_arrival", "arrival_id"),
        Index("ix_ticket_messages_notes", "id", postgresql_where="kind = 'note'"),
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
    is_machine: Mapped[bool] = mapped_column(default=False, server_default="false")
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    quoted_text: Mapped[str] = mapped_column(default="")
    html: Mapped[str] = mapped_column(default="")
    mail_message_id: Mapped[str | None]
    arrival_id: Mapped[int | None]
    outbound_id: Mapped[int | None] = mapped_column(index=True)
    inserted: Mapped[dict[str, Any]] = mapped_column(default=dict)
    happened_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]


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
    """An address that takes part in a ticket: only these may thread by the ticket number alone.

    `is_cc`: gets a copy of each reply. `merged_from_id`: came with a ticket that was merged, and leaves with it.
    """

    __tablename__ = "ticket_parties"
    __table_args__ = (UniqueConstraint("ticket_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    address: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(default="")
    is_requester: Mapped[bool] = mapped_column(default=False)
    is_cc: Mapped[bool] = mapped_column(default=False, server_default="false")
    merged_from_id: Mapped[int | None]
