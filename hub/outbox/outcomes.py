"""Writes down what the provider said of a group of messages, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import func, select, text, update

from hub.core import clock
from hub.core.batches import among
from hub.core.db import db
from hub.core.facts import Fact, record_many
from hub.core.words import Channel
from hub.customers import actions as customers
from hub.outbox import circuits
from hub.outbox.bounces import SENDER_PAUSE, UNREACHABLE_PAUSES, UNREACHABLE_WINDOW, next_wait
from hub.outbox.calling import Outcome
from hub.outbox.facts import MessageAccepted, MessageBounced, MessageFailed, ReplyHandedOver
from hub.outbox.leases import ENDED, FREE, Claim, forget_calls, is_held, note_attempts
from hub.outbox.letter import Letter
from hub.outbox.models import OutboundMessage, SenderPause
from hub.outbox.pausing import pause_sender
from hub.outbox.phone_costs import note_costs
from hub.outbox.phone_rules import refusal_reason, suppression_reason
from hub.outbox.words import AttemptOutcome, MessageState

log = structlog.get_logger(__name__)
SILENT = frozenset({AttemptOutcome.OURS, AttemptOutcome.UNKNOWN})


def write(outcomes: Sequence[Outcome], called: Sequence[Letter], claimed: Claim) -> None:
    """Record the outcomes of the letters that are still ours; those left out of the call wait again.

    A bounce that came meanwhile, or a newer worker, wins over what we say.
    """
    now, machine_now = clock.business_now(), clock.machine_now()
    accepted = [outcome for outcome in outcomes if outcome.kind is AttemptOutcome.ACCEPTED]
    if claimed.probed is not None and any(outcome.kind not in SILENT for outcome in outcomes):
        circuits.close(claimed.probed, now=now)
    note_costs([(each.letter.id, each.cost) for each in accepted if each.cost is not None])
    _accept(accepted, claimed, now=now, machine_now=machine_now)
    if len(accepted) == len(called):
        return
    held = _lock_held([letter.id for letter in called], claimed)
    reached = {outcome.letter.id for outcome in outcomes}
    _set([letter.id for letter in called if letter.id in held - reached], FREE)
    _write_failures([each for each in outcomes if each.letter.id in held], now=now, machine_now=machine_now)


def _accept(outcomes: Sequence[Outcome], claimed: Claim, *, now: datetime, machine_now: datetime) -> None:
    """The common case, in two statements a group: states and attempts, then the facts."""
    if not outcomes:
        return
    details = [each.reference.replace("\0", "") for each in outcomes]
    values = {"ids": [each.letter.id for each in outcomes], "details": details, "token": claimed.token}
    ours = set(db.session.scalars(_ACCEPT, {**values, "now": now, "machine_now": machine_now}))
    mine = [each for each in outcomes if each.letter.id in ours]
    record_many([MessageAccepted(**_about(each.letter)) for each in mine], now=now)
    bridged = [each.letter for each in mine if each.letter.channel is Channel.SOCIAL]
    record_many([ReplyHandedOver(**_about(each), store_id=each.store_id) for each in bridged], now=now)


_ACCEPT = text(
    """
    WITH given AS (SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:details AS text[])) AS g (id, detail)),
    ours AS (
        UPDATE outbound_messages AS message
        SET state = 'accepted', accepted_at = :now, ended_at = :now, provider_reference = given.detail,
            attempt_count = attempt_count + 1, lease_token = NULL, lease_until = NULL, next_attempt_at = NULL
        FROM given
        WHERE message.id = given.id AND message.lease_token = :token AND message.state = 'calling'
        RETURNING message.id, left(given.detail, 500) AS detail
    )
    INSERT INTO delivery_attempts (message_id, outcome, detail, attempted_at)
    SELECT id, 'accepted', detail, :machine_now FROM ours
    RETURNING message_id
    """
)


def _lock_held(ids: Sequence[int], claimed: Claim) -> set[int]:
    """Of the rows those that are being called under our lease, locked."""
    rows = db.session.scalars(
        select(OutboundMessage.id)
        .where(among(OutboundMessage.id, ids), is_held(claimed.token, MessageState.CALLING))
        .with_for_update()
    )
    return set(rows)


def _write_failures(outcomes: Sequence[Outcome], *, now: datetime, machine_now: datetime) -> None:
    by_kind = {kind: [each for each in outcomes if each.kind is kind] for kind in AttemptOutcome}
    unknown = by_kind.pop(AttemptOutcome.UNKNOWN)
    known = [each for some in by_kind.values() for each in some]
    note_attempts([(each.letter, each.kind, each.detail) for each in known], machine_now=machine_now)
    _retry(by_kind[AttemptOutcome.TEMPORARY], now=now, machine_now=machine_now)
    _refuse(by_kind[AttemptOutcome.PERMANENT], now=now)
    _pause(by_kind[AttemptOutcome.OURS], now=now)
    forget_calls(
        [each.letter for each in unknown],
        detail="The provider did not answer after the message was handed over.",
        has_back_off=True,
    )


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
            _fail(letter, {**tried, "reason": refusal_reason(outcome.code)}, now=now)
            continue
        _set(
            [letter.id],
            {**ENDED, **tried, "state": MessageState.BOUNCED, "ended_at": now, "counted_at": None},
        )
        if letter.recipient:
            customers.suppress(letter.recipient, reason=suppression_reason(outcome.code), now=now)
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
        statement = update(OutboundMessage).where(among(OutboundMessage.id, ids)).values(values)
        db.session.execute(statement.execution_options(synchronize_session=False))


def _about(letter: Letter) -> dict[str, Any]:
    return {
        "customer_id": letter.customer_id,
        "outbound_id": letter.id,
        "purpose": letter.purpose,
        "source_kind": letter.source_kind,
        "source_id": letter.source_id,
    }
