"""Writes down what the gate said: a message that waits knows until when and why, one that never leaves says why."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, update

from hub.core.db import db
from hub.core.facts import record_many
from hub.outbox.facts import MessageBlocked
from hub.outbox.letter import Letter
from hub.outbox.models import OutboundMessage
from hub.outbox.rules import Answer, Verdict
from hub.outbox.words import BlockReason, MessageState


def write(letters: Sequence[Letter], answers: Mapping[int, Verdict], *, now: datetime) -> None:
    """Write every verdict that is not "now", in the caller's transaction, which holds the rows."""
    later = [letter for letter in letters if answers[letter.id].answer is Answer.LATER]
    never = [letter for letter in letters if answers[letter.id].answer is Answer.NEVER]
    _postpone([(letter, answers[letter.id]) for letter in later])
    _block([(letter, answers[letter.id]) for letter in never], now=now)


def _postpone(pairs: Sequence[tuple[Letter, Verdict]]) -> None:
    if not pairs:
        return
    _table_update(
        [
            {
                "row_id": letter.id,
                "state": MessageState.WAITING,
                "reason": verdict.reason,
                "reason_detail": verdict.detail or None,
                "due_at": verdict.at or letter.due_at,
                "ended_at": None,
            }
            for letter, verdict in pairs
        ]
    )


def _block(pairs: Sequence[tuple[Letter, Verdict]], *, now: datetime) -> None:
    if not pairs:
        return
    _table_update(
        [
            {
                "row_id": letter.id,
                "state": _end_of(verdict),
                "reason": verdict.reason,
                "reason_detail": verdict.detail or None,
                "due_at": letter.due_at,
                "ended_at": now,
            }
            for letter, verdict in pairs
        ]
    )
    record_many([_fact(letter, verdict) for letter, verdict in pairs], now=now)


def _end_of(verdict: Verdict) -> MessageState:
    return MessageState.EXPIRED if verdict.reason is BlockReason.EXPIRED else MessageState.BLOCKED


def _fact(letter: Letter, verdict: Verdict) -> MessageBlocked:
    return MessageBlocked(
        customer_id=letter.customer_id,
        outbound_id=letter.id,
        purpose=letter.purpose,
        source_kind=letter.source_kind,
        source_id=letter.source_id,
        reason=verdict.reason or "",
    )


_ROW = OutboundMessage.__table__


def _table_update(rows: list[dict[str, object]]) -> None:
    """One statement for all rows. What does not leave fills no cap and is in nobody's hands."""
    names = ("state", "reason", "reason_detail", "due_at", "ended_at")
    statement = (
        update(_ROW)  # type: ignore[arg-type]  # a mapped class's table is a Table
        .where(_ROW.c.id == bindparam("row_id"))
        .values({name: bindparam(name) for name in names})
        .values(counted_at=None, lease_token=None, lease_until=None)
    )
    db.session.execute(statement, rows)
