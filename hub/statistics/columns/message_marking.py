"""Marks the days on which messages are counted: those they left or were given up on, whenever something is heard of them."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Date, cast, func, select

from hub.core.batches import among
from hub.core.db import db
from hub.outbox.models import OutboundMessage
from hub.statistics.columns.local_days import day_of
from hub.statistics.columns.marking import find_zone, mark
from hub.statistics.words import Subject

OF_MESSAGES = (Subject.MESSAGES, Subject.PRESSURE)


def mark_messages(outbound_ids: Collection[int], gone: Iterable[int] = ()) -> int:
    """The days of these messages, whatever became of them since; `gone`: moments by which one was counted before."""
    zone = find_zone()
    if zone is None or not outbound_ids:
        return 0
    before = {day_of(datetime.fromtimestamp(moment, UTC), zone) for moment in gone}
    return _mark({*_list_days(among(OutboundMessage.id, outbound_ids)), *before})


def mark_customers(customer_ids: Collection[int]) -> int:
    """Every day of the messages of these customers: they were made one, or two again."""
    return _mark(_list_days(among(OutboundMessage.customer_id, customer_ids))) if customer_ids else 0


def _mark(days: Iterable[date]) -> int:
    return mark((subject, day) for day in days for subject in OF_MESSAGES)


def _list_days(condition: ColumnElement[bool]) -> list[date]:
    zone = find_zone()
    moment = func.coalesce(OutboundMessage.accepted_at, OutboundMessage.ended_at)
    day = cast(func.timezone(str(zone), moment), Date)
    found = select(day).where(condition, moment.is_not(None)).distinct()
    return list(db.session.scalars(found)) if zone else []
