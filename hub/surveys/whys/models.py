"""What customers answered to "tell us why"."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.surveys.whys.words import WhyReason


class WhyAnswer(Base):
    """One answer a customer and source: a second one replaces it.

    `source` names what asked, for example `plan:anti_churn`. `store_id` is that of the last purchase when it was given.
    """

    __tablename__ = "why_answers"
    __table_args__ = (
        UniqueConstraint("customer_id", "source"),
        Index("ix_why_answers_answered", "answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    source: Mapped[str]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    reason: Mapped[WhyReason] = mapped_column(words(WhyReason))
    comment: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime]
