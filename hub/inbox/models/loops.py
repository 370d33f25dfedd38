"""Storms: an address that two machines would keep busy for ever, noticed once and shown until a person has seen it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class MailLoop(Base):
    """One storm of an address. While nobody has seen it the next mail that is held back counts here and tells nobody.

    `ticket_id` is where it was noticed, `held_count` the automatic mails that did not leave. Machine time, as the caps.
    """

    __tablename__ = "mail_loops"
    __table_args__ = (
        Index("ix_mail_loops_open", "address", unique=True, postgresql_where="seen_at IS NULL"),
        Index("ix_mail_loops_ticket", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    held_count: Mapped[int] = mapped_column(default=0, server_default="0")
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
