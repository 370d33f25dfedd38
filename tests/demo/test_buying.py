"""The demo's purchases are those of regulars, of people who left and of people who bought once, so that its scores mean something."""

from collections import defaultdict
from datetime import timedelta

from hub.demo.buying import YEAR_DAYS, draw_purchases
from tests.conftest import TUESDAY

COUNT, CUSTOMERS = 13_000, 10_000


def test_the_longer_somebody_is_silent_the_rarer_he_comes_back() -> None:
    """Seen from a season ago: of who had bought lately half come again, of the silent few."""
    drawn = draw_purchases(COUNT, customers=CUSTOMERS, now=TUESDAY)
    assert len(drawn) == COUNT
    assert drawn == sorted(drawn) == draw_purchases(COUNT, customers=CUSTOMERS, now=TUESDAY)
    assert TUESDAY - timedelta(days=YEAR_DAYS) <= drawn[0][0]
    assert drawn[-1][0] <= TUESDAY
    season = TUESDAY - timedelta(days=90)
    last, after = {}, set()
    for moment, place in drawn:
        if moment < season:
            last[place] = moment
        else:
            after.add(place)
    bands = defaultdict(list)
    for place, moment in last.items():
        days = (season - moment).days
        bands[0 if days < 30 else 1 if days < 90 else 2 if days < 180 else 3].append(place in after)
    shares = [sum(bands[band]) / len(bands[band]) for band in range(4)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 2 * shares[3]


def test_some_buy_once_some_often_and_some_never() -> None:
    counts: dict[int, int] = defaultdict(int)
    for _, place in draw_purchases(COUNT, customers=CUSTOMERS, now=TUESDAY):
        counts[place] += 1
    once, often = sum(count == 1 for count in counts.values()), sum(count > 5 for count in counts.values())
    assert once > len(counts) * 0.4
    assert often > len(counts) * 0.05
    assert max(counts) < CUSTOMERS - 1, "prospects are left"
