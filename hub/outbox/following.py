"""How the messages that an upstairs row asked for are doing, for many rows at once; and what stops them when they lost their point."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select, update

from hub.core.batches import among
from hub.core.db import db
from hub.core.facts import record_many
from hub.core.words import Purpose
from hub.outbox.facts import MessageBlocked
from hub.outbox.models import Hold, OutboundMessage
from hub.outbox.words import BlockReason, MessageState

NOT_YET = (MessageState.WAITING, MessageState.CLAIMED)
GONE_OUT = (
    MessageState.CALLING,
    MessageState.ACCEPTED,
    MessageState.DELIVERED,
    MessageState.BOUNCED,
    MessageState.UNKNOWN,
)


@dataclass(frozen=True)
class Stopped:
    """Keys of the messages of one row: those that had left (or were being handed over), and those that were stopped."""

    left: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()


def get_sendings(outbound_ids: Iterable[int]) -> dict[int, tuple[MessageState, datetime | None]]:
    """State, and when the provider took it, by id; ids that do not exist are missing."""
    m = OutboundMessage
    rows = db.session.execute(select(m.id, m.state, m.accepted_at).where(among(m.id, set(outbound_ids))))
    return {row.id: (row.state, row.accepted_at) for row in rows}


def list_code_states(source_kind: str, source_ids: Collection[int]) -> dict[int, set[MessageState]]:
    """By the row that asked for them, the states of its messages that show a promo code."""
    m = OutboundMessage
    found: dict[int, set[MessageState]] = {}
    rows = select(m.source_id, m.state).where(
        m.source_kind == source_kind, among(m.source_id, source_ids), m.values.has_key("promo_code")
    )
    for source_id, state in db.session.execute(rows):
        found.setdefault(source_id or 0, set()).add(state)
    return found


def list_held(customer_ids: Collection[int]) -> dict[int, frozenset[Purpose]]:
    """The purposes that a room upstairs holds back, by customer; those without any are missing."""
    held: dict[int, set[Purpose]] = {}
    rows = select(Hold.customer_id, Hold.purpose).where(
        among(Hold.customer_id, customer_ids), Hold.lifted_at.is_(None)
    )
    for customer_id, purpose in db.session.execute(rows):
        held.setdefault(customer_id, set()).add(purpose)
    return {customer_id: frozenset(purposes) for customer_id, purposes in held.items()}


@dataclass(frozen=True)
class HeldThen:
    """A purpose was held back from a customer, from `put_at` until `lifted_at` (None: still)."""

    purpose: Purpose
    put_at: datetime
    lifted_at: datetime | None
    reason: str

    def is_in_force(self, at: datetime) -> bool:
        return self.put_at <= at and (self.lifted_at is None or self.lifted_at > at)


def list_holds_since(customer_ids: Collection[int], *, since: datetime) -> dict[int, list[HeldThen]]:
    """By customer what was held back at any time since then; those without any are missing."""
    rows = select(Hold.customer_id, Hold.purpose, Hold.put_at, Hold.lifted_at, Hold.reason).where(
        among(Hold.customer_id, customer_ids), or_(Hold.lifted_at.is_(None), Hold.lifted_at > since)
    )
    found: dict[int, list[HeldThen]] = {}
    for row in db.session.execute(rows.order_by(Hold.id)):
        held = HeldThen(row.purpose, row.put_at, row.lifted_at, row.reason)
        found.setdefault(row.customer_id, []).append(held)
    return found


def list_unsent_sources(source_kind: str, source_ids: Select[int]) -> list[int]:
    """Those of the rows found by this statement that have a message which has not been handed to a provider yet."""
    m = OutboundMessage
    found = select(m.source_id).where(m.source_kind == source_kind, m.state.in_(NOT_YET))
    rows = db.session.scalars(found.where(m.source_id.in_(source_ids)).order_by(m.source_id).distinct())
    return [row for row in rows if row is not None]


def stop_messages(
    source_kind: str, source_ids: Sequence[int], *, detail: str, now: datetime
) -> dict[int, Stopped]:
    """Block what has not been handed to a provider yet; whoever marks it for a call at this moment is waited for.

    By row: what is stopped, now or by the last look before the call, and what had left by then. Rows without a message
    are missing.
    """
    m = OutboundMessage
    mine = (m.source_kind == source_kind, among(m.source_id, source_ids))
    stopped = db.session.execute(
        update(m)
        .where(*mine, m.state.in_(NOT_YET))
        .values(reason_detail=detail, ended_at=now, **STOP)
        .returning(m.source_id, m.key, m.id, m.customer_id, m.purpose)
        .execution_options(synchronize_session=False)
    ).all()
    record_many([_blocked(source_kind, row) for row in stopped], now=now)
    is_stopped = (m.state == MessageState.BLOCKED) & (m.reason == BlockReason.STOPPED)
    seen = db.session.execute(
        select(m.source_id, m.key, is_stopped)
        .where(*mine, or_(m.state.in_(GONE_OUT), is_stopped))
        .order_by(m.id)
    )
    found: dict[int, tuple[list[str], list[str]]] = {}
    for source_id, key, place in seen:
        found.setdefault(source_id or 0, ([], []))[place].append(key)
    return {row: Stopped(tuple(gone), tuple(kept)) for row, (gone, kept) in found.items()}


STOP: dict[str, Any] = {
    "state": MessageState.BLOCKED,
    "reason": BlockReason.STOPPED,
    "counted_at": None,
    "lease_token": None,
    "lease_until": None,
}


def _blocked(source_kind: str, row: Any) -> MessageBlocked:
    return MessageBlocked(
        customer_id=row.customer_id,
        outbound_id=row.id,
        purpose=row.purpose,
        source_kind=source_kind,
        source_id=row.source_id,
        reason=BlockReason.STOPPED,
    )
