"""What is around a ticket while people work on it: presence, drafts, automatic mails."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.inbox.words import (
    MessageKind,
    PresenceKind,
)


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
    """What an agent was writing; kept on the server because the shop PC is shared.

    `inserted`: ids of the texts in it, by the name of the composer's field.
    """

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("ticket_id", "agent_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    kind: Mapped[MessageKind] = mapped_column(words(MessageKind))
    text: Mapped[str]
    inserted: Mapped[dict[str, Any]] = mapped_column(default=dict)
    saved_at: Mapped[datetime]


class AutomaticMail(Base):
    """An acknowledgement or notice sent to an address: the loop caps count these. Machine time."""

    __tablename__ = "automatic_mails"
    __table_args__ = (
        Index("ix_automatic_mails_address", "address", "sent_at"),
        Index("ix_automatic_mails_ticket", "ticket_id", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    address: Mapped[str]
    sent_at: Mapped[datetime]
