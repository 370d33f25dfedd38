"""Arrivals: anything inbound, as it came."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.mailroom.words import ArrivalKind, ArrivalState, ArrivalWay


class Arrival(Base):
    """Stored first, sorted later. Unique on mailbox, Message-ID and content, so that a second delivery is one.

    `raw` holds small mails; large ones are on the file shelf under `file_sha256`. `next_attempt_at` and
    `received_at` differ: the first is machine time, the second business time. `is_partial`: only the head of a mail
    above the limit is kept, `size_bytes` is that of the whole. `released_at`: a person let it pass the limits.
    """

    __tablename__ = "arrivals"
    __table_args__ = (
        UniqueConstraint("mailbox", "message_id", "sha256"),
        Index("ix_arrivals_waiting", "next_attempt_at", "id", postgresql_where="state = 'waiting'"),
        Index("ix_arrivals_quarantined", "id", postgresql_where="state = 'quarantined'"),
        Index(
            "ix_arrivals_unseen",
            "id",
            postgresql_where="state = 'sorted' AND kind = 'auto_reply' AND ticket_id IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    way: Mapped[ArrivalWay] = mapped_column(words(ArrivalWay))
    mailbox: Mapped[str]
    mail_from: Mapped[str] = mapped_column(default="")
    recipients: Mapped[list[Any]]
    message_id: Mapped[str]
    sha256: Mapped[str]
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    file_sha256: Mapped[str | None]
    size_bytes: Mapped[int]
    state: Mapped[ArrivalState] = mapped_column(words(ArrivalState))
    kind: Mapped[ArrivalKind | None] = mapped_column(words(ArrivalKind))
    reason: Mapped[str | None]
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    received_at: Mapped[datetime]
    sorted_at: Mapped[datetime | None]
    ticket_id: Mapped[int | None]
    outbound_id: Mapped[int | None]
    is_partial: Mapped[bool] = mapped_column(default=False, server_default="false")
    released_at: Mapped[datetime | None]
