"""How a contact finds its store, its people and its reason: order of sources, rules, assignment, experts, suggestions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.inbox.routing_words import AssignmentMode, ModelState, RuleAct, SuggestedBy, SuggestionState
from hub.inbox.words import (
    RouteSource,
)


class RoutingOrder(Base):
    """The order in which sources are asked for the store; one row per source."""

    __tablename__ = "routing_order"

    source: Mapped[RouteSource] = mapped_column(words(RouteSource), primary_key=True)
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)


class RouteCorrection(Base):
    """The first time a person moved a ticket to another store; `first_*` is where the hub had put it and why.

    `opened_at` is that of the ticket: the re-route rate counts tickets by the day they came.
    """

    __tablename__ = "route_corrections"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    first_store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    first_source: Mapped[RouteSource] = mapped_column(words(RouteSource))
    first_confidence: Mapped[float]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    opened_at: Mapped[datetime] = mapped_column(index=True)
    corrected_at: Mapped[datetime]
    by_id: Mapped[int | None]


class RoutingRule(Base):
    """A rule as it stands; `content` is read by hub/inbox/routing_rules.py. Removed ones stay: tickets name them."""

    __tablename__ = "routing_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=False)
    version_number: Mapped[int]
    content: Mapped[dict[str, Any]]
    removed_at: Mapped[datetime | None]


class RoutingRuleVersion(Base):
    """Every change of a rule with who and when. The highest id tells a process whether its copy is still good."""

    __tablename__ = "routing_rule_versions"
    __table_args__ = (UniqueConstraint("rule_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("routing_rules.id"))
    number: Mapped[int]
    name: Mapped[str]
    is_active: Mapped[bool]
    content: Mapped[dict[str, Any]]
    act: Mapped[RuleAct] = mapped_column(words(RuleAct))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None]


class RuleHit(Base):
    """A rule that matched a new ticket; `changes` is what it set."""

    __tablename__ = "rule_hits"
    __table_args__ = (Index("ix_rule_hits_rule", "rule_id", "happened_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("routing_rules.id"))
    version_number: Mapped[int]
    changes: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]


class AssignmentSetting(Base):
    """How a store hands out its new tickets. `last_agent_id` had the latest turn; who reads it locks the row."""

    __tablename__ = "assignment_settings"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    mode: Mapped[AssignmentMode] = mapped_column(words(AssignmentMode))
    last_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))


class AgentAbsence(Base):
    """A person who is away until a moment: new tickets go to the others."""

    __tablename__ = "agent_absences"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    until_at: Mapped[datetime]
    noted_by_id: Mapped[int | None]
    noted_at: Mapped[datetime]


class ExpertGroup(Base):
    """People who know a matter: `reason_ids` and `words` (product families, brands) name what they know."""

    __tablename__ = "expert_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    reason_ids: Mapped[list[Any]]
    words: Mapped[list[Any]]
    is_active: Mapped[bool] = mapped_column(default=True)


class Expert(Base):
    """A person of a group of experts."""

    __tablename__ = "experts"

    group_id: Mapped[int] = mapped_column(ForeignKey("expert_groups.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True, index=True)


class ExpertQuestion(Base):
    """A ticket about which experts are asked; it stays its store's. Open until one of them answered."""

    __tablename__ = "expert_questions"
    __table_args__ = (
        Index(
            "ix_expert_questions_open",
            "group_id",
            "ticket_id",
            unique=True,
            postgresql_where="answered_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("expert_groups.id"))
    text: Mapped[str]
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime]
    answered_by_id: Mapped[int | None]
    answered_at: Mapped[datetime | None]


class ReasonWords(Base):
    """Words kept by the head office that name a reason when they stand in a message."""

    __tablename__ = "reason_words"

    reason_id: Mapped[int] = mapped_column(ForeignKey("reasons.id"), primary_key=True)
    words: Mapped[list[Any]]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None]


class ReasonModel(Base):
    """One training on the chain's own tickets. `sha256` is its file on the shelf, numbers only (docs/adr/0027).

    `figures` holds, by reason id, how often it was named on the held-out tickets and how often that was right.
    """

    __tablename__ = "reason_models"
    __table_args__ = (Index("ix_reason_models_waiting", "id", postgresql_where="state = 'waiting'"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[ModelState] = mapped_column(words(ModelState))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None]
    trained_at: Mapped[datetime | None]
    ticket_count: Mapped[int] = mapped_column(default=0)
    held_out_count: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sha256: Mapped[str | None]
    seconds: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[str] = mapped_column(default="")


class ReasonSuggestion(Base):
    """The reason proposed for a ticket and what a person made of it.

    `share` is the held-out precision when it was made, of `held_out_count` tickets; None for words alone.
    """

    __tablename__ = "reason_suggestions"
    __table_args__ = (
        Index("ix_reason_suggestions_waiting", "ticket_id", postgresql_where="state = 'waiting'"),
        Index("ix_reason_suggestions_decided", "decided_at", postgresql_where="decided_at IS NOT NULL"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    state: Mapped[SuggestionState] = mapped_column(words(SuggestionState))
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"))
    suggested_by: Mapped[SuggestedBy | None] = mapped_column(words(SuggestedBy))
    model_id: Mapped[int | None] = mapped_column(ForeignKey("reason_models.id"))
    word: Mapped[str] = mapped_column(default="")
    share: Mapped[float | None]
    held_out_count: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None]
    chosen_reason_id: Mapped[int | None]
