"""What a fallen churn score begins: a silence since the day of the last order that the score knew."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.orders.known import Span, list_first_purchases
from hub.plans.rules import SILENT_SINCE

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Silence:
    """`last_order_on` is a day of the chain; later that day nobody has come back from a silence that begins with it."""

    last_order_on: str
    time_zone: str

    @property
    def entry_key(self) -> str:
        return f"churn:{self.last_order_on}"

    @property
    def begins_at(self) -> datetime:
        day = date.fromisoformat(self.last_order_on) + DAY
        return datetime.combine(day, time(), tzinfo=ZoneInfo(self.time_zone))

    @property
    def values(self) -> dict[str, str]:
        """What the passage remembers: a till file may tell later of an order from before the score fell."""
        return {"last_order_on": self.last_order_on, SILENT_SINCE: (self.begins_at - TICK).isoformat()}


def is_broken(silence: Silence, customer_id: int, *, fell_at: datetime) -> bool:
    """Whether it is known by now that the customer had ordered again as the score fell."""
    return list_first_purchases([Span(customer_id, silence.begins_at, fell_at)]) != [None]
