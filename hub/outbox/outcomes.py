"""Writes down what the provider said of a group of messages, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import bindparam, func, select, update

from hub.core import clock
from hub.core.db import db
from hub.core.facts import Fact, record_many
from hub.core.words import Channel
from hub.customers import actions as customers
from hub.customers.words import SuppressionReason
from hub.outbox.bounces import SENDER_PAUSE, UNREACHABLE_PAUSES, UNREACHABLE_WINDOW, next_wait
from hub.outbox.calling import Outcome
from hub.outbox.facts import MessageAccepted, MessageBounced, MessageFailed
from hub.outbox.gathering import Letter
from hub.outbox.leases import ENDED, FREE, Claim, forget_calls, is_held, note_attempts
from hub.outbox.models import OutboundMessage, SenderPause
from hub.outbox.pausing import pause_sender
from hub.outbox.words import AttemptOutcome, BlockReason, MessageState

log = structlog.get_logger(__name__)
_ROW = OutboundMessage.__table__


def write(outcomes: Sequence[Outcome], called: Sequence[Letter], claimed: Claim) -> None:
    """Record the outcomes of the letters that are still ours; those left out of the call wait again."""
    held = _lock_held([letter.id for letter in called], claimed)
    now, machine_now = clock.business_now(), clock.machine_now()
    mine = [outcome for outcome in outcomes if outcome.letter.id in held]
    reached = {outcome.letter.id for outcome in outcomes}
    _set([letter.id for letter in called if letter.id in held - reached], FREE)
    known = [outcome for outcome in mine if outcome.kind is not AttemptOutcome.UNKNOWN]
    if known:
        note_attempts([(each.letter, each.kind, each.detail) for each in known], machine_now=machine_now)
    by_kind = {kind: [each for each in mine if each.kind is kind] for kind in AttemptOutcome}
    _accept(by_kind[AttemptOutcome.ACCEPTED], now=now)
    _retry(by_kind[AttemptOutcome.TEMPORARY], now=now, machine_now=machine_now)
    _refuse(by_kind[AttemptOutcome.PERMANENT], now=now)
    _pause(by_kind[AttemptOutcome.OURS], now=now)
    forget_calls(
        [each.letter for each in by_kind[AttemptOutcome.UNKNOWN]],
        detail="The provider did not answer after the message was handed over.",
        has_back_off=True,
    )


def _lock_held(ids: Sequence[int], claimed: Claim) -> set[int]:
    """Of the rows those whose lease is still ours, locked: a bounce that came meanwhile, or a newer worker, wins."""
    rows = db.session.scalars(
        select(OutboundMessage.id)
        .where(OutboundMessage.id.in_(ids), is_held(claimed.token, MessageState.CALLING))
        .with_for_update()
    )
    return set(rows)


def _accept(outcomes: Sequence[Outcome], *, now: datetime) -> None:
    if not outcomes:
        return
    statement = (
        update(_ROW)  # type: ignore[arg-type]  # a mapped class's table is a Table
        .where(_ROW.c.id == bindparam("row_id"))
        .values(
            **ENDED,
            state=MessageState.ACCEPTED,
            accepted_at=now,
            ended_at=now,
            provider_reference=bindparam("reference"),
            attempt_count=_ROW.c.attempt_count + 1,
        )
    )
    db.session.execute(
        statement, [{"row_id": each.letter.id, "reference": each.reference} for each in outcomes]
    )
    record_many([MessageAccepted(**_about(each.letter)) for each in outcomes], now=now)


def _retry(outcomes: Sequence[Outcome], *, now: datetime, machine_now: datetime) -> None:
    """Back-off by machine time; after the last one the message is given up."""
    for outcome in outcomes:
        letter = outcome.letter
        wait = next_wait(letter.attempt_count + 1)
        tried = {"attempt_count": letter.attempt_count + 1, "reason_detail": outcome.detail}
        if wait is None:
            _fail(letter, tried, now=now)
        else:
            _set([letter.id], {**FREE, **tried, "next_attempt_at": machine_now + wait})


def _refuse(outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """For good: a receiver that does not exist is suppressed; a mail that was refused for what it says is an alarm."""
    facts: list[Fact] = []
    for outcome in outcomes:
        letter = outcome.letter
        tried = {"attempt_count": letter.attempt_count + 1, "reason_detail": outcome.detail}
        if outcome.is_content:
            log.error("outbox.alarm", kind="content_fault", outbound_id=letter.id)
            _fail(letter, {**tried, "reason": BlockReason.CONTENT}, now=now)
            continue
        _set([letter.id], {**ENDED, **tried, "state": MessageState.BOUNCED, "ended_at": now})
        if letter.recipient:
            customers.suppress(letter.recipient, reason=SuppressionReason.HARD_BOUNCE, now=now)
        facts.append(MessageBounced(**_about(letter)))
    record_many(facts, now=now)


def _fail(letter: Letter, values: dict[str, Any], *, now: datetime) -> None:
    _set([letter.id], {**ENDED, **values, "state": MessageState.FAILED, "ended_at": now, "counted_at": None})
    record_many([MessageFailed(**_about(letter), is_unknown=False)], now=now)


def _pause(outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """The fault is ours: the channel waits, the message waits with it, no customer is suppressed."""
    for outcome in outcomes:
        _set([outcome.letter.id], {**FREE, "reason_detail": outcome.detail})
        channel = outcome.letter.channel
        wait = SENDER_PAUSE if outcome.is_lasting else UNREACHABLE_PAUSES[_recent_pauses(channel, now=now)]
        pause_sender(channel, outcome.detail, wait=wait, now=now)


def _recent_pauses(channel: Channel, *, now: datetime) -> int:
    """How often the channel was paused lately, at most the index of the longest pause."""
    count = db.session.scalar(
        select(func.count()).where(
            SenderPause.channel == channel, SenderPause.paused_at > now - UNREACHABLE_WINDOW
        )
    )
    return min(count or 0, len(UNREACHABLE_PAUSES) - 1)


def _set(ids: Sequence[int], values: dict[str, Any]) -> None:
    if ids:
        statement = update(OutboundMessage).where(OutboundMessage.id.in_(ids)).values(values)
        db.session.execute(statement.execution_options(synchronize_session=False))


def _about(letter: Letter) -> dict[str, Any]:
    return {
        "customer_id": letter.customer_id,
        "outbound_id": letter.id,
        "purpose": letter.purpose,
        "source_kind": letter.source_kind,
        "source_id": letter.source_id,
    }
