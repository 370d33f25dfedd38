"""Waits row by row, with what is charged for each: the chain the customer's whole wait, a store its own share.

The figures are measured from day columns; this is for the rows behind them (`hub/statistics/behind.py`).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, exists, func, null, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from hub.inbox.models import ReplyWait
from hub.staff.rules import Viewer
from hub.statistics.narrowing import narrowed_waits
from hub.statistics.rules import Filters

PLAIN: tuple[Any, ...] = (
    ReplyWait.id,
    ReplyWait.ticket_id,
    ReplyWait.store_id,
    ReplyWait.channel,
    ReplyWait.reason_id,
    ReplyWait.agent_id,
    ReplyWait.ended_at,
    ReplyWait.is_transferred,
)


def ended_waits(filters: Filters, viewer: Viewer, *, is_central: bool = False) -> Subquery:
    """Those that the total of the page is made of: whole ones of the chain, own shares of some stores, the central queue or a person."""
    is_narrowed = filters.has_place or filters.agent_id is not None or is_central
    is_whole = viewer.scope.is_everything and not is_narrowed
    conditions = [ReplyWait.ended_at >= filters.since, ReplyWait.ended_at < filters.until]
    if is_whole:
        conditions.append(ReplyWait.is_transferred.is_(False))
    if is_central:
        conditions.append(ReplyWait.store_id.is_(None))
    return _charged([*conditions, *narrowed_waits(filters, viewer)], is_whole=is_whole)


def _charged(conditions: Sequence[ColumnElement[bool]], *, is_whole: bool) -> Subquery:
    """`business_seconds`, `target_seconds`, `started_at`; whole: of a wait that a transfer cut, since it began."""
    seconds: ColumnElement[Any] = ReplyWait.business_seconds.expression
    target: ColumnElement[Any] = ReplyWait.target_seconds.expression
    started: ColumnElement[Any] = ReplyWait.started_at.expression
    rows = select(*PLAIN)
    if is_whole:
        cut = _cut_wait()
        rows = rows.outerjoin(cut, true())
        seconds = case((cut.c.id.is_(None), seconds), else_=cut.c.seconds)
        target = case((cut.c.id.is_(None), target), else_=cut.c.target)
        started = case((cut.c.id.is_(None), started), else_=cut.c.started)
    measured = (
        seconds.label("business_seconds"),
        target.label("target_seconds"),
        started.label("started_at"),
    )
    return rows.add_columns(*measured).where(*conditions).subquery()


def _cut_wait() -> LateralFromClause:
    """Of the last share of a wait that transfers cut, the whole wait; a share without known hours makes the sum unknown.

    Asked row by row, since few rows are shown, and of tickets with a transfer only: the others cost a look into an index.
    """
    share, passed = aliased(ReplyWait), aliased(ReplyWait)
    is_cut = (
        exists().where(passed.ticket_id == ReplyWait.ticket_id, passed.is_transferred).correlate(ReplyWait)
    )
    before = func.count().filter(share.is_transferred.is_(False))
    wait = before.over(order_by=(share.started_at, share.id), rows=(None, -1))
    own = select(share, wait.label("wait")).where(share.ticket_id == ReplyWait.ticket_id, is_cut)
    shares = own.correlate(ReplyWait).subquery()
    spent, last = shares.c.business_seconds, func.max(shares.c.id).filter(shares.c.is_transferred.is_(False))
    targets = func.array_agg(aggregate_order_by(shares.c.target_seconds, shares.c.started_at, shares.c.id))
    return (
        select(
            last.label("id"),
            case((func.count() == func.count(spent), func.sum(spent)), else_=null()).label("seconds"),
            targets[1].label("target"),
            func.min(shares.c.started_at).label("started"),
        )
        .group_by(shares.c.wait)
        .having(last == ReplyWait.id)
        .correlate(ReplyWait)
        .lateral()
    )
