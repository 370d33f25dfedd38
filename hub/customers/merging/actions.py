"""Opens the journal of a merge, and forgets journals that may not be undone any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import any_, delete, literal, or_, select, update

from hub.core.actor import Actor
from hub.core.db import db
from hub.customers.merging.journal import Journal
from hub.customers.merging.models import CustomerMerge, MergeNote

UNDO_DAYS = 365
BATCH = 200


def open_merge(
    survivor_id: int,
    merged_id: int,
    *,
    batch_id: int | None,
    points: int | None,
    reasons: Sequence[Mapping[str, Any]],
    fields: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> Journal:
    """The row of a merge and its empty journal."""
    row = CustomerMerge(
        batch_id=batch_id,
        survivor_id=survivor_id,
        merged_id=merged_id,
        points=points,
        reasons=list(reasons),
        fields=dict(fields),
        actor_kind=by.kind,
        agent_id=by.agent_id,
        merged_at=now,
    )
    db.session.add(row)
    db.session.flush()
    if batch_id is None:
        row.batch_id = row.id
        db.session.flush()
    return Journal(row.id, merged_id, survivor_id, now)


def forget_old_merges(*, now: datetime) -> int:
    """After `UNDO_DAYS` the journal goes: it holds copies of personal data. Returns how many merges were forgotten."""
    old = select(CustomerMerge.id).where(
        CustomerMerge.merged_at < now - timedelta(days=UNDO_DAYS), CustomerMerge.forgotten_at.is_(None)
    )
    return _forget(list(db.session.scalars(old.order_by(CustomerMerge.id).limit(BATCH))), now)


def forget_merges_of(customer_id: int, *, now: datetime) -> int:
    """The customer is erased: the journals of his merges go, and with them the way back. Returns how many."""
    his = or_(CustomerMerge.survivor_id == customer_id, CustomerMerge.merged_id == customer_id)
    found = select(CustomerMerge.id).where(his, CustomerMerge.forgotten_at.is_(None))
    return _forget(list(db.session.scalars(found)), now)


def _forget(merge_ids: list[int], now: datetime) -> int:
    if not merge_ids:
        return 0
    db.session.execute(delete(MergeNote).where(MergeNote.merge_id == any_(literal(merge_ids))))
    db.session.execute(
        update(CustomerMerge)
        .where(CustomerMerge.id == any_(literal(merge_ids)))
        .values(fields={}, reasons=[], forgotten_at=now)
    )
    return len(merge_ids)
