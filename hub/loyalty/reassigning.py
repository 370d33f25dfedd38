"""What the loyalty room gives from one customer to another: promo codes given and redeemed."""

from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import owned
from hub.loyalty.models import PromoGrant, PromoRedemption

OWNED = (owned(PromoGrant), owned(PromoRedemption))


def reassign(merge: Journal) -> int:
    """Returns how many rows were given."""
    return merge.give(OWNED)
