"""Message templates and their frozen versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, false
from sqlalchemy import text as sql
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
    name: Mapped[str] = mapped_column(default="", server_default="")


class TemplateVersion(Base):
    """One language of one version: never changed once published. `html` and `text` are compiled, with merge tokens.

    `is_own`: written by the chain; where one is published, it goes before the delivered one of the same template.
    """

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
    sms_text: Mapped[str] = mapped_column(default="", server_default="")
    preheader: Mapped[str] = mapped_column(default="", server_default="")
    blocks: Mapped[list[Any]] = mapped_column(default=list, server_default=sql("'[]'"))
    is_own: Mapped[bool] = mapped_column(default=False, server_default=false())
    published_by_id: Mapped[int | None]


class TemplateDraft(Base):
    """What is being written, one row a language.

    `revision` counts the saves, so that two writers notice each other; `run_revision` is the first of the unbroken
    run of saves by the present writer, who never is in their own way.
    """

    __tablename__ = "template_drafts"
    __table_args__ = (UniqueConstraint("template_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("message_templates.id", ondelete="CASCADE"))
    language: Mapped[Language] = mapped_column(words(Language))
    subject: Mapped[str]
    preheader: Mapped[str]
    sms_text: Mapped[str]
    blocks: Mapped[list[Any]]
    fallbacks: Mapped[dict[str, Any]]
    revision: Mapped[int]
    run_revision: Mapped[int]
    edited_by_id: Mapped[int | None]
    edited_at: Mapped[datetime]
