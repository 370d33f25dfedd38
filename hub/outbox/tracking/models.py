"""Clicks with their signals, openings of those who agreed, and counts of the others without a name."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.outbox.tracking.words import Opener, Sign, Visitor


class LinkClick(Base):
    """One request of a tracked link. `position` is the link's place in the frozen template, from 0.

    `clicked_at` is business time, like `accepted_at` of the message. The raw signals (`method`, `user_agent`,
    `source_hash`, `network`) are emptied after 13 months; label and time stay. `link_count` says how many tracked
    links the mail has.
    """

    __tablename__ = "link_clicks"
    __table_args__ = (
        Index("ix_link_clicks_message", "message_id", "id"),
        Index("ix_link_clicks_raw", "clicked_at", postgresql_where="purged_at IS NULL"),
        Index("ix_link_clicks_human", "clicked_at", "message_id", postgresql_where="label = 'human'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbound_messages.id"))
    position: Mapped[int]
    link_count: Mapped[int]
    clicked_at: Mapped[datetime]
    method: Mapped[str | None]
    user_agent: Mapped[str | None]
    source_hash: Mapped[str | None]
    network: Mapped[str | None]
    label: Mapped[Visitor] = mapped_column(words(Visitor))
    sign: Mapped[Sign] = mapped_column(words(Sign))
    purged_at: Mapped[datetime | None]


class MessageOpening(Base):
    """The pixel of a mail to somebody who agreed to it (or with the setting `all`) was loaded by `opener`.

    One row per message and opener: the first and last time, and how often.
    """

    __tablename__ = "message_openings"

    message_id: Mapped[int] = mapped_column(ForeignKey("outbound_messages.id"), primary_key=True)
    opener: Mapped[Opener] = mapped_column(words(Opener), primary_key=True)
    count: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class OpeningCount(Base):
    """Loads of the pixel that names nobody, per template version, day and opener."""

    __tablename__ = "opening_counts"
    __table_args__ = (CheckConstraint("count > 0", name="positive"),)

    template_version_id: Mapped[int] = mapped_column(ForeignKey("template_versions.id"), primary_key=True)
    opened_on: Mapped[date] = mapped_column(primary_key=True)
    opener: Mapped[Opener] = mapped_column(words(Opener), primary_key=True)
    count: Mapped[int]
