"""An order told long afterwards (a till file of last month) counts in every figure and starts no message."""

from hub.core import clock
from hub.orders.behaviour.queries import get_setup
from hub.orders.rules import is_late
from hub.reactions.happening import Happening


def is_old_news(seen: Happening) -> bool:
    """Whether it happened longer ago than the chain lets an order start a plan."""
    return is_late(seen.happened_at, now=clock.business_now(), days=get_setup().late_days)
