"""What happens to promo codes, as facts."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PromoPoolLow(Fact):
    """Few codes are left; recorded once until the pool has enough again."""

    pool_id: int
    left_count: int


@dataclass(frozen=True, kw_only=True)
class PromoCodeRedeemed(Fact):
    """A good code came back on an order."""

    pool_id: int
    order_id: int
