"""Tells people of the staff: one line in their notices. Any slice may tell; the kind names the sentence."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.db import db
from hub.inbox.models import Notice, TicketFollower
from hub.inbox.words import NoticeKind


def notify(
    *,
    agent_ids: Iterable[int],
    kind: str,
    ticket_id: int | None,
    now: datetime,
    by: Actor | None = None,
    data: dict[str, Any] | None = None,
) -> int:
    """Tell these people; whoever did it is not told. Returns how many were.

    While a notice of the same kind about the same ticket is unread it stays one line and moves up. `data` holds ids
    and our own words only. People who lose sight of the ticket lose sight of the notice (`list_notices`).
    """
    by_id = by.agent_id if by else None
    told = sorted({agent_id for agent_id in agent_ids if agent_id != by_id})
    if not told:
        return 0
    row = {"kind": str(kind), "ticket_id": ticket_id, "by_id": by_id, "data": data or {}, "happened_at": now}
    statement = insert(Notice).values([{"agent_id": agent_id, **row} for agent_id in told])
    again = {"by_id": by_id, "data": statement.excluded.data, "happened_at": now}
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["agent_id", "kind", "ticket_id"], index_where=Notice.read_at.is_(None), set_=again
        )
    )
    return len(told)


def tell_followers(
    ticket_id: int,
    what: str,
    *,
    by: Actor | None,
    now: datetime,
    but: Iterable[int] = (),
) -> None:
    """News of a ticket to those who follow it; `what` is customer_wrote, replied, noted, solved, …"""
    found = select(TicketFollower.agent_id).where(TicketFollower.ticket_id == ticket_id)
    followers = set(db.session.scalars(found)) - set(but)
    notify(
        agent_ids=followers,
        kind=NoticeKind.FOLLOWED,
        ticket_id=ticket_id,
        by=by,
        now=now,
        data={"what": what},
    )


def mark_read(*, agent_id: int, now: datetime, notice_id: int | None = None) -> int:
    """One notice of the person, or all of them. Returns how many were unread."""
    mine = [Notice.agent_id == agent_id, Notice.read_at.is_(None)]
    if notice_id is not None:
        mine.append(Notice.id == notice_id)
    changed = update(Notice).where(*mine).values(read_at=now).returning(Notice.id)
    return len(db.session.execute(changed.execution_options(synchronize_session=False)).all())
