"""Agents, the stores and regions they belong to, and API keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Language
from hub.staff.words import Role


class Agent(Base):
    """A person of the staff. `session_epoch` grows when every session of the person must end.

    `password_hash` is None until the invitation is accepted; `deactivated_at` is set when the person leaves.
    """

    __tablename__ = "agents"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    role: Mapped[Role] = mapped_column(words(Role))
    language: Mapped[Language] = mapped_column(words(Language))
    password_hash: Mapped[str | None]
    pin_hash: Mapped[str | None]
    session_epoch: Mapped[int] = mapped_column(default=0)
    undo_seconds: Mapped[int] = mapped_column(default=10)
    has_shortcuts: Mapped[bool] = mapped_column(default=True)
    has_sound: Mapped[bool] = mapped_column(default=False, server_default=false())
    invited_at: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Membership(Base):
    """An agent belongs to a store, or (region managers) to a region."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("agent_id", "store_id"),
        UniqueConstraint("agent_id", "region_id"),
        CheckConstraint("(store_id IS NULL) <> (region_id IS NULL)", name="one_target"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("regions.id"), index=True)


class Attendance(Base):
    """When a person last had a page of the hub open, machine time: is anybody of the store there to answer?"""

    __tablename__ = "attendances"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    seen_at: Mapped[datetime]


class ApiKey(Base):
    """A key of a shop system. Only the SHA-256 of the secret is kept; the key acts as `agent_id` when it replies."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    scopes: Mapped[list[Any]]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A failed log-in or PIN, machine time; too many close the door for a while."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(index=True)
    attempted_at: Mapped[datetime]
