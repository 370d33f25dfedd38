"""The page of response times: its figures, and its tables by channel, store, reason, person, day, hour and length."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext

from hub.blueprints import statistics_words as words
from hub.blueprints.inbox.words import channel_words
from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.base import Page
from hub.blueprints.statistics.links import behind, to_page, to_person
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.core.text import N_
from hub.inbox.words import DropReason
from hub.statistics import queries
from hub.statistics.breakdowns import Breakdowns, get_breakdowns
from hub.statistics.resolution import Resolution
from hub.statistics.rows import ResponseTimes, Waits
from hub.statistics.rules import FEW_WAITS

KEY = "response-times"
DROPPED = {
    DropReason.SOLVED_WITHOUT_REPLY: N_("Solved without a reply"),
    DropReason.MERGED: N_("Merged into another ticket"),
    DropReason.SPAM: N_("Spam"),
    DropReason.WITHDRAWN: N_("Survey answer withdrawn"),
}
WEEK_DAYS = 7
Grouped = list[tuple[Any, Waits]]


@dataclass(frozen=True)
class Times:
    """All that the page shows; `by_agent` only names people the reader may ask about, in the order of names."""

    all: ResponseTimes
    solving: Resolution
    by: Breakdowns
    by_agent: Grouped


def find(asked: Asked) -> Times:
    by = get_breakdowns(asked.filters, viewer=asked.viewer, now=asked.now)
    return Times(
        all=by.all,
        solving=by.solving,
        by=by,
        by_agent=[(row, by.by_agent[row.id]) for row in asked.choices.people if row.id in by.by_agent],
    )


def tables(found: Times, asked: Asked) -> list[Table]:
    return [
        _table("by-channel", gettext("By channel"), gettext("Channel"), _channels(found, asked)),
        _table(
            "by-store", gettext("By store, in alphabetical order"), gettext("Store"), _stores(found, asked)
        ),
        _table(
            "by-reason",
            gettext("By contact reason, most replies first"),
            gettext("Contact reason"),
            _reasons(found, asked),
        ),
        _table(
            "by-person", gettext("By person, in alphabetical order"), gettext("Person"), _people(found, asked)
        ),
        _periods(found, asked),
        _distribution(found, asked),
        _hours(found, asked),
        *([] if asked.filters.agent_id else [_drops(found, asked)]),
    ]


def _table(key: str, title: str, head: str, rows: Iterable[Row]) -> Table:
    columns = (
        Column("name", head),
        Column("count", gettext("Replies"), Kind.COUNT, "waits"),
        Column("median", gettext("Median"), Kind.OPENING, "median_reply"),
        Column("p90", gettext("90th percentile"), Kind.OPENING, "p90_reply"),
        Column("target", gettext("Within target"), Kind.SHARE, "within_target"),
    )
    return Table(KEY, key, title, columns, tuple(rows), is_sortable=key != "by-reason")


def _row(name: str, waits: Waits, asked: Asked, *, href: str = "", **clicked: Any) -> Row:
    """Small numbers are said; the replies lead to their tickets, the share to those that missed their target."""
    values = {
        "name": name,
        "count": waits.count,
        "median": waits.median_seconds,
        "p90": waits.p90_seconds,
        "target": waits.target_share,
    }
    few = gettext("under %(count)s waits", count=FEW_WAITS)
    said = {"target": " · ".join((words.share(waits.target_share), few))} if waits.is_few else {}
    missed = behind(asked, "within_target", part=1, **clicked)
    links = {"count": behind(asked, "waits", **clicked), "target": missed}
    return Row(values, href, said, links, frozenset({"median", "p90", "target"} if waits.is_few else ()))


def _channels(found: Times, asked: Asked) -> Iterable[Row]:
    for channel, waits in found.all.by_channel:
        yield _row(channel_words(channel), waits, asked, channel=channel.value)


def _stores(found: Times, asked: Asked) -> Iterable[Row]:
    for row in found.all.by_store:
        if row.code:
            href = to_page(asked, "statistics.response_times", store=row.code)
            yield _row(row.name, row.waits, asked, href=href, store=row.code)
        else:
            yield _row(gettext("Central queue"), row.waits, asked, central=1)


def _reasons(found: Times, asked: Asked) -> Iterable[Row]:
    names = {row.id: row.path(asked.viewer.language) for row in asked.choices.reasons}
    for reason_id, waits in found.by.by_reason:
        clicked: dict[str, Any] = {"unnamed": 1} if reason_id is None else {"reason": reason_id, "alone": 1}
        name = gettext("Without a reason") if reason_id is None else names.get(reason_id, "–")
        yield _row(name, waits, asked, **clicked)


def _people(found: Times, asked: Asked) -> Iterable[Row]:
    for person, waits in found.by_agent:
        yield _row(person.name, waits, asked, href=to_person(asked, person.id), agent=person.id)


def _periods(found: Times, asked: Asked) -> Table:
    columns = (
        Column("day", gettext("Day"), Kind.DAY),
        Column("count", gettext("Replies"), Kind.COUNT, "waits"),
        Column("median", gettext("Median"), Kind.OPENING, "median_reply"),
        Column("p90", gettext("90th percentile"), Kind.OPENING, "p90_reply"),
        Column("before", gettext("Median before"), Kind.OPENING, "median_reply"),
    )
    return Table(KEY, "by-day", gettext("Over the period"), columns, tuple(_period_rows(found, asked)))


def _period_rows(found: Times, asked: Asked) -> Iterable[Row]:
    filters = asked.filters
    length = WEEK_DAYS if filters.days > queries.LONG_DAYS else 1
    earlier = earlier_medians(found, asked)
    for day, waits in found.all.by_period:
        last = min(day + timedelta(days=length - 1), filters.until_on)
        first = max(day, filters.since_on)
        link = behind(asked, "waits", since=first.isoformat(), until=last.isoformat())
        values = {
            "day": day,
            "count": waits.count,
            "median": waits.median_seconds,
            "p90": waits.p90_seconds,
            "before": earlier.get(day),
        }
        yield Row(values, links={"count": link})


def earlier_medians(found: Times, asked: Asked) -> dict[date, float | None]:
    """By the day of this period, the median of the day that lies as far in the one before."""
    past = asked.filters.before()
    if past is None:
        return {}
    ago = asked.filters.since_on - past.since_on
    if asked.filters.days > queries.LONG_DAYS:
        ago = timedelta(weeks=round(ago / timedelta(weeks=1)))
    return {day + ago: waits.median_seconds for day, waits in found.by.before}


def _distribution(found: Times, asked: Asked) -> Table:
    columns = (
        Column("length", gettext("Opening minutes and hours")),
        Column("count", gettext("Waits"), Kind.COUNT, "waits"),
    )
    rows = tuple(
        Row({"length": label, "count": count}, links={"count": behind(asked, "median_reply", bucket=bucket)})
        for bucket, (label, count) in enumerate(zip(words.bucket_words(), found.all.buckets, strict=True))
    )
    return Table(KEY, "distribution", gettext("Distribution of the waits"), columns, rows)


def _hours(found: Times, asked: Asked) -> Table:
    columns = (
        Column("weekday", gettext("Weekday")),
        Column("hour", gettext("Hour"), Kind.COUNT),
        Column("count", gettext("Waits"), Kind.COUNT, "waits"),
        Column("median", gettext("Median"), Kind.OPENING, "median_reply"),
    )
    rows = tuple(
        Row(
            {
                "weekday": words.weekday(weekday),
                "hour": hour,
                "count": waits.measured_count,
                "median": waits.median_seconds,
            },
            links={"count": behind(asked, "median_reply", weekday=weekday, hour=hour)},
        )
        for (weekday, hour), waits in found.by.by_hour.items()
    )
    return Table(KEY, "by-hour", gettext("Median wait by weekday and hour of the message"), columns, rows)


def _drops(found: Times, asked: Asked) -> Table:
    columns = (Column("reason", gettext("Reason")), Column("count", gettext("Waits"), Kind.COUNT, "dropped"))
    rows = tuple(
        Row(
            {"reason": gettext(text), "count": found.all.dropped.get(reason.value, 0)},
            links={"count": behind(asked, "dropped", drop=reason.value)},
        )
        for reason, text in DROPPED.items()
    )
    return Table(KEY, "dropped", gettext("Waits that ended without a reply"), columns, rows)


RESPONSE_TIMES = Page(KEY, find, tables)
