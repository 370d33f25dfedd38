"""Forms with their versions, and what customers sent in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Language
from hub.customers.models import Customer, OptinRequest
from hub.signups.words import EntryState, FormKind


class SignupForm(Base):
    """A form with its public address `/f/<slug>`. Open between `opens_at` and `closes_at` (business time) while active.

    `version_number` is the version that is shown; what it asks stands there.
    """

    __tablename__ = "signup_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[FormKind] = mapped_column(words(FormKind))
    is_active: Mapped[bool] = mapped_column(default=False)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    version_number: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SignupFormVersion(Base):
    """What a form asked and promised from one moment on; never changed. The shape of `content` stands in rules.py."""

    __tablename__ = "signup_form_versions"
    __table_args__ = (UniqueConstraint("form_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey(SignupForm.id))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    made_by_id: Mapped[int | None]
    made_at: Mapped[datetime]


class SignupEntry(Base):
    """One sending of a form, also a refused one with its reason. `nonce` makes the same page count once."""

    __tablename__ = "signup_entries"
    __table_args__ = (
        Index("ix_signup_entries_list", "form_id", "id"),
        UniqueConstraint("form_id", "nonce"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey(SignupForm.id))
    version_id: Mapped[int] = mapped_column(ForeignKey(SignupFormVersion.id))
    state: Mapped[EntryState] = mapped_column(words(EntryState))
    reason: Mapped[str] = mapped_column(default="")
    answers: Mapped[dict[str, Any]]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    optin_id: Mapped[int | None] = mapped_column(ForeignKey(OptinRequest.id), index=True)
    language: Mapped[Language] = mapped_column(words(Language))
    nonce: Mapped[str | None]
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
