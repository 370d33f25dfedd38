"""Filters of the address, small numbers and the edges of distributions. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hub.core.errors import Invalid
from hub.core.intervals import wilson
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.states import CLOSES_AFTER

FEW_WAITS = 30
FEW_ANSWERS = 30
FEW_TICKETS = 30
DEFAULT_DAYS = 30
MOST_DAYS = 731
YEARS = range(2000, 2200)
BUCKETS_SECONDS = (900, 1800, 3600, 7200, 14_400, 28_800, 57_600)
"""Edges of the distribution: 15, 30 min, 1, 2, 4, 8, 16 business hours; the last bucket is open."""


SEEN_WITHIN_DAYS, REFUSED_WITHIN_DAYS = 3, 7
"""A message is opened, followed and reported within days if at all; it is the reason of a refusal for a week (ADR 0069)."""
OF_MESSAGES_LATER = {
    "messages_opened": SEEN_WITHIN_DAYS,
    "messages_clicked": SEEN_WITHIN_DAYS,
    "messages_complaints": SEEN_WITHIN_DAYS,
    "messages_unsubscribed": REFUSED_WITHIN_DAYS,
}
SETTLED_AFTER = {"contact_rate": 0, "reopened": CLOSES_AFTER.days, **OF_MESSAGES_LATER}
"""How many days after a day it can be told what came of it: these figures are compared over such days only."""
MOST_DIGITS = 18
"""Of an id: what a bigint holds in any case."""


class Compare(StrEnum):
    """What the figures of a period are set beside: the days just before, the same days a year earlier, or nothing."""

    PREVIOUS = "previous"
    YEAR = "year"
    NONE = "none"


class Period(StrEnum):
    """Periods by name: so many days until today, the week before this one, this month until today, the calendar year before."""

    WEEK = "7"
    LAST_WEEK = "last-week"
    THIRTY_DAYS = "30"
    NINETY_DAYS = "90"
    THIS_MONTH = "month"
    LAST_YEAR = "last-year"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """A period of whole days in the chain's time zone, both ends included, and what it is narrowed to.

    `store_ids` are several stores together; `reason_id` means that reason and those below it (`reason_ids`, where they
    were looked up already); `agent_id` who replied; of tickets who answered
    them last, and while somebody waits whom they are assigned to. `plan_key`: whose figures, of those of one plan.
    `today` is the day it is asked on, which is not over; None where all its days are.
    """

    since_on: date
    until_on: date
    time_zone: str
    region_id: int | None = None
    store_id: int | None = None
    store_ids: frozenset[int] = frozenset()
    channel: Channel | None = None
    reason_id: int | None = None
    agent_id: int | None = None
    compare: Compare = Compare.PREVIOUS
    reason_ids: frozenset[int] | None = None
    today: date | None = None
    plan_key: str | None = None

    @property
    def has_place(self) -> bool:
        """Whether it is about some stores only; else about all that the reader sees."""
        return bool(self.store_id or self.store_ids or self.region_id)

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

    @property
    def seen_until_on(self) -> date:
        """Its last day that has begun; the last one of a period that has not."""
        has_begun = self.today is not None and self.since_on <= self.today
        return min(self.until_on, self.today) if self.today and has_begun else self.until_on

    def over(self, days: int = 0) -> "Filters | None":
        """Its days that were over so many days ago; None where none was."""
        if self.today is None:
            return self
        last = min(self.until_on, self.today - timedelta(days=days + 1))
        return replace(self, until_on=last) if self.since_on <= last else None

    def before(self) -> "Filters | None":
        """As many days of the period to compare with as are over of this one; None where nothing is compared."""
        whole = self.over()
        if self.compare is Compare.NONE or whole is None:
            return None
        if self.compare is Compare.YEAR:
            return replace(self, since_on=_year_back(self.since_on), until_on=_year_back(whole.until_on))
        ago = self.seen_until_on - self.since_on + timedelta(days=1)
        return replace(self, since_on=self.since_on - ago, until_on=whole.until_on - ago)


def sides(key: str, filters: Filters) -> tuple[Filters, Filters] | None:
    """The days over which a figure is compared, and those it is set beside; None where nothing is compared, or nothing yet."""
    past, days = filters.before(), SETTLED_AFTER.get(key, 0)
    now, before = filters.over(days), past.over(days) if past else None
    return (now, before) if now and before else None


def is_few_to_compare(now: int, before: int) -> bool:
    """Two counts of tickets; one of them large is enough to see that something came or went."""
    return max(now, before) < FEW_TICKETS


def has_grown(now: int, before: int, days: tuple[int, ...]) -> bool:
    """By more than chance explains: of both periods together, more came in this one than its days are of all days.

    The 95 % Wilson interval of that part lies above it.
    """
    sure = wilson(now, now + before)
    return sure is not None and sure.low > days[0] / sum(days)


def days_of(period: Period, today: date) -> tuple[date, date]:
    """The first and the last day of a period by name."""
    if period is Period.LAST_WEEK:
        monday = today - timedelta(days=today.weekday() + 7)
        return monday, monday + timedelta(days=6)
    if period is Period.THIS_MONTH:
        return today.replace(day=1), today
    if period is Period.LAST_YEAR:
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    return today - timedelta(days=int(period) - 1), today


def read_filters(
    args: Mapping[str, str], *, today: date, time_zone: str, stores: Collection[int] = ()
) -> Filters:
    """Filters as they stand in the address: since, until (YYYY-MM-DD) or a period by name, region, store (its `stores`),
    channel, reason, agent (ids) and compare.

    The last 30 days, beside the 30 before, without words. Raises Invalid on a date that is none, an end before its
    start, over two years, and on words that are none of ours.
    """
    first, last = _named(args.get("period"), today)
    until_on = _day(args.get("until"), "until") or last or today
    since_on = _day(args.get("since"), "since") or first or until_on - timedelta(days=DEFAULT_DAYS - 1)
    if since_on > until_on:
        raise Invalid(N_("The first day lies after the last day. Please swap them."), field="since")
    if (until_on - since_on).days >= MOST_DAYS:
        raise Invalid(N_("Please choose a period of two years at the most."), field="since")
    return Filters(
        since_on=since_on,
        until_on=until_on,
        time_zone=time_zone,
        region_id=_id(args.get("region"), "region"),
        store_id=next(iter(stores)) if len(stores) == 1 else None,
        store_ids=frozenset(stores) if len(stores) > 1 else frozenset(),
        channel=_channel(args.get("channel")),
        reason_id=_id(args.get("reason"), "reason"),
        agent_id=_id(args.get("agent"), "agent"),
        compare=_compare(args.get("compare")),
        today=today,
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


def _year_back(day: date) -> date:
    """The same day a year earlier; of 29 February the day before."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def _id(words: str | None, field: str) -> int | None:
    if not words:
        return None
    if not (words.isascii() and words.isdigit() and len(words) <= MOST_DIGITS):
        raise Invalid(N_("“%(word)s” is none of the list. Please choose one."), field=field, word=words)
    return int(words)


def _named(words: str | None, today: date) -> tuple[date, date] | tuple[None, None]:
    if not words:
        return None, None
    if words not in set(Period):
        raise Invalid(N_("“%(word)s” is none of the list. Please choose one."), field="period", word=words)
    return days_of(Period(words), today)


def _compare(words: str | None) -> Compare:
    if not words:
        return Compare.PREVIOUS
    if words not in set(Compare):
        raise Invalid(
            N_("A period is compared with: previous, year or none. “%(word)s” is none of these."),
            field="compare",
            word=words,
        )
    return Compare(words)


def _channel(words: str | None) -> Channel | None:
    if not words:
        return None
    if words not in set(Channel):
        raise Invalid(
            N_("The channel %(word)s is unknown. Please choose one of the list."), field="channel", word=words
        )
    return Channel(words)
