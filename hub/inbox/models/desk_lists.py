"""Around the lists: saved views, what was done to many tickets at once, calls to make, words that correct typos."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.inbox.words import BulkKind, CallOutcome, CallState, ListSort, ViewReach


class SavedView(Base):
    """A search kept under a name. `query` are the words as typed; who reads it is "me" in them.

    Personal ones belong to `agent_id`, those of a store to `store_id`; chain-wide ones to nobody in particular.
    """

    __tablename__ = "saved_views"
    __table_args__ = (Index("ix_saved_views_reach", "reach", "position", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reach: Mapped[ViewReach] = mapped_column(words(ViewReach))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), index=True)
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"), index=True)
    name: Mapped[str]
    query: Mapped[str]
    sort: Mapped[ListSort] = mapped_column(words(ListSort))
    position: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DefaultView(Base):
    """The saved view that a person's inbox opens with."""

    __tablename__ = "default_views"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_views.id", ondelete="CASCADE"), index=True)


class BulkRun(Base):
    """One act on many tickets: `done` per ticket with what it was before, `refused` with the sentence that says why."""

    __tablename__ = "bulk_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), index=True)
    kind: Mapped[BulkKind] = mapped_column(words(BulkKind))
    given: Mapped[dict[str, Any]]
    done: Mapped[list[Any]]
    refused: Mapped[list[Any]]
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_count: Mapped[int | None]


class CallTask(Base):
    """A customer to phone. Number and name are looked up when it is shown: erased there, gone here.

    `created_by_id` is None when the hub itself asks for the call.
    """

    __tablename__ = "call_tasks"
    __table_args__ = (
        Index("ix_call_tasks_store", "store_id", "due_at", "id", postgresql_where="state = 'open'"),
        Index("ix_call_tasks_all", "due_at", "id", postgresql_where="state = 'open'"),
        Index("ix_call_tasks_assignee", "assignee_id", "due_at", "id", postgresql_where="state = 'open'"),
        Index("ix_call_tasks_ended", "ended_at", "id", postgresql_where="state <> 'open'"),
        Index("ix_call_tasks_customer", "customer_id", "id"),
        Index("ix_call_tasks_ticket", "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    script: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[CallState] = mapped_column(words(CallState))
    attempt_count: Mapped[int] = mapped_column(default=0)
    last_outcome: Mapped[CallOutcome | None] = mapped_column(words(CallOutcome))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CallAttempt(Base):
    """One try: what came of it and when to try again. `message_id` is its line in the ticket's thread."""

    __tablename__ = "call_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("call_tasks.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    outcome: Mapped[CallOutcome] = mapped_column(words(CallOutcome))
    note: Mapped[str] = mapped_column(default="")
    happened_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    message_id: Mapped[int | None]


class KnownWord(Base):
    """A word that tickets contain, without accents, and in about how many: what a typo may have meant, and which whole
    words a beginning stands for.
    """

    __tablename__ = "known_words"
    __table_args__ = (
        Index("ix_known_words_beginnings", "word", postgresql_ops={"word": "text_pattern_ops"}),
        Index(
            "ix_known_words_trigrams", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}
        ),
    )

    word: Mapped[str] = mapped_column(primary_key=True)
    ticket_count: Mapped[int]


class WordProgress(Base):
    """Up to which ticket and message the words are known: one row. `has_forgotten`: there were too many to keep all."""

    __tablename__ = "word_progress"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_ticket_id: Mapped[int]
    last_message_id: Mapped[int] = mapped_column(default=0, server_default="0")
    has_forgotten: Mapped[bool] = mapped_column(default=False, server_default="false")
