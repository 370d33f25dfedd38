"""Days as slots, so that the index of words can be asked for the latest tickets alone; pure."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EIGHT, SIXTY_FOUR = 3, 6
"""Powers of two: a slot is a day, eight days or sixty-four days, all counted from 1970 on in UTC."""


def day_of(moment: datetime) -> int:
    """Whole days since 1970, as the database's `recency_slots` counts them."""
    return (moment - EPOCH).days


def begin_of(day: int) -> datetime:
    """The first moment of a day that is counted from 1970 on."""
    return EPOCH + timedelta(days=day)


def moment_before(bounds: Sequence[datetime], end: datetime, share: float) -> datetime | None:
    """From which moment on about this share (0 to 1) of all tickets changed until `end`; None: from the beginning on.

    Between any two `bounds`, which are in order, there are equally many tickets. An estimate, evened out between them.
    """
    steps = len(bounds) - 1
    after = bisect_right(bounds, end)
    if not 0 < after <= len(bounds) or steps < 1:
        return None
    place = float(after - 1)
    if after <= steps:
        place += (end - bounds[after - 1]) / (bounds[after] - bounds[after - 1])
    place -= share * steps
    if place <= 0:
        return None
    low = int(place)
    return bounds[low] + (bounds[min(low + 1, steps)] - bounds[low]) * (place - low)


def slots_between(first: int, last: int) -> list[int]:
    """The fewest slots which together are the days `first` to `last`, both included.

    A slot is the number of the day, of the eight days or of the sixty-four days, times four, plus 0, 1 or 2.
    """
    found = []
    day = first
    while day <= last:
        level, power = _widest(day, last)
        found.append((day >> power) * 4 + level)
        day += 1 << power
    return found


def _widest(day: int, last: int) -> tuple[int, int]:
    for level, power in ((2, SIXTY_FOUR), (1, EIGHT)):
        if day % (1 << power) == 0 and day + (1 << power) - 1 <= last:
            return level, power
    return 0, 0
