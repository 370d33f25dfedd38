"""What is remembered of figures: digests as they were told."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.statistics.words import Period


class Digest(Base):
    """The digest of one person and period: numbers and keys, so that it is read in any language and stays as it was told.

    `told_at` is when it was handed over for mailing, business time; None for one the person asked for on the page.
    """

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("agent_id", "period", "since_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    period: Mapped[Period] = mapped_column(words(Period))
    since_on: Mapped[date]
    until_on: Mapped[date]
    content: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
