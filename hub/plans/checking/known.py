"""What the checks must know of the world: templates, pools, segments, and how many customers come by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.core.words import Channel, Language, Purpose
from hub.outbox.rules import Cap


@dataclass(frozen=True, kw_only=True)
class KnownTemplate:
    """`needed`: values without which it does not leave; `shown`: all that it may show; `has_review`: it leads to the review page."""

    purpose: Purpose
    languages: frozenset[Language]
    sms_languages: frozenset[Language] = frozenset()
    needed: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    has_review: bool = False


@dataclass(frozen=True, kw_only=True)
class KnownPool:
    """`left_count` is None for a code that all share; `valid_days`: a code ends so long after it was given."""

    name: str
    ends_at: datetime
    left_count: int | None
    valid_days: int | None = None
    is_active: bool = True


@dataclass(frozen=True)
class KnownSegment:
    """`asks_score`: its members are chosen by what they answered."""

    name: str
    asks_score: bool = False


@dataclass(frozen=True, kw_only=True)
class Known:
    """`languages`: customers by the language they are written to in; `regions`: words about regions and the values they had;
    `entry_count`: entries of the last 30 days; `reached`: which share of them came to a step, 1 where nobody can know;
    `closed_minutes`: the longest time in which no message of a channel and purpose may arrive; `caps`: how many of them may
    leave in how many days; `needed_steps`: those that
    answers of customers lead to.
    """

    now: datetime
    languages: Mapping[Language, int]
    templates: Mapping[str, KnownTemplate] = field(default_factory=dict)
    pools: Mapping[str, KnownPool] = field(default_factory=dict)
    segments: Mapping[int, KnownSegment] = field(default_factory=dict)
    properties: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    regions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    entry_count: int = 0
    reached: Mapping[str, float] = field(default_factory=dict)
    control_percent: int = 10
    closed_minutes: Mapping[tuple[Channel, Purpose], int] = field(default_factory=dict)
    caps: Mapping[tuple[Channel, Purpose], Cap] = field(default_factory=dict)
    opens: Mapping[tuple[Channel, Purpose], tuple[int, int]] = field(default_factory=dict)
    needed_steps: frozenset[str] = frozenset()
    has_shop: bool = True
