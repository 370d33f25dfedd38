"""Puts and lifts holds: while a grievance is open, promotion and surveys for its customer wait."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db, ring_after_commit
from hub.core.words import Purpose
from hub.outbox.models import Hold, OutboundMessage
from hub.outbox.words import BlockReason, MessageState


def put_hold(
    *, customer_id: int, purpose: Purpose, reason: str, source_kind: str, source_id: int, now: datetime
) -> None:
    """Hold a purpose for a customer in the caller's transaction. Putting it again after a lift holds it again."""
    statement = insert(Hold).values(
        customer_id=customer_id,
        purpose=purpose,
        reason=reason,
        source_kind=source_kind,
        source_id=source_id,
        put_at=now,
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["source_kind", "source_id", "purpose"],
            set_={"customer_id": customer_id, "reason": reason, "put_at": now, "lifted_at": None},
        )
    )


def lift_hold(*, source_kind: str, source_id: int, now: datetime) -> int:
    """Lift every hold of a source; what waited for it is looked at again at once. Returns the holds lifted."""
    lifted = db.session.execute(
        update(Hold)
        .where(Hold.source_kind == source_kind, Hold.source_id == source_id, Hold.lifted_at.is_(None))
        .values(lifted_at=now)
        .returning(Hold.customer_id)
        .execution_options(synchronize_session=False)
    )
    customer_ids = set(lifted.scalars())
    if customer_ids:
        _wake(customer_ids, now=now)
    return len(customer_ids)


def _wake(customer_ids: set[int], *, now: datetime) -> None:
    """Another hold may still stand: the gate decides."""
    waits = select(OutboundMessage.id).where(
        OutboundMessage.customer_id.in_(customer_ids),
        OutboundMessage.state == MessageState.WAITING,
        OutboundMessage.reason == BlockReason.HOLD,
    )
    queues = db.session.scalars(
        update(OutboundMessage)
        .where(OutboundMessage.id.in_(waits))
        .values(due_at=now)
        .returning(OutboundMessage.queue)
        .execution_options(synchronize_session=False)
    )
    for queue in set(queues):
        ring_after_commit(f"outbox.{queue}")
