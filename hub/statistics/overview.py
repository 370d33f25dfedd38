"""The first look: a period in six figures beside the period before, who waits now, and how it went from day to day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hub.staff.rules import Viewer
from hub.statistics.measuring.door import open_look
from hub.statistics.measuring.figures import Figure
from hub.statistics.measuring.labels import begin_of_period
from hub.statistics.measuring.live import list_waiting
from hub.statistics.queries import period_of
from hub.statistics.rows import NO_WAITS, Satisfaction, Waits, satisfaction_of
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look, Need

WEEK_DAYS = 7


@dataclass(frozen=True)
class Sums:
    """A period in figures; `rate` are tickets per thousand orders."""

    tickets: int
    rate: Figure
    waits: Waits
    satisfaction: Satisfaction


@dataclass(frozen=True)
class Step:
    """A day, or a week of a long period, as far as it lies in the period."""

    first: date
    last: date
    tickets: int
    waits: Waits


@dataclass(frozen=True)
class Overview:
    """`before` is None where nothing is compared, `today_count` where the period does not hold today.

    `over` are tickets for each thousand orders of the days that are over: what is set beside the period before.
    """

    sums: Sums
    before: Sums | None
    over: Figure | None
    today: date
    today_count: int | None
    waiting_count: int
    late_count: int
    steps: tuple[Step, ...]


def get_overview(filters: Filters, *, viewer: Viewer, now: datetime) -> Overview:
    """As the reader sees it."""
    look = open_look(filters, viewer=viewer)
    look.read(*_needs(look, period_of(filters)), *(_needs(look.before) if look.before else ()))
    today = now.astimezone(ZoneInfo(filters.time_zone)).date()
    days = {each.group: each.count for each in look.measure("tickets", Dimension.DAY)}
    (waiting,) = list_waiting(filters, None, viewer=viewer, now=now)
    whole = look.over()
    return Overview(
        sums=_sum_up(look),
        before=_sum_up(look.before) if look.before else None,
        over=whole.measure("contact_rate")[0] if whole else None,
        today=today,
        today_count=days.get(today, 0) if filters.since_on <= today <= filters.until_on else None,
        waiting_count=waiting.count,
        late_count=waiting.late_count,
        steps=tuple(_steps(look, min(filters.until_on, today))),
    )


def _needs(look: "Look", *dimensions: Dimension) -> "list[Need]":
    return [look.of_waits(None, *dimensions), look.of_tickets(), look.of_orders(), look.of_answers()]


def _sum_up(look: "Look") -> Sums:
    (rate,) = look.measure("contact_rate")
    ((_, waits),) = look.summarise_waits()
    ((_, answers),) = look.count_answers()
    return Sums(rate.count, rate, waits, satisfaction_of(answers))


def _steps(look: "Look", last_on: date) -> Iterator[Step]:
    """All of them up to today, also those on which nobody wrote."""
    filters, by = look.filters, period_of(look.filters)
    tickets = {each.group: each.count for each in look.measure("tickets", by)}
    waits: dict[Any, Waits] = dict(look.summarise_waits(by))
    length = timedelta(days=WEEK_DAYS if by is Dimension.WEEK else 1)
    begin = begin_of_period(filters.since_on, by)
    while begin <= last_on:
        last = min(begin + length - timedelta(days=1), filters.until_on)
        yield Step(max(begin, filters.since_on), last, tickets.get(begin, 0), waits.get(begin, NO_WAITS))
        begin += length
