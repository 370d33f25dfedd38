"""Who is alerted when: a store nobody looks after, and what each person wants to hear."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class StoreAlert(Base):
    """Mail or SMS when customers wait and nobody of the store is signed in; `store_id` None: the central queue.

    Without a row, or while `is_on` is None, the chain's usual choice holds (`hub/inbox/attention.py`).

    `after_minutes`: opening time a customer has waited; `idle_minutes`: how long nobody may have been active.
    `mails` and `phones` are who is told, normalised; without mails everybody of the store. `told_at`: the last time,
    business time.
    """

    __tablename__ = "store_alerts"
    __table_args__ = (UniqueConstraint("store_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    is_on: Mapped[bool | None]
    after_minutes: Mapped[int]
    idle_minutes: Mapped[int]
    mails: Mapped[list[Any]] = mapped_column(default=list)
    phones: Mapped[list[Any]] = mapped_column(default=list)
    told_at: Mapped[datetime | None]


class AlertChoice(Base):
    """What a person wants to hear besides the notices in the hub; without a row the usual choice holds."""

    __tablename__ = "alert_choices"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    has_mails: Mapped[bool]
    has_new_tickets: Mapped[bool]
    has_answers: Mapped[bool]
    has_warnings: Mapped[bool]
    has_digest: Mapped[bool] = mapped_column(default=True)
