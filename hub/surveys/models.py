"""Surveys, invitations, touches and answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Language
from hub.surveys.words import AnswerState, Choice, InvitationState, TouchLabel, TouchMethod


class Survey(Base):
    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name_fr: Mapped[str]
    name_en: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Invitation(Base):
    """One customer asked about one order. The token in the links is an HMAC of the id; links live for 30 days."""

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("survey_id", "order_id"),
        Index("ix_invitations_customer", "customer_id", "created_at"),
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


class Touch(Base):
    """Any GET or HEAD of a box link: proves nothing, never counts, purged after 30 days."""

    __tablename__ = "touches"
    __table_args__ = (
        Index("ix_touches_invitation", "invitation_id", "touched_at"),
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
    source_hash: Mapped[str]
    user_agent: Mapped[str]
    touched_at: Mapped[datetime]


class Answer(Base):
    """History of what was answered; at most one confirmed row per invitation counts.

    `nonce` identifies the opened page. `page_opened_at` and `confirmed_at` are machine time, `answered_at` business.
    """

    __tablename__ = "answers"
    __table_args__ = (
        Index("ix_answers_counting", "invitation_id", unique=True, postgresql_where="state = 'confirmed'"),
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
