"""Message templates and their frozen versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.content.words import TemplateState
from hub.core.db import Base, words
from hub.core.words import Language, Purpose


class MessageTemplate(Base):
    __tablename__ = "message_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    is_builtin: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class TemplateVersion(Base):
    """One language of one version: never changed once published. `html` and `text` are compiled, with merge tokens."""

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("template_id", "language", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("message_templates.id"))
    language: Mapped[Language] = mapped_column(words(Language))
    number: Mapped[int]
    state: Mapped[TemplateState] = mapped_column(words(TemplateState))
    subject: Mapped[str]
    source: Mapped[str]
    source_hash: Mapped[str]
    html: Mapped[str]
    text: Mapped[str]
    variables: Mapped[list[Any]]
    published_at: Mapped[datetime]
