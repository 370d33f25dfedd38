"""What the loyalty room hands out."""

from dataclasses import dataclass
from datetime import datetime

from hub.loyalty.words import PoolKind, RedemptionVerdict


@dataclass(frozen=True)
class PoolRow:
    """A pool with its counts. `left_count` is None for a shared code, which does not run out."""

    id: int
    key: str
    name: str
    kind: PoolKind
    discount_percent: int | None
    discount_cents: int | None
    starts_at: datetime
    ends_at: datetime
    valid_days: int | None
    is_single_use: bool
    alert_below: int
    is_active: bool
    code_count: int
    left_count: int | None
    reserved_count: int
    sent_count: int
    redeemed_count: int
    shared_code: str | None

    @property
    def is_low(self) -> bool:
        return self.left_count is not None and (self.left_count < self.alert_below or self.left_count == 0)


@dataclass(frozen=True)
class GivenCode:
    """A code reserved for a message, and what it is worth: a percentage or an amount off an order."""

    code: str
    ends_at: datetime
    discount_percent: int | None
    discount_cents: int | None


@dataclass(frozen=True)
class RedemptionRow:
    """A code on an order."""

    id: int
    code: str
    pool_name: str | None
    verdict: RedemptionVerdict
    order_id: int
    order_number: str
    total_cents: int
    currency: str
    customer_id: int
    customer_name: str
    redeemed_at: datetime
    is_cancelled: bool


@dataclass(frozen=True)
class Added:
    """What became of a list of codes."""

    added_count: int
    known_count: int
    bad_lines: tuple[tuple[int, str], ...] = ()
