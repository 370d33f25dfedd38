"""Filters of the address, small numbers and the edges of distributions. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel

FEW_WAITS = 30
FEW_ANSWERS = 30
DEFAULT_DAYS = 30
MOST_DAYS = 731
YEARS = range(2000, 2200)
BUCKETS_SECONDS = (900, 1800, 3600, 7200, 14_400, 28_800, 57_600)
"""Edges of the distribution: 15, 30 min, 1, 2, 4, 8, 16 business hours; the last bucket is open."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """A period of whole days in the chain's time zone, both ends included, and what it is narrowed to."""

    since_on: date
    until_on: date
    time_zone: str
    region_id: int | None = None
    store_id: int | None = None
    channel: Channel | None = None

    @property
    def since(self) -> datetime:
        return datetime.combine(self.since_on, time(), tzinfo=ZoneInfo(self.time_zone))

    @property
    def until(self) -> datetime:
        """The first moment after the period."""
        return datetime.combine(self.until_on + timedelta(days=1), time(), tzinfo=ZoneInfo(self.time_zone))

    @property
    def days(self) -> int:
        return (self.until_on - self.since_on).days + 1

    def before(self) -> "Filters":
        """The period of the same length just before."""
        first = self.since_on - timedelta(days=self.days)
        return Filters(
            since_on=first,
            until_on=self.since_on - timedelta(days=1),
            time_zone=self.time_zone,
            region_id=self.region_id,
            store_id=self.store_id,
            channel=self.channel,
        )


def read_filters(args: Mapping[str, str], *, today: date, time_zone: str, store_id: int | None) -> Filters:
    """Filters as they stand in the address: since, until (YYYY-MM-DD), region, store, channel.

    The last 30 days without words. Raises Invalid on a date that is none, an end before its start, or over two years.
    """
    until_on = _day(args.get("until"), "until") or today
    since_on = _day(args.get("since"), "since") or until_on - timedelta(days=DEFAULT_DAYS - 1)
    if since_on > until_on:
        raise Invalid(N_("The first day lies after the last day. Please swap them."), field="since")
    if (until_on - since_on).days >= MOST_DAYS:
        raise Invalid(N_("Please choose a period of two years at the most."), field="since")
    return Filters(
        since_on=since_on,
        until_on=until_on,
        time_zone=time_zone,
        region_id=_number(args.get("region")),
        store_id=store_id,
        channel=_channel(args.get("channel")),
    )


def _day(words: str | None, field: str) -> date | None:
    if not words:
        return None
    try:
        day = date.fromisoformat(words)
    except ValueError:
        day = date.min
    if day.year not in YEARS:
        raise Invalid(N_("Please give the day as YYYY-MM-DD."), field=field)
    return day


def _number(words: str | None) -> int | None:
    return int(words) if words and words.isascii() and words.isdigit() else None


def _channel(words: str | None) -> Channel | None:
    if not words:
        return None
    if words not in set(Channel):
        raise Invalid(
            N_("The channel %(word)s is unknown. Please choose one of the list."), field="channel", word=words
        )
    return Channel(words)
