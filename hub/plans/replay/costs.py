"""What the messages and codes of a replay would cost: texts by segment and number, codes by what they take off."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hub.loyalty.rows import PoolRow
from hub.outbox.expected_costs import expected_price_micros, expected_segments
from hub.plans.replay.passages import Letter
from hub.plans.replay.tally import Tables, Tally
from hub.plans.replay.words import Table

USUAL_USE = 0.1
"""Of the codes given so many come back where nothing is known yet: an order of magnitude, shown as such."""
ENOUGH_SENT = 100
"""From so many codes on a pool's own share of used ones is told, else that of all pools together."""
MOST_PERCENT = 100


class Prices:
    """The segments of each text are counted once."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._segments: dict[int, int] = {}

    def note(self, letter: Letter, tally: Tally) -> None:
        """A text left."""
        version = letter.template
        if version.id not in self._segments:
            self._segments[version.id] = expected_segments(version, letter.step.purpose)
        count = self._segments[version.id]
        tally.add(Table.TEXTS, letter.step.key, count=count)
        micros = expected_price_micros(count, letter.recipient or "")
        if micros is None:
            tally.add(Table.UNPRICED, letter.step.key, count=count)
        else:
            tally.add(Table.PRICE, self._currency, count=micros)


@dataclass(frozen=True)
class Exposure:
    """Codes of one pool. `each_cents`: what one takes off, of a percentage off the chain's mean order; `left_count` None: a
    shared code, which does not run out. `use` is the share that comes back, `is_use_known` whether it was ever seen.
    """

    pool: str
    name: str
    given: int
    left_count: int | None
    each_cents: int
    use: float
    is_use_known: bool

    @property
    def most_cents(self) -> int:
        return self.given * self.each_cents

    @property
    def likely_cents(self) -> int:
        return round(self.most_cents * self.use)


def reckon_codes(tables: Tables, pools: Mapping[str, PoolRow], *, average_cents: int) -> list[dict[str, Any]]:
    """The exposure of each pool that gave codes, as it is kept."""
    given = tables.get(Table.CODES, {})
    overall = _use_of(pools.values())
    found = [_exposure(pools[key], count, average_cents, overall) for key, count in sorted(given.items())]
    return [asdict(each) for each in found]


def _exposure(pool: PoolRow, given: int, average_cents: int, overall: float | None) -> Exposure:
    own = _use_of([pool])
    use = own if own is not None else overall
    percent = pool.discount_percent
    each = pool.discount_cents if percent is None else average_cents * percent // MOST_PERCENT
    return Exposure(
        pool=pool.key,
        name=pool.name,
        given=given,
        left_count=pool.left_count,
        each_cents=each or 0,
        use=USUAL_USE if use is None else use,
        is_use_known=use is not None,
    )


def _use_of(pools: Iterable[PoolRow]) -> float | None:
    """The share of sent codes that came back; None while too few were sent."""
    rows = list(pools)
    sent = sum(pool.sent_count for pool in rows)
    if sent < ENOUGH_SENT:
        return None
    return min(1.0, sum(pool.redeemed_count for pool in rows) / sent)
