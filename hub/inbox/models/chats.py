"""Chat sessions: a visitor's window on one ticket, and whether he or she is still there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class ChatSession(Base):
    """One visitor in the chat widget; begins with the first message, whose ticket holds the transcript.

    `seen_at` and `gone_at` are machine time: when the widget was last heard of, and from when on the visitor counts
    as gone unless it is heard of again. `left_at` (business time) is set while he or she is not there; `is_closed`:
    by his or her own wish. `read_message_id`: the newest line that the widget has fetched.
    """

    __tablename__ = "chat_sessions"
    __table_args__ = (Index("ix_chat_sessions_gone", "gone_at", postgresql_where="left_at IS NULL"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    page_url: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    gone_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    is_closed: Mapped[bool] = mapped_column(default=False)
    read_message_id: Mapped[int] = mapped_column(default=0)
