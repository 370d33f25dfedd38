"""Typed properties: what the chain keeps of a customer beside the fields of the house, and who looks at it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.customers.property_words import PropertyKind


class PropertyDefinition(Base):
    """`key` is snake_case and begins with the prefix of its family; `choices` are the values of a choice.

    `forgotten_at`: taken away, and nobody's any more; a job takes the values, so far those of `forgotten_count` customers,
    in this pass up to the id `forgotten_up_to`.
    """

    __tablename__ = "property_definitions"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    family: Mapped[str]
    kind: Mapped[PropertyKind] = mapped_column(words(PropertyKind))
    label: Mapped[str]
    description: Mapped[str]
    choices: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]
    forgotten_up_to: Mapped[int] = mapped_column(default=0, server_default="0")
    forgotten_count: Mapped[int] = mapped_column(default=0, server_default="0")


class PropertyUse(Base):
    """Something of a room upstairs that looks at a property: `source_kind` and `source_id` name it, `name` is shown."""

    __tablename__ = "property_uses"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id", "key"),
        Index("ix_property_uses_key", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    source_kind: Mapped[str]
    source_id: Mapped[int]
    name: Mapped[str]
