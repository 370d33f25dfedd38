"""The audit trail: who changed what, append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.actor import Actor
from hub.core.db import Base, db, words
from hub.core.words import ActorKind


class AuditEntry(Base):
    """One change: `data` holds ids, states and numbers, no secret and no words of a customer."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    happened_at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(words(ActorKind))
    agent_id: Mapped[int | None]
    api_key_id: Mapped[int | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None]
    data: Mapped[dict[str, Any]]


def note_change(
    action: str, *, subject_kind: str, subject_id: int | None, by: Actor, now: datetime, **data: Any
) -> None:
    """Append one line in the caller's transaction."""
    db.session.add(
        AuditEntry(
            happened_at=now,
            actor_kind=by.kind,
            agent_id=by.agent_id,
            api_key_id=by.api_key_id,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            data=data,
        )
    )
