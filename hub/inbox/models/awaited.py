"""Files that came with a text and are fetched from its provider later."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.inbox.words import AwaitedState


class AwaitedFile(Base):
    """A picture, sound or film of an SMS or WhatsApp message, the `position`-th of its message, at the provider's `url`.

    `next_attempt_at` and `ended_at` are machine time. Kept it is an attachment of the message; failed it says why in
    `reason` (a MediaFault, or "no_account"). How it stands is copied to the message (`inserted["awaited_files"]`), so that
    the page of the ticket need not ask for it.
    """

    __tablename__ = "awaited_files"
    __table_args__ = (
        UniqueConstraint("message_id", "position"),
        Index("ix_awaited_files_due", "next_attempt_at", "id", postgresql_where="state = 'waiting'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("ticket_messages.id"))
    position: Mapped[int]
    url: Mapped[str]
    state: Mapped[AwaitedState] = mapped_column(words(AwaitedState))
    reason: Mapped[str | None]
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_attachments.id"))
