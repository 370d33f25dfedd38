"""What the base was each night: counts of customers by store, and no person."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class BaseNight(Base):
    """The customers of one store as they stood after a night; `store_id` 0 are those without a preferred store.

    `counts`: customers by part (hub/statistics/base/parts.py); a part without anybody is missing. `as_of`: when it was
    counted, `run_as_of` the night that had scored them. Each night has its row of store 0, even an empty one.
    """

    __tablename__ = "base_nights"

    store_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken_on: Mapped[date] = mapped_column(primary_key=True)
    as_of: Mapped[datetime]
    run_as_of: Mapped[datetime]
    counts: Mapped[dict[str, Any]]
