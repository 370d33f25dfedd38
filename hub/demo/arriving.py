"""When the customers of the demo wrote, and about which of their orders."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from hub.demo.founding import SHOWN_STORES
from hub.demo.shopping import Sale

TICKETS = 6_000
TODAY = 90
AT_SHOWN_STORES = 0.3
RECENT = 60


def moments(now: datetime, random: Random) -> list[datetime]:
    """A year by day, and a busy last day so that the inbox has something to do."""
    year = [now - timedelta(days=1 + 364 * random.random()) for _ in range(TICKETS)]
    today = [now - timedelta(hours=22 * random.random()) for _ in range(TODAY)]
    daytime = [moment.replace(hour=7 + moment.hour * 11 // 24) for moment in year]
    return sorted(daytime + today)


def sale_behind(sales: Sequence[Sale], at: datetime, now: datetime, random: Random) -> Sale:
    """One of the orders before the contact; of today's many are of the stores whose people can log in."""
    days = max(0, (sales[-1].placed_at - at).days)  # who wrote after the last order has every order before
    before = int(len(sales) * max(0.02, 1 - days / 366))
    last = max(0, before - 1 - int(800 * random.random() ** 2))
    if now - at > timedelta(days=1) or random.random() > AT_SHOWN_STORES:
        return sales[last]
    store_id = random.choice(SHOWN_STORES)
    return random.choice([sale for sale in sales[: last + 1] if sale.store_id == store_id][-RECENT:])
