"""What agents do around a ticket: followers, tags, replies that leave later, files of the composer."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.inbox.words import ScheduledState


class TicketFollower(Base):
    """Somebody who wants to hear of a ticket; a mention makes one."""

    __tablename__ = "ticket_followers"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True, index=True)
    followed_at: Mapped[datetime]


class Tag(Base):
    """A tag of the chain. `key` is its name without accents and case: one tag however it is typed."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[int | None]
    created_at: Mapped[datetime]


class TicketTag(Base):
    """A tag on a ticket."""

    __tablename__ = "ticket_tags"
    __table_args__ = (Index("ix_ticket_tags_tag", "tag_id", "ticket_id"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"), primary_key=True)
    added_by_id: Mapped[int | None]
    added_at: Mapped[datetime]


class ScheduledReply(Base):
    """A reply that leaves at `leave_at` (business time), unless somebody wrote since `last_event_id`.

    Then it is held, with the English sentence that says why and its values. `message_id` is the line of the thread
    it became.
    """

    __tablename__ = "scheduled_replies"
    __table_args__ = (
        Index("ix_scheduled_replies_due", "leave_at", postgresql_where="state = 'waiting'"),
        Index("ix_scheduled_replies_ticket", "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    text: Mapped[str]
    inserted: Mapped[dict[str, Any]] = mapped_column(default=dict)
    leave_at: Mapped[datetime]
    last_event_id: Mapped[int]
    state: Mapped[ScheduledState] = mapped_column(words(ScheduledState))
    held_reason: Mapped[str] = mapped_column(default="")
    held_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message_id: Mapped[int | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ComposerFile(Base):
    """A file chosen in the composer and not sent yet: it waits with the person's draft, or with a scheduled reply."""

    __tablename__ = "composer_files"
    __table_args__ = (Index("ix_composer_files_draft", "ticket_id", "agent_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    scheduled_id: Mapped[int | None] = mapped_column(ForeignKey("scheduled_replies.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]
