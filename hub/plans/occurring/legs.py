"""How occurrences are gone through: legs in a fixed order, each a page after another, so that one can stop and go on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import TextClause

from hub.core.db import db
from hub.customers.quality.months import months_after
from hub.plans.entering import Newcomer

PAGE = 1_000
DAY = timedelta(days=1)

# Neither erased nor merged away; an archived customer is left alone.
HERE = "c.erased_at IS NULL AND c.merged_into_id IS NULL"


@dataclass(frozen=True)
class Stretch:
    """From `since` (left out) to `until`, in days of the chain's `zone`.

    What others did counts as it was known at each occurrence's own moment, or at `known_at` when that is later.
    `seen_id`: what was told after that row also counts when it occurred shortly before `since`.
    """

    since: datetime
    until: datetime
    zone: ZoneInfo
    known_at: datetime | None = None
    seen_id: int | None = None

    @property
    def days(self) -> list[date]:
        """The days that begin in it."""
        first = self.since.astimezone(self.zone).date()
        if midnight(first, self.zone) <= self.since:
            first += DAY
        last = self.until.astimezone(self.zone).date()
        return [first + timedelta(days=each) for each in range((last - first).days + 1)]

    def knows(self, moment: datetime) -> datetime:
        """Up to when it is known what happened, for an occurrence of this moment."""
        return max(moment, self.known_at) if self.known_at else moment


@dataclass(frozen=True)
class Leg:
    """One walk along an index. `place`: where it stands in the order of legs.

    `statement` gives rows of customer_id, key and id after `:after_key` and `:after_id`, in the order of both, at most
    `:limit`; `first_key` is before all keys.
    """

    place: tuple[str, ...]
    statement: TextClause
    given: Mapping[str, Any]
    tell: Callable[[Any], Newcomer]
    first_key: Any


@dataclass(frozen=True)
class Batch:
    """Some occurrences, and from where to go on after them (JSON)."""

    newcomers: list[Newcomer]
    position: dict[str, Any]


def walk(legs: list[Leg], after: Mapping[str, Any] | None, size: int = PAGE) -> Iterator[Batch]:
    """Page after page; `after` is the position of the last batch taken."""
    for leg in sorted(legs, key=lambda each: each.place):
        place = tuple(after["place"]) if after else ()
        if leg.place < place:
            continue
        key, row_id = (after["key"], after["id"]) if after and leg.place == place else (leg.first_key, 0)
        while True:
            given = {**leg.given, "after_key": key, "after_id": row_id, "limit": size}
            rows = db.session.execute(leg.statement, given).all()
            if not rows:
                break
            key, row_id = rows[-1].key, rows[-1].id
            key = key.isoformat() if isinstance(key, datetime) else key
            yield Batch([leg.tell(row) for row in rows], {"place": list(leg.place), "key": key, "id": row_id})
            if len(rows) < size:
                break


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day of the chain begins."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def day_after(day: date, months: int) -> date:
    """So many calendar months later; the last day of a month that is too short."""
    return months_after(datetime.combine(day, time(), tzinfo=UTC), months).date()


def days_before(first: date, last: date, months: int) -> tuple[date, date]:
    """The first and the last day that so many months later is one of `first` to `last`; the first after the last: none."""
    lower = day_after(first, -months)
    while day_after(lower, months) < first:
        lower += DAY
    upper = day_after(last, -months)
    while day_after(upper + DAY, months) <= last:
        upper += DAY
    return lower, upper
