"""Questionnaires, their versions, whom they were sent to, what was answered, and the counts of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Language
from hub.questionnaires.words import LinkKind, QuestionnaireState, ResponseState, WaveState


class Questionnaire(Base):
    """`draft` is what is being edited (a definition as in reading.py); `version_id` what is answered now.

    `earlier`: its contents before the last changes, the newest last.

    `key` stays and names the questionnaire for other systems. `closes_at`: business time from which nothing is taken.
    `earlier_id`: last year's questionnaire, which results are compared with. `report_seal`: part of the address of the
    shared report, None while it is not shared.
    """

    __tablename__ = "questionnaires"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    state: Mapped[QuestionnaireState] = mapped_column(words(QuestionnaireState))
    draft: Mapped[dict[str, Any]]
    draft_changed_at: Mapped[datetime]
    draft_changed_by_id: Mapped[int | None]
    earlier: Mapped[list[Any]] = mapped_column(default=list, server_default="[]", deferred=True)
    version_id: Mapped[int | None]
    closes_at: Mapped[datetime | None]
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("questionnaires.id"))
    report_seal: Mapped[str | None]
    report_has_comments: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None]


class QuestionnaireVersion(Base):
    """A definition as it was published; it never changes.

    `moved`: where codes of the version before went, as {question: {"key": new key, "codes": {old code: new code}}};
    without an entry they stayed what they were.
    """

    __tablename__ = "questionnaire_versions"
    __table_args__ = (UniqueConstraint("questionnaire_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None]


class OpenLink(Base):
    """An address that anybody may answer by. The store is what its answers count for, None for the chain.

    `most_a_day`: so many answers from one network address and day; the till of a store has one address for all.
    """

    __tablename__ = "questionnaire_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(words(LinkKind))
    name: Mapped[str]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    most_a_day: Mapped[int]
    created_at: Mapped[datetime]


class LinkUse(Base):
    """How often a network address (a keyed hash) answered by a link on a day; nothing leads to the answers. Kept 30 days."""

    __tablename__ = "questionnaire_link_uses"
    __table_args__ = (Index("ix_questionnaire_link_uses_purge", "used_on"),)

    link_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_links.id"), primary_key=True)
    used_on: Mapped[date] = mapped_column(primary_key=True)
    source_hash: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=1)


class Wave(Base):
    """One sending of invitations to a segment, and its one reminder. `invited_up_to`, `reminded_up_to`: how far it came (ids of customers and of invitations).

    `reminds_at` None: nobody is reminded. `channels`: the first that is allowed is used. `due_at`: when the job looks
    at it next. `passed_over`, `not_reminded`: how many, by reason (sending/words.py).
    """

    __tablename__ = "questionnaire_waves"
    __table_args__ = (
        Index("ix_questionnaire_waves_due", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("ix_questionnaire_waves_of", "questionnaire_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"))
    segment_id: Mapped[int | None]
    segment_name: Mapped[str]
    channels: Mapped[list[Any]]
    state: Mapped[WaveState] = mapped_column(words(WaveState))
    starts_at: Mapped[datetime]
    reminds_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    invited_up_to: Mapped[int] = mapped_column(default=0)
    reminded_up_to: Mapped[int] = mapped_column(default=0)
    invited_count: Mapped[int] = mapped_column(default=0)
    passed_over_count: Mapped[int] = mapped_column(default=0)
    passed_over: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reminded_count: Mapped[int] = mapped_column(default=0)
    not_reminded: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None]


class QuestionnaireInvitation(Base):
    """One customer asked by one questionnaire. The token of the link is an HMAC of the id.

    In anonymous mode `has_answered` is all that is known: no response points here, `answered_at` stays empty.
    `order_id`: what it is about, when a plan or the API asked after an order.
    """

    __tablename__ = "questionnaire_invitations"
    __table_args__ = (
        UniqueConstraint("questionnaire_id", "customer_id"),
        Index("ix_questionnaire_invitations_customer", "customer_id", "created_at"),
        Index("ix_questionnaire_invitations_wave", "wave_id", "id"),
        Index("ix_questionnaire_invitations_told", "questionnaire_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"))
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("questionnaire_waves.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    order_id: Mapped[int | None]
    language: Mapped[Language] = mapped_column(words(Language))
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    has_answered: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime | None]


class QuestionnaireResponse(Base):
    """One filled-in questionnaire. `key` (128 random bits, hex) is in the address of its pages: who has it may go on.

    `answers` as in definitions.py, but what was told in words (texts, contact, dates, beside OTHER), which is in `words`;
    of files their number. `shown`: the keys of the questions seen, `page_key`: the page it stopped at.
    In anonymous mode `invitation_id` and `customer_id` are empty and all moments are midnight of the day (UTC).
    `is_counted`: it is part of the counts. The key is the seed of what is shuffled.
    """

    __tablename__ = "questionnaire_responses"
    __table_args__ = (
        Index("ix_questionnaire_responses_list", "questionnaire_id", "state", "id"),
        Index(
            "ix_questionnaire_responses_customer", "customer_id", postgresql_where="customer_id IS NOT NULL"
        ),
        Index(
            "ix_questionnaire_responses_uncounted",
            "id",
            postgresql_where="NOT is_counted AND state = 'complete'",
        ),
        Index("ix_questionnaire_responses_store", "store_id", "id"),
        Index(
            "ix_questionnaire_responses_told",
            "questionnaire_id",
            "completed_at",
            "id",
            postgresql_where="state = 'complete'",
        ),
        Index(
            "ix_questionnaire_responses_shuffled",
            "questionnaire_id",
            text("md5(key)"),
            postgresql_where="state = 'complete'",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("questionnaire_invitations.id"), unique=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("questionnaire_links.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    language: Mapped[Language] = mapped_column(words(Language))
    state: Mapped[ResponseState] = mapped_column(words(ResponseState))
    answers: Mapped[dict[str, Any]]
    words: Mapped[dict[str, Any]]
    hidden: Mapped[dict[str, Any]]
    shown: Mapped[list[Any]]
    page_key: Mapped[str]
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    is_counted: Mapped[bool] = mapped_column(default=False)


class ResponseFile(Base):
    """A file that answers a question, on the shelf by its hash."""

    __tablename__ = "questionnaire_files"
    __table_args__ = (
        UniqueConstraint("response_id", "question_key", "sha256"),
        Index("ix_questionnaire_files_sha256", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_responses.id", ondelete="CASCADE"))
    question_key: Mapped[str]
    sha256: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]


class QuotaCount(Base):
    """How many complete responses chose an option that has a quota (question and code), or were taken at all (both empty)."""

    __tablename__ = "questionnaire_quota_counts"

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"), primary_key=True)
    question_key: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
