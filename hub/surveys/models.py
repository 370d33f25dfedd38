"""Surveys, invitations, touches and answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Language
from hub.surveys.words import AnswerState, Choice, InvitationState, TouchLabel, TouchMethod, TouchReason


class Survey(Base):
    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name_fr: Mapped[str]
    name_en: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Invitation(Base):
    """One customer asked about one order. The token in the links is an HMAC of the id; links live for 30 days.

    `answer_count` is how many answers were ever kept, whatever became of them: the first one needs no look back.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("survey_id", "order_id"),
        Index("ix_invitations_customer", "customer_id", "created_at"),
        Index(
            "ix_invitations_accepted",
            "accepted_at",
            "store_id",
            postgresql_where="accepted_at IS NOT NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    language: Mapped[Language] = mapped_column(words(Language))
    state: Mapped[InvitationState] = mapped_column(words(InvitationState))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer_count: Mapped[int] = mapped_column(default=0, server_default="0")


class Touch(Base):
    """Each time a link of an invitation was touched, and why we think who it was. Purged after 30 days.

    A GET or HEAD proves nothing and never counts; an INTENT or POST names its answer. Links below the mail are
    noted without an invitation. `touched_at` is machine time, `happened_at` business time (None: the same).
    """

    __tablename__ = "touches"
    __table_args__ = (
        Index("ix_touches_invitation", "invitation_id", "touched_at"),
        Index("ix_touches_invitation_log", "invitation_id", "id"),
        Index("ix_touches_label_log", "label", "id"),
        Index("ix_touches_source", "source_hash", "touched_at"),
        Index("ix_touches_answer", "answer_id", postgresql_where="answer_id IS NOT NULL"),
        Index("ix_touches_purge", "touched_at"),
        Index(
            "ix_touches_unjudged",
            "touched_at",
            postgresql_where="label = 'unknown' AND invitation_id IS NOT NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"))
    choice: Mapped[str]
    method: Mapped[TouchMethod] = mapped_column(words(TouchMethod))
    label: Mapped[TouchLabel] = mapped_column(words(TouchLabel))
    reason: Mapped[TouchReason] = mapped_column(
        words(TouchReason), default=TouchReason.NOT_JUDGED, server_default=TouchReason.NOT_JUDGED.value
    )
    source_hash: Mapped[str]
    user_agent: Mapped[str]
    touched_at: Mapped[datetime]
    happened_at: Mapped[datetime | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id"))


class Answer(Base):
    """History of what was answered; at most one confirmed row per invitation counts.

    `nonce` identifies the opened page. `page_opened_at` and `confirmed_at` are machine time, `answered_at` business.
    `is_gesture`: known from a gesture alone, never confirmed with the button. `judge_at` (business time) is when a
    provisional answer has waited long enough for something that speaks against it.
    """

    __tablename__ = "answers"
    __table_args__ = (
        Index("ix_answers_counting", "invitation_id", unique=True, postgresql_where="state = 'confirmed'"),
        Index(
            "ix_answers_provisional", "invitation_id", unique=True, postgresql_where="state = 'provisional'"
        ),
        Index("ix_answers_answered", "answered_at", postgresql_where="state = 'confirmed'"),
        Index("ix_answers_judge", "judge_at", postgresql_where="judge_at IS NOT NULL"),
        Index("ix_answers_history", "invitation_id", "id"),
        Index("ix_answers_store", "store_id", "answered_at"),
        Index("ix_answers_customer", "customer_id", "answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    choice: Mapped[Choice] = mapped_column(words(Choice))
    comment: Mapped[str] = mapped_column(default="")
    topics: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[AnswerState] = mapped_column(words(AnswerState))
    nonce: Mapped[str]
    page_opened_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    answered_at: Mapped[datetime]
    is_gesture: Mapped[bool] = mapped_column(default=False, server_default="false")
    judge_at: Mapped[datetime | None]


class FilteredDomain(Base):
    """What the touches of at least twenty customers of a mail domain have taught, of the mails touched within a day.

    `filtered_count` of `touched_count` mails were opened by filters, nine tenths of those within `window_seconds` after
    the mail was accepted.
    """

    __tablename__ = "filtered_domains"

    domain: Mapped[str] = mapped_column(primary_key=True)
    touched_count: Mapped[int]
    filtered_count: Mapped[int]
    window_seconds: Mapped[int]
    learned_at: Mapped[datetime]
