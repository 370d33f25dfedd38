"""Results of plans with very many passages, kept so that their page opens at once; they can be thrown away and made anew."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from hub.plans.models import Plan


class KeptResults(Base):
    """The last twelve months of one plan, as gathered from the facts at `computed_at` (None: not yet); business time.

    A row stands only for a plan with more entries than are counted while somebody waits: `entries` by month
    (`2026-03`), as they were at `sized_at`. `data` holds the rows of `gathering.Gathered`, and no customer.
    """

    __tablename__ = "kept_plan_results"

    plan_id: Mapped[int] = mapped_column(ForeignKey(Plan.id, ondelete="CASCADE"), primary_key=True)
    entries: Mapped[dict[str, Any]]
    sized_at: Mapped[datetime]
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    computed_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]] = mapped_column(deferred=True, server_default="{}")
