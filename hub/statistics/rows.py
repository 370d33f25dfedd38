"""Figures as the pages and the API show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from hub.core.intervals import Interval, wilson
from hub.core.words import Channel
from hub.statistics.rules import FEW_TICKETS, FEW_WAITS, Filters


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Replies of one group. Times are business seconds, None without any; `target_share` is of 1."""

    count: int
    measured_count: int
    median_seconds: float | None
    p90_seconds: float | None
    mean_seconds: float | None
    target_share: float | None

    @property
    def is_few(self) -> bool:
        """Too few to compare with others."""
        return self.measured_count < FEW_WAITS


NO_WAITS = Waits(
    count=0,
    measured_count=0,
    median_seconds=None,
    p90_seconds=None,
    mean_seconds=None,
    target_share=None,
)


@dataclass(frozen=True)
class StoreWaits:
    """`store_id` None is the central queue."""

    store_id: int | None
    code: str
    name: str
    waits: Waits


@dataclass(frozen=True)
class ResponseTimes:
    """`buckets` counts waits below each edge of rules.BUCKETS_SECONDS, the last one above them all.

    `over_count` are the replies of the days that are over: what is set beside those before.
    """

    filters: Filters
    total: Waits
    before: Waits
    by_store: tuple[StoreWaits, ...]
    by_channel: tuple[tuple[Channel, Waits], ...]
    by_period: tuple[tuple[date, Waits], ...]
    buckets: tuple[int, ...]
    dropped: dict[str, int]
    waiting_count: int
    late_count: int
    over_count: int


@dataclass(frozen=True)
class Satisfaction:
    """Answers that count of one group: how many of each choice, from very satisfied to not satisfied."""

    counts: tuple[int, int, int]
    interval: Interval | None

    @property
    def total(self) -> int:
        return sum(self.counts)


def satisfaction_of(counts: Sequence[int]) -> Satisfaction:
    """Of the counts of each choice, the best first; satisfied is who chose one of the first two."""
    very, some, unhappy = (int(count) for count in counts)
    return Satisfaction((very, some, unhappy), wilson(very + some, very + some + unhappy))


def sum_up(parts: Iterable[Satisfaction]) -> Satisfaction:
    """Of several groups together; of none all counts are 0."""
    return satisfaction_of(
        [sum(column) for column in zip((0, 0, 0), *(part.counts for part in parts), strict=True)]
    )


@dataclass(frozen=True)
class StoreSatisfaction:
    store_id: int
    code: str
    name: str
    satisfaction: Satisfaction


@dataclass(frozen=True)
class SatisfactionReport:
    """`invited_count` are the invitations sent in the period, for the response rate."""

    filters: Filters
    total: Satisfaction
    before: Satisfaction
    by_store: tuple[StoreSatisfaction, ...]
    by_month: tuple[tuple[date, Satisfaction], ...]
    invited_count: int
    answered_count: int


@dataclass(frozen=True)
class Missed:
    """`count` of `total`: tickets without an article, or searches that found nothing."""

    count: int = 0
    total: int = 0

    @property
    def interval(self) -> Interval | None:
        return wilson(self.count, self.total)

    @property
    def share(self) -> float | None:
        return self.count / self.total if self.total else None

    @property
    def is_few(self) -> bool:
        return self.total < FEW_TICKETS

    def __add__(self, other: "Missed") -> "Missed":
        return Missed(self.count + other.count, self.total + other.total)
