"""Who is charged which time of a wait: the chain the customer's whole wait, a store its own share (inbox.md, "exact")."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, null, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hub.inbox.models import ReplyWait


def waits_of(conditions: Sequence[ColumnElement[bool]], *, is_whole: bool) -> Subquery:
    """The rows that meet the conditions, with what they are measured by: `business_seconds` and `target_seconds`.

    `is_whole` gives a wait that a transfer cut all its time, against the target frozen when it began.
    """
    seconds: ColumnElement[Any] = ReplyWait.business_seconds.expression
    target: ColumnElement[Any] = ReplyWait.target_seconds.expression
    rows = select(ReplyWait.store_id, ReplyWait.channel, ReplyWait.ended_at, ReplyWait.is_transferred)
    if is_whole:
        cut = _cut_waits()
        rows = rows.outerjoin(cut, cut.c.id == ReplyWait.id)
        seconds = case((cut.c.id.is_(None), seconds), else_=cut.c.seconds)
        target = case((cut.c.id.is_(None), target), else_=cut.c.target)
    return (
        rows.add_columns(seconds.label("business_seconds"), target.label("target_seconds"))
        .where(*conditions)
        .subquery()
    )


def _cut_waits() -> Subquery:
    """Waits that transfers cut, by the id of their last share; a share without known hours makes the sum unknown."""
    is_last = ReplyWait.is_transferred.is_(False)
    before = func.count().filter(is_last)
    wait = before.over(
        partition_by=ReplyWait.ticket_id, order_by=(ReplyWait.started_at, ReplyWait.id), rows=(None, -1)
    )
    tickets = select(ReplyWait.ticket_id).where(ReplyWait.is_transferred)
    shares = select(ReplyWait, wait.label("wait")).where(ReplyWait.ticket_id.in_(tickets)).subquery()
    spent = shares.c.business_seconds
    targets = func.array_agg(aggregate_order_by(shares.c.target_seconds, shares.c.started_at, shares.c.id))
    return (
        select(
            func.max(shares.c.id).filter(shares.c.is_transferred.is_(False)).label("id"),
            case((func.count() == func.count(spent), func.sum(spent)), else_=null()).label("seconds"),
            targets[1].label("target"),
        )
        .group_by(shares.c.ticket_id, shares.c.wait)
        .subquery()
    )
