"""The figures, computed live from waits and answers, within what the reader may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, ColumnElement, Date, Integer, Subquery, and_, case, cast, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.models import ReplyWait, Ticket
from hub.reasons.queries import list_reasons
from hub.staff.rules import Viewer
from hub.statistics import rules
from hub.statistics.charged import waits_of
from hub.statistics.narrowing import narrowed, narrowed_tickets, narrowed_waits
from hub.statistics.people import may_ask_about
from hub.statistics.rows import (
    NO_WAITS,
    ResponseTimes,
    Satisfaction,
    SatisfactionReport,
    StoreSatisfaction,
    StoreWaits,
    Waits,
    satisfaction_of,
    sum_up,
)
from hub.statistics.rules import BUCKETS_SECONDS, Filters
from hub.stores.queries import find_store_by_code, get_chain, get_stores
from hub.surveys.models import Answer, Invitation
from hub.surveys.words import AnswerState, Choice

CENTRAL_QUEUE = N_("Central queue")
LONG_DAYS = 92


def read_filters(args: Mapping[str, str], *, now: datetime, viewer: Viewer | None = None) -> Filters:
    """The filters of an address; `store` is a store's code. Raises Invalid with the field to correct.

    Without a `viewer` nobody's own figures can be asked for.
    """
    chain = get_chain()
    store = find_store_by_code(args["store"]) if args.get("store") else None
    if args.get("store") and store is None:
        raise Invalid(
            N_("No store has the code %(code)s. Please check it."), field="store", code=args["store"]
        )
    today = now.astimezone(ZoneInfo(chain.time_zone)).date()
    found = rules.read_filters(
        args, today=today, time_zone=chain.time_zone, store_id=store.id if store else None
    )
    _check_ids(found, viewer)
    return found


def _check_ids(filters: Filters, viewer: Viewer | None) -> None:
    if filters.reason_id is not None and all(
        row.id != filters.reason_id for row in list_reasons(active=False)
    ):
        raise Invalid(N_("This contact reason does not exist. Please choose another one."), field="reason")
    if filters.agent_id is None:
        return
    if viewer is None or not may_ask_about(filters.agent_id, viewer=viewer):
        raise Invalid(
            N_("This person works in none of your stores. Please choose another one."), field="agent"
        )


def get_response_times(filters: Filters, *, viewer: Viewer, now: datetime) -> ResponseTimes:
    """Replies of the period in all, by store, channel and day (week for long periods), and who waits now.

    Of the chain these are the customers' whole waits; of some stores what these stores are charged.
    """
    seen = narrowed_waits(filters, viewer)
    past = filters.before()
    is_whole = viewer.scope.is_everything and filters.store_id is None and filters.region_id is None
    ended = waits_of([*_ended_in(filters, has_shares=not is_whole), *seen], is_whole=is_whole)
    charged = waits_of([*_ended_in(filters, has_shares=True), *seen], is_whole=False)
    return ResponseTimes(
        filters=filters,
        total=_total(ended),
        before=_total(waits_of([*_ended_in(past, has_shares=not is_whole), *seen], is_whole=is_whole))
        if past
        else NO_WAITS,
        by_store=_with_stores(_group(charged, charged.c.store_id)),
        by_channel=tuple((Channel(key), waits) for key, waits in _group(ended, ended.c.channel)),
        by_period=tuple(_group(ended, _period_of(ended.c.ended_at, filters))),
        buckets=_distribution(ended),
        dropped=_dropped(filters, seen),
        **_waiting(filters, viewer, now),
    )


def get_satisfaction(filters: Filters, *, viewer: Viewer) -> SatisfactionReport:
    """Answers that count of the period in all, by store and by month, each with its interval."""
    seen = narrowed(filters, viewer, Answer.store_id)
    counted = _count_answers(filters, seen, Answer.store_id, _month_of(Answer.answered_at, filters))
    houses = get_stores([store_id for store_id, _, _ in counted])
    stores = [
        StoreSatisfaction(store_id, houses[store_id].code, houses[store_id].name, found)
        for store_id, found in _by((store_id, found) for store_id, _, found in counted)
    ]
    total = sum_up(found for _, _, found in counted)
    past = filters.before()
    before = _count_answers(past, seen, Answer.store_id) if past else []
    return SatisfactionReport(
        filters=filters,
        total=total,
        before=sum_up(found for _, found in before),
        by_store=tuple(sorted(stores, key=lambda row: row.name)),
        by_month=tuple(_by((month, found) for _, month, found in counted)),
        invited_count=_count_invited(filters, viewer),
        answered_count=total.total,
    )


def _by(groups: Iterable[tuple[Any, Satisfaction]]) -> list[tuple[Any, Satisfaction]]:
    """Added up by the key, in its order."""
    found: dict[Any, list[Satisfaction]] = defaultdict(list)
    for key, satisfaction in groups:
        found[key].append(satisfaction)
    return [(key, sum_up(found[key])) for key in sorted(found)]


def _ended_in(filters: Filters, *, has_shares: bool) -> list[ColumnElement[bool]]:
    """Waits that a reply ended; with `has_shares` also the part a store had before it passed the ticket on."""
    period = [ReplyWait.ended_at >= filters.since, ReplyWait.ended_at < filters.until]
    return period if has_shares else [*period, ReplyWait.is_transferred.is_(False)]


def _figures(waits: Subquery) -> tuple[ColumnElement[Any], ...]:
    seconds = waits.c.business_seconds
    is_in_time = case((seconds <= waits.c.target_seconds, 1.0), else_=0.0)
    return (
        func.count().filter(waits.c.is_transferred.is_(False)),
        func.count(seconds),
        func.percentile_cont(0.5).within_group(seconds),
        func.percentile_cont(0.9).within_group(seconds),
        func.avg(seconds),
        func.avg(is_in_time).filter(seconds.is_not(None)),
    )


def _waits(row: Sequence[Any]) -> Waits:
    count, measured, median, ninth, mean, share = row
    return Waits(
        count=count,
        measured_count=measured,
        median_seconds=median,
        p90_seconds=ninth,
        mean_seconds=float(mean) if mean is not None else None,
        target_share=float(share) if share is not None else None,
    )


def _total(waits: Subquery) -> Waits:
    row = db.session.execute(select(*_figures(waits))).one()
    return _waits(row) if row[0] or row[1] else NO_WAITS


def _group(waits: Subquery, by: Any) -> list[tuple[Any, Waits]]:
    rows = db.session.execute(select(by, *_figures(waits)).group_by(by).order_by(by))
    return [(row[0], _waits(row[1:])) for row in rows]


def _with_stores(groups: Iterable[tuple[int | None, Waits]]) -> tuple[StoreWaits, ...]:
    """By name, never by rank: small numbers would make it a lottery."""
    listed = list(groups)
    houses = get_stores([store_id for store_id, _ in listed if store_id])
    rows = [
        StoreWaits(store_id, houses[store_id].code, houses[store_id].name, waits)
        if store_id
        else StoreWaits(None, "", "", waits)
        for store_id, waits in listed
    ]
    return tuple(sorted(rows, key=lambda row: row.name))


def _period_of(column: ColumnElement[Any], filters: Filters) -> ColumnElement[date]:
    unit = "week" if filters.days > LONG_DAYS else "day"
    return _truncated(column, unit, filters)


def _month_of(column: InstrumentedAttribute[Any], filters: Filters) -> ColumnElement[date]:
    return _truncated(column, "month", filters)


def _truncated(
    column: ColumnElement[Any] | InstrumentedAttribute[Any], unit: str, filters: Filters
) -> ColumnElement[date]:
    local = func.timezone(literal(filters.time_zone, literal_execute=True), column)
    return cast(func.date_trunc(literal(unit, literal_execute=True), local), Date)


def _distribution(waits: Subquery) -> tuple[int, ...]:
    seconds = waits.c.business_seconds
    edges = func.width_bucket(cast(seconds, Integer), cast(list(BUCKETS_SECONDS), ARRAY(Integer)))
    rows = db.session.execute(select(edges, func.count()).where(seconds.is_not(None)).group_by(edges)).all()
    counts: dict[int, int] = dict(rows)
    return tuple(counts.get(bucket, 0) for bucket in range(len(BUCKETS_SECONDS) + 1))


def _dropped(filters: Filters, seen: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    period = (ReplyWait.dropped_at >= filters.since, ReplyWait.dropped_at < filters.until)
    rows = db.session.execute(
        select(ReplyWait.drop_reason, func.count()).where(*period, *seen).group_by(ReplyWait.drop_reason)
    )
    return {reason.value: count for reason, count in rows if reason}


def _waiting(filters: Filters, viewer: Viewer, now: datetime) -> dict[str, int]:
    conditions = [Ticket.waiting_since.is_not(None), *narrowed_tickets(filters, viewer)]
    waiting, late = db.session.execute(
        select(func.count(), func.count().filter(Ticket.due_at < now)).where(*conditions)
    ).one()
    return {"waiting_count": waiting, "late_count": late}


def _count_answers(filters: Filters, seen: Sequence[ColumnElement[bool]], *by: Any) -> list[Any]:
    """The columns of `by`, then the answers of the group."""
    counted = [func.count().filter(Answer.choice == choice) for choice in Choice]
    rows = db.session.execute(
        select(*by, *counted)
        .where(
            Answer.state == AnswerState.CONFIRMED,
            and_(Answer.answered_at >= filters.since, Answer.answered_at < filters.until),
            *seen,
        )
        .group_by(*by)
    )
    return [(*row[: len(by)], satisfaction_of(row[len(by) :])) for row in rows]


def _count_invited(filters: Filters, viewer: Viewer) -> int:
    period = (Invitation.accepted_at >= filters.since, Invitation.accepted_at < filters.until)
    seen = narrowed(filters, viewer, Invitation.store_id)
    return db.session.scalar(select(func.count()).where(*period, *seen)) or 0
