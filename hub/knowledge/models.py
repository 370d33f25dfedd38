"""Articles with their versions, standard replies, and what was searched."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Language
from hub.knowledge.words import AfterSending, ArticleState, GapState, VoteReason


class Article(Base):
    """The current text of an article in one language; `pair_id` is the same article in the other language.

    `source` names it where it was brought in from: an address, a path. `reason_id` is the subject under which it stands, more
    are in ArticleReason. `review_on` is the day on which its owner reads it again, `review_told_on` the one of these days of
    which the owner was told.
    """

    __tablename__ = "articles"
    __table_args__ = (Index("ix_articles_list", "sort_key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    language: Mapped[Language] = mapped_column(words(Language))
    state: Mapped[ArticleState] = mapped_column(words(ArticleState))
    title: Mapped[str]
    sort_key: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    pair_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    version_number: Mapped[int] = mapped_column(default=1)
    inserted_count: Mapped[int] = mapped_column(default=0)
    source: Mapped[str | None] = mapped_column(unique=True)
    published_at: Mapped[datetime | None]
    review_on: Mapped[date | None] = mapped_column(index=True)
    review_told_on: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ArticleVersion(Base):
    """The text of an article as it was saved: `number` counts from 1, the highest is the current one."""

    __tablename__ = "article_versions"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    number: Mapped[int]
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    agent_id: Mapped[int | None]
    saved_at: Mapped[datetime]


class ArticleVector(Base):
    """What a part of an article means: `part` 0 is its title, 1 and more the pieces of its text. Replaced, never changed.

    `vector`: meaning.SIZE numbers of two bytes (IEEE 754 half precision, little end first), of length 1.
    """

    __tablename__ = "article_vectors"
    __table_args__ = (UniqueConstraint("article_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    part: Mapped[int]
    version_number: Mapped[int]
    model: Mapped[str]
    vector: Mapped[bytes]


class StandardReply(Base):
    """A reply by contact reason, with variables such as {{customer.salutation}}; used from the composer.

    `channels`: where it is offered; none: everywhere. `sets_…`: what the ticket becomes when it is sent; the tag is the inbox's.
    `gives_pool_id`: the promo codes of which it gives one.
    """

    __tablename__ = "standard_replies"
    __table_args__ = (UniqueConstraint("key", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    language: Mapped[Language] = mapped_column(words(Language))
    title: Mapped[str]
    sort_key: Mapped[str]
    body: Mapped[str]
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    may_stores_add: Mapped[bool] = mapped_column(default=True)
    channels: Mapped[list[Any]] = mapped_column(default=list)
    sets_reason_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"))
    sets_state: Mapped[AfterSending | None] = mapped_column(words(AfterSending))
    sets_tag_id: Mapped[int | None]
    gives_pool_id: Mapped[int | None] = mapped_column(ForeignKey("promo_pools.id"))
    used_count: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]


class StoreParagraph(Base):
    """What one store adds at the end of a standard reply."""

    __tablename__ = "standard_reply_paragraphs"
    __table_args__ = (UniqueConstraint("standard_reply_id", "store_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    standard_reply_id: Mapped[int] = mapped_column(ForeignKey("standard_replies.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    text: Mapped[str]
    updated_at: Mapped[datetime]


class KnowledgeUse(Base):
    """An article or a standard reply that went into an answer. `likeness`: percent of its text that was sent as offered.

    `solved_at`: when the ticket was solved afterwards; None while it is open, or open again.
    """

    __tablename__ = "knowledge_uses"
    __table_args__ = (
        UniqueConstraint("message_id", "article_id"),
        UniqueConstraint("message_id", "standard_reply_id"),
        Index("ix_knowledge_uses_ticket", "ticket_id"),
        Index("ix_knowledge_uses_article", "article_id", "used_at"),
        Index("ix_knowledge_uses_reply", "standard_reply_id", "used_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int]
    message_id: Mapped[int]
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    standard_reply_id: Mapped[int | None] = mapped_column(ForeignKey("standard_replies.id"))
    likeness: Mapped[int]
    used_at: Mapped[datetime]
    solved_at: Mapped[datetime | None]


class SearchLog(Base):
    """A search and how many articles it found: zero is a gap of the base."""

    __tablename__ = "search_logs"
    __table_args__ = (
        Index("ix_search_logs_gaps", "searched_at", postgresql_where="found_count = 0"),
        Index("ix_search_logs_since", "searched_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]
    language: Mapped[str]
    place: Mapped[str]
    found_count: Mapped[int]
    clicked_article_id: Mapped[int | None]
    searched_at: Mapped[datetime]


class ArticleImport(Base):
    """Articles of a file as they were read, with what became of each (`running.py` is the shape of a row)."""

    __tablename__ = "article_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    rows: Mapped[list[Any]]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None]
    applied_at: Mapped[datetime | None]


class ArticleReason(Base):
    """Another contact reason that an article answers, beside the subject under which it stands."""

    __tablename__ = "article_reasons"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    reason_id: Mapped[int] = mapped_column(ForeignKey("reasons.id"), primary_key=True, index=True)


class ArticleStore(Base):
    """A store to which an article applies; an article without any applies to all."""

    __tablename__ = "article_stores"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True, index=True)


class ArticleProduct(Base):
    """A product of which an article speaks."""

    __tablename__ = "article_products"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)


class ArticleStateChange(Base):
    """Since when an article was in a state, and who brought it there. Only added to."""

    __tablename__ = "article_states"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    state: Mapped[ArticleState] = mapped_column(words(ArticleState))
    agent_id: Mapped[int | None]
    began_at: Mapped[datetime]


class ArticleVote(Base):
    """Whether a version helped its reader, and why not; `agent_id` is None for a reader of the help centre, whom nobody knows."""

    __tablename__ = "article_votes"
    __table_args__ = (UniqueConstraint("article_id", "version_number", "agent_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    version_number: Mapped[int]
    is_helpful: Mapped[bool]
    reason: Mapped[VoteReason | None] = mapped_column(words(VoteReason))
    words: Mapped[str] = mapped_column(default="")
    agent_id: Mapped[int | None]
    voted_at: Mapped[datetime] = mapped_column(index=True)


class ArticleFile(Base):
    """A file or an image of an article; the content lies on the shelf. Its address in the text is its id and name."""

    __tablename__ = "article_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)
    agent_id: Mapped[int | None]
    added_at: Mapped[datetime]


class GapMark(Base):
    """What an editor said of a gap of the base; `key` names it by its kind and words (`hub/knowledge/gaps.py`)."""

    __tablename__ = "knowledge_gap_marks"

    key: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[GapState] = mapped_column(words(GapState))
    agent_id: Mapped[int | None]
    marked_at: Mapped[datetime]


class SynonymList(Base):
    """The chain's own synonyms of a language, one group of words a line."""

    __tablename__ = "knowledge_synonyms"

    language: Mapped[Language] = mapped_column(words(Language), primary_key=True)
    text: Mapped[str]
    changed_at: Mapped[datetime]
