"""The tree of contact reasons, two or three levels deep."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class Reason(Base):
    """`key` is stable for rules and exports; `is_grievance` pauses promotion and surveys while a ticket is open."""

    __tablename__ = "reasons"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    name_fr: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    is_grievance: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
