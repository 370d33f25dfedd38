"""What is kept of answers for their results: counts, comments and their themes, how far people came."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Language


class QuestionnaireComment(Base):
    """The words of one answer, found by page, search and theme. `ticket_id` (inbox): the ticket made of it.

    `written_on` is the day. `stems`: its words in order as they are searched. `themed_at`: the last change of the themes
    it was read by. Rows go with their response.
    """

    __tablename__ = "questionnaire_comments"
    __table_args__ = (
        UniqueConstraint("response_id", "question_key"),
        Index("ix_questionnaire_comments_list", "questionnaire_id", "question_key", "id"),
        Index("ix_questionnaire_comments_themed", "themed_at", "id"),
        Index(
            "ix_questionnaire_comments_stems",
            "stems",
            postgresql_using="gin",
            postgresql_ops={"stems": "jsonb_path_ops"},
        ),
        Index(
            "ix_questionnaire_comments_themes",
            "theme_ids",
            postgresql_using="gin",
            postgresql_ops={"theme_ids": "jsonb_path_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_responses.id", ondelete="CASCADE"))
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"))
    question_key: Mapped[str]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    language: Mapped[Language] = mapped_column(words(Language))
    written_on: Mapped[date]
    text: Mapped[str]
    stems: Mapped[list[Any]] = mapped_column(default=list)
    theme_ids: Mapped[list[Any]] = mapped_column(default=list)
    themed_at: Mapped[datetime]
    ticket_id: Mapped[int | None]


class CommentTheme(Base):
    """What comments are about: words to look for, under a contact reason (`reason_id`, room reasons) or of its own."""

    __tablename__ = "questionnaire_themes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_fr: Mapped[str]
    name_en: Mapped[str]
    keywords: Mapped[list[Any]]
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]


class AnswerCount(Base):
    """Complete responses, counted by what was answered: the read model of the results, rebuilt from the responses at any time.

    One row per version, store (0: none), ISO week (its Monday), language, question and code. Codes of a matrix are
    `<row>=<code>`, of a ranking `<code>@<place>`, of words and files "+". The code "" counts who was shown the question,
    "*" who answered. The week 0001-01-01 is the sum of all weeks. `total` and `squares` sum numbers and their squares (scores, numbers).
    """

    __tablename__ = "questionnaire_answer_counts"
    __table_args__ = (Index("ix_questionnaire_answer_counts_question", "questionnaire_id", "question_key"),)

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id"), primary_key=True)
    store_id: Mapped[int] = mapped_column(primary_key=True)
    week_on: Mapped[date] = mapped_column(primary_key=True)
    language: Mapped[Language] = mapped_column(words(Language), primary_key=True)
    question_key: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    total: Mapped[float] = mapped_column(default=0.0)
    squares: Mapped[float] = mapped_column(default=0.0)


class KeptWay(Base):
    """How far the people of a large questionnaire came, counted each hour (smaller ones are counted while somebody looks)."""

    __tablename__ = "questionnaire_ways"

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"), primary_key=True)
    computed_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]


class KeptStop(Base):
    """How many stopped at a page having seen these questions, of responses begun that are no longer kept.

    `shown_hash`: of `shown`, for the key.
    """

    __tablename__ = "questionnaire_stops"

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"), primary_key=True)
    page_key: Mapped[str] = mapped_column(primary_key=True)
    shown_hash: Mapped[str] = mapped_column(primary_key=True)
    shown: Mapped[list[Any]]
    count: Mapped[int]
