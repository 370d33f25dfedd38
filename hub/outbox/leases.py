"""Who holds which message: claims by batches, marks the groups that are being called, frees what dead workers held."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update

from hub.core import clock
from hub.core.batches import among
from hub.core.db import db, transaction
from hub.core.facts import record_many
from hub.core.words import Channel, Purpose
from hub.outbox import circuits, throttling, verdicts
from hub.outbox.bounces import next_wait
from hub.outbox.circuits import Way
from hub.outbox.facts import MessageFailed
from hub.outbox.judging import judge_each
from hub.outbox.letter import COLUMNS, Letter, load_letters
from hub.outbox.models import OutboundMessage
from hub.outbox.rules import Answer
from hub.outbox.words import AttemptOutcome, MessageState, SendQueue

BATCH = 200
LEASE_SECONDS = 180
MARGIN_SECONDS = 90
LOOK_SECONDS = 1
SENT_ONCE = frozenset({Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY})


@dataclass(frozen=True)
class Claim:
    """A batch in the hands of one worker. `token` proves it is still ours; `seen_count` counts the rows decided on.

    `lease_until` and `looked_at` (when the gate last looked) are machine time, `decided_at` is that in business time.
    `probed` is the channel whose circuit this one message tries. `measured`: those that leave with a pixel of their own.
    """

    queue: SendQueue
    token: str
    lease_until: datetime
    looked_at: datetime
    decided_at: datetime
    letters: Sequence[Letter]
    seen_count: int
    probed: Channel | None = None
    measured: frozenset[int] = frozenset()

    def is_nearly_over(self) -> bool:
        """Whether what is left of the lease is too short to call the provider for another message."""
        return clock.machine_now() >= self.lease_until - timedelta(seconds=MARGIN_SECONDS)

    def needs_last_look(self, now: datetime) -> bool:
        """Whether the gate's look is too old to call the provider on it.

        Hours begin and end with a minute; a message past its expiry is never sent, however young the look.
        """
        is_old = clock.machine_now() >= self.looked_at + timedelta(seconds=LOOK_SECONDS)
        is_other_minute = now.replace(second=0, microsecond=0) != self.decided_at.replace(
            second=0, microsecond=0
        )
        return is_old or is_other_minute or any(_is_past(letter, now) for letter in self.letters)


def _is_past(letter: Letter, now: datetime) -> bool:
    return letter.expires_at is not None and letter.expires_at <= now


def is_due(
    queue: SendQueue, channels: Collection[Channel], full_domains: Collection[str] = ()
) -> ColumnElement[bool]:
    """Waiting messages whose business time has come, whose machine back-off is over and whose domain takes one now."""
    tried = OutboundMessage.next_attempt_at
    tests = [
        OutboundMessage.queue == queue,
        OutboundMessage.state == MessageState.WAITING,
        OutboundMessage.due_at <= clock.business_now(),
        or_(tried.is_(None), tried <= clock.machine_now()),
        OutboundMessage.channel.in_(channels),
    ]
    if full_domains:
        tests.append(throttling.is_elsewhere(full_domains))
    return and_(*tests)


def is_abandoned(queue: SendQueue) -> ColumnElement[bool]:
    """Messages whose worker died or is too slow."""
    return and_(
        OutboundMessage.queue == queue,
        OutboundMessage.state.in_([MessageState.CLAIMED, MessageState.CALLING]),
        OutboundMessage.lease_until < clock.machine_now(),
    )


def claim(queue: SendQueue, channels: Collection[Channel], wake: Callable[[], None]) -> Claim:
    """Take a batch of due messages through the gate; those that may leave now are ours until the lease ends."""
    with transaction():
        now, machine_now = clock.business_now(), clock.machine_now()
        way = circuits.open_way(channels, now=now, machine_now=machine_now)
        throttle = throttling.get_throttle()
        letters = _pick(queue, way, throttling.list_full(throttle, queue, machine_now=machine_now))
        if len(letters) == BATCH:
            wake()
        token, lease_until = secrets.token_hex(8), machine_now + timedelta(seconds=LEASE_SECONDS)
        answers = judge_each(letters, now=now) if letters else {}
        free = [letter for letter in letters if answers[letter.id].answer is Answer.NOW]
        verdicts.write(letters, answers, now=now)
        mine = throttling.admit(free, throttle, queue, now=now, machine_now=machine_now)
        _take([letter.id for letter in mine], token, lease_until, now=now)
    return Claim(queue, token, lease_until, machine_now, now, mine, len(letters), way.probed)


def _pick(queue: SendQueue, way: Way, full: Collection[str]) -> list[Letter]:
    """The rows that have waited longest, locked; one only where a paused channel is tried again."""
    return load_letters(
        select(*COLUMNS)
        .where(is_due(queue, way.channels, full))
        .order_by(OutboundMessage.due_at, OutboundMessage.id)
        .limit(1 if way.probed else BATCH)
        .with_for_update(skip_locked=True)
    )


def _take(ids: list[int], token: str, lease_until: datetime, *, now: datetime) -> None:
    if not ids:
        return
    db.session.execute(
        update(OutboundMessage)
        .where(among(OutboundMessage.id, ids))
        .values(
            state=MessageState.CLAIMED,
            lease_token=token,
            lease_until=lease_until,
            counted_at=func.coalesce(OutboundMessage.counted_at, now),
            reason=None,
            reason_detail=None,
        )
        .execution_options(synchronize_session=False)
    )


def mark_calling(ids: Sequence[int], claimed: Claim) -> set[int]:
    """Say that the provider is about to be called for these; those that are not ours any more are left out."""
    if not ids:
        return set()
    values = {"ids": list(ids), "token": claimed.token, "measured": list(claimed.measured.intersection(ids))}
    return set(db.session.scalars(_MARK, values))


_MARK = text(
    """
    UPDATE outbound_messages
    SET state = 'calling', is_opening_measured = id = ANY(CAST(:measured AS bigint[]))
    WHERE id = ANY(CAST(:ids AS bigint[])) AND lease_token = :token AND state = 'claimed'
    RETURNING id
    """
)


def is_held(token: str, state: MessageState) -> ColumnElement[bool]:
    """Rows this worker still holds: a slow one never writes over what a newer one did."""
    return and_(OutboundMessage.lease_token == token, OutboundMessage.state == state)


def release(claimed: Claim) -> None:
    """Give back what was not called, at once instead of at the end of the lease."""
    with transaction():
        db.session.execute(
            update(OutboundMessage)
            .where(
                among(OutboundMessage.id, [letter.id for letter in claimed.letters]),
                is_held(claimed.token, MessageState.CLAIMED),
            )
            .values(FREE)
            .execution_options(synchronize_session=False)
        )


FREE: dict[str, Any] = {"state": MessageState.WAITING, "lease_token": None, "lease_until": None}


def free_abandoned(queue: SendQueue) -> int:
    """Take back what dead workers held. Returns how many rows.

    Claimed: waits again. Calling: nobody knows whether it left; service, replies, transactional and staff mail is sent
    again with the same Message-ID (at least once), advertising and surveys are not (at most once).
    """
    with transaction():
        rows = db.session.execute(
            select(*COLUMNS, OutboundMessage.state)
            .where(is_abandoned(queue))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        called = [Letter(*row[:-1]) for row in rows if row[-1] is MessageState.CALLING]
        claimed_ids = [row.id for row in rows if row[-1] is MessageState.CLAIMED]
        _update(claimed_ids, FREE)
        forget_calls(called, detail="The worker stopped while the provider was being called.")
    return len(rows)


def forget_calls(letters: Sequence[Letter], *, detail: str, has_back_off: bool = False) -> None:
    """Write down calls whose outcome nobody knows, in the caller's transaction."""
    if not letters:
        return
    machine_now, now = clock.machine_now(), clock.business_now()
    note_attempts([(letter, AttemptOutcome.UNKNOWN, detail) for letter in letters], machine_now=machine_now)
    lost = [letter for letter in letters if not may_repeat(letter)]
    _update([letter.id for letter in lost], {**ENDED, "state": MessageState.UNKNOWN, "ended_at": now})
    for letter in letters:
        if may_repeat(letter):
            wait = next_wait(letter.attempt_count + 1) if has_back_off else timedelta()
            again = {"next_attempt_at": machine_now + (wait or timedelta())}
            _update([letter.id], {**FREE, **again, "attempt_count": letter.attempt_count + 1})
    record_many([_unknown(letter) for letter in lost], now=now)


ENDED: dict[str, Any] = {"lease_token": None, "lease_until": None, "next_attempt_at": None}


def may_repeat(letter: Letter) -> bool:
    """Whether a call of unknown outcome is repeated: not for advertising, and not without end."""
    return letter.purpose not in SENT_ONCE and next_wait(letter.attempt_count + 1) is not None


def note_attempts(attempts: Sequence[tuple[Letter, AttemptOutcome, str]], *, machine_now: datetime) -> None:
    """One row a call of the provider, in one statement."""
    if not attempts:
        return
    db.session.execute(
        _NOTE_ATTEMPTS,
        {
            "message_ids": [letter.id for letter, _, _ in attempts],
            "outcomes": [outcome.value for _, outcome, _ in attempts],
            "details": [detail[:500].replace("\0", "") for _, _, detail in attempts],
            "machine_now": machine_now,
        },
    )


_NOTE_ATTEMPTS = text(
    """
    INSERT INTO delivery_attempts (message_id, outcome, detail, attempted_at)
    SELECT message_id, outcome, detail, :machine_now
    FROM unnest(CAST(:message_ids AS bigint[]), CAST(:outcomes AS text[]), CAST(:details AS text[]))
        AS called (message_id, outcome, detail)
    """
)


def _update(ids: Sequence[int], values: dict[str, Any]) -> None:
    if ids:
        statement = update(OutboundMessage).where(among(OutboundMessage.id, ids)).values(values)
        db.session.execute(statement.execution_options(synchronize_session=False))


def _unknown(letter: Letter) -> MessageFailed:
    return MessageFailed(
        customer_id=letter.customer_id,
        outbound_id=letter.id,
        purpose=letter.purpose,
        source_kind=letter.source_kind,
        source_id=letter.source_id,
        is_unknown=True,
    )
