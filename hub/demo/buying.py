"""When customers of the demo buy: each at a pace of his own until he leaves for good, as BG/NBD has it."""

from datetime import datetime, timedelta
from random import Random

SEED = 1987
"""Of its own, so that the rest of the story does not hang on how often one buys."""
YEAR_DAYS = 365
PACE_SHAPE, PACE_DAYS = 1.0, 70.0
"""Orders a day are gamma distributed: this shape over so many days."""
LEAVING = (0.7, 2.2)
"""Beta: how probable it is that one does not come back after an order."""
GROWTH = 1.1
"""Above 1, more customers are won towards the end of the year."""


def draw_purchases(count: int, *, customers: int, now: datetime) -> list[tuple[datetime, int]]:
    """So many purchases of a year, the oldest first, each with the place of its customer.

    From the first place on everybody has a history until there are enough purchases; who comes after has bought nothing.
    """
    random = Random(SEED)
    found: list[tuple[datetime, int]] = []
    for place in range(customers):
        found += [(now - timedelta(days=days), place) for days in _history(random)]
        if len(found) >= count:
            break
    return sorted(found[:count])


def _history(random: Random) -> list[float]:
    """How many days ago one customer bought, the first time first."""
    ago = YEAR_DAYS * random.random() ** GROWTH
    pace = random.gammavariate(PACE_SHAPE, 1 / PACE_DAYS)
    leaves = random.betavariate(*LEAVING)
    found = [ago]
    while random.random() >= leaves and pace > 0:
        ago -= random.expovariate(pace)
        if ago <= 0:
            break
        found.append(ago)
    return found
