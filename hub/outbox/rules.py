"""The gate: may this message leave, and when? Now, later at a moment, or never, always with a reason for staff. Pure.

The eight tests and their order stand in spec messages.md, "The gate".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from hub.core.words import Channel, Purpose
from hub.outbox import quiet_hours
from hub.outbox.places import HOME, Place
from hub.outbox.quiet_hours import MAIL_HOURS, SMS_HOURS, DayHours
from hub.outbox.words import BlockReason

RECHECK = timedelta(days=1)
YIELD = timedelta(minutes=10)
YIELDED = "priority"
NOT_MOBILE = "not_mobile"
LATEST_SMS_HOUR = quiet_hours.LAWFUL_SMS_HOURS.closes
ADVERTISING = frozenset({Purpose.PROMOTION, Purpose.NEWSLETTER})
CHOOSABLE = ADVERTISING | {Purpose.SURVEY}
"""What a customer may limit, by what he says yes or no to."""

MAY_BE_CHOSEN = CHOOSABLE | {Purpose.SERVICE}
"""Purposes of messages that may be among them: reminders of a survey are `service`, and their link refuses surveys."""

UNCONFIRMED = "unconfirmed"


class Answer(StrEnum):
    NOW = "now"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True)
class Verdict:
    """`at` (business time) is given with LATER only; `reason` is None with NOW only."""

    answer: Answer
    reason: BlockReason | None = None
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class MessageFacts:
    """What the gate knows of a message. `consent_purpose` is what the receiver says yes or no to.

    `is_confirmation`: the question of a double opt-in, the one message an unconfirmed address receives.
    """

    channel: Channel
    purpose: Purpose
    recipient: str | None
    consent_purpose: Purpose
    is_deliverable: bool = True
    is_confirmation: bool = False
    store_id: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Cap:
    """At most `count` messages in any `days` days."""

    count: int
    days: int


@dataclass(frozen=True)
class ContactFacts:
    """What the gate knows of the receiver.

    `counted_at`: when messages of this channel and purpose were let through, oldest first; `better_count`: messages due
    now that go first by priority. `own_cap` and `pause_until` are the customer's own choice of frequency, and
    `own_counted_at` what it counts: advertising and surveys on all channels together. `has_consent` and `has_refused`
    are about the message's purpose and theme.
    """

    is_suppressed: bool = False
    address_paused_until: datetime | None = None
    is_unconfirmed: bool = False
    has_consent: bool = False
    has_refused: bool = False
    hold_reason: str | None = None
    own_cap: Cap | None = None
    own_counted_at: Sequence[datetime] = ()
    pause_until: datetime | None = None
    counted_at: Sequence[datetime] = ()
    better_count: int = 0
    place: Place = HOME


DEFAULT_CAPS: Mapping[tuple[Channel, Purpose], Cap] = {
    (Channel.SMS, Purpose.PROMOTION): Cap(2, 30),
    (Channel.EMAIL, Purpose.PROMOTION): Cap(2, 7),
    (Channel.EMAIL, Purpose.SURVEY): Cap(1, 30),
    (Channel.SMS, Purpose.SURVEY): Cap(1, 30),
    (Channel.EMAIL, Purpose.NEWSLETTER): Cap(2, 7),
}


@dataclass(frozen=True)
class Policy:
    """The chain's choices. `sender_paused_until` is the moment, in business time, at which its channel resumes."""

    caps: Mapping[tuple[Channel, Purpose], Cap] = field(default_factory=lambda: DEFAULT_CAPS)
    mail_hours: DayHours = MAIL_HOURS
    sms_hours: DayHours = SMS_HOURS
    blocked_store_ids: frozenset[int] = frozenset()
    sender_paused_until: Mapping[Channel, datetime] = field(default_factory=dict)


NOW = Verdict(Answer.NOW)


def decide(message: MessageFacts, contact: ContactFacts, policy: Policy, now: datetime) -> Verdict:
    """Any never wins, else the latest later; a later that is certain to be past the expiry is never.

    Replies of agents pass tests 1 and 7 only; recipients that are agents skip 2 to 6.
    """
    verdicts = [each for each in _tests(message, contact, policy, now) if each is not None]
    for verdict in verdicts:
        if verdict.answer is Answer.NEVER:
            return verdict
    if not verdicts:
        return NOW
    latest = max(verdicts, key=lambda verdict: verdict.at or now)
    return latest if message.purpose is Purpose.REPLY else _within_expiry(latest, message.expires_at)


def _tests(
    message: MessageFacts, contact: ContactFacts, policy: Policy, now: datetime
) -> Iterator[Verdict | None]:
    is_reply = message.purpose is Purpose.REPLY
    yield _address(message, contact, now)
    if not is_reply and message.purpose is not Purpose.STAFF:
        yield _consent(message, contact)
        yield _hold(contact, now)
        yield _own_choice(contact, message, now)
        yield _cap(message, contact, policy, now)
        yield _quiet_hours(message, contact, policy, now)
    yield _sender(message, policy, now)
    if not is_reply:
        yield _expiry(message, now)


def _never(reason: BlockReason, detail: str = "") -> Verdict:
    return Verdict(Answer.NEVER, reason, detail)


def _later(reason: BlockReason, at: datetime, detail: str = "") -> Verdict:
    return Verdict(Answer.LATER, reason, detail, at)


def _address(message: MessageFacts, contact: ContactFacts, now: datetime) -> Verdict | None:
    """1. An address that refuses for now makes automatic messages wait; a person's reply is tried."""
    if not message.recipient:
        return _never(BlockReason.NO_ADDRESS)
    if not message.is_deliverable:
        detail = "" if message.channel is Channel.EMAIL else NOT_MOBILE
        return _never(BlockReason.INVALID_ADDRESS, detail)
    if contact.is_suppressed:
        return _never(BlockReason.SUPPRESSED)
    until = contact.address_paused_until
    if until is not None and until > now and message.purpose not in {Purpose.REPLY, Purpose.STAFF}:
        return _later(BlockReason.ADDRESS_PAUSED, until)
    return None


def _consent(message: MessageFacts, contact: ContactFacts) -> Verdict | None:
    """2. Advertising needs a yes; a survey rests on "existing customer" until objection; the rest on its contract.

    An address whose double opt-in is open receives the confirmation and nothing else.
    """
    if contact.is_unconfirmed and not message.is_confirmation:
        return _never(BlockReason.NO_CONSENT, UNCONFIRMED)
    if message.consent_purpose in ADVERTISING and (contact.has_refused or not contact.has_consent):
        return _never(BlockReason.NO_CONSENT, message.consent_purpose)
    if message.consent_purpose is Purpose.SURVEY and contact.has_refused:
        return _never(BlockReason.NO_CONSENT, message.consent_purpose)
    return None


def consent_purpose(purpose: Purpose, *, has_unsubscribe: bool) -> Purpose:
    """What the receiver says no to. Reminders and thanks of a survey are `service`, but their link refuses surveys."""
    return Purpose.SURVEY if purpose is Purpose.SERVICE and has_unsubscribe else purpose


def _hold(contact: ContactFacts, now: datetime) -> Verdict | None:
    """3. An open grievance: looked at again each day, or at once when it is lifted."""
    if contact.hold_reason is None:
        return None
    return _later(BlockReason.HOLD, now + RECHECK, contact.hold_reason)


def _own_choice(contact: ContactFacts, message: MessageFacts, now: datetime) -> Verdict | None:
    """4. The customer's own pause and frequency, for what needs no answer of ours."""
    if message.consent_purpose not in CHOOSABLE:
        return None
    if contact.pause_until is not None and contact.pause_until > now:
        return _later(BlockReason.OWN_FREQUENCY, contact.pause_until)
    if contact.own_cap is None:
        return None
    at = next_under_cap(contact.own_cap, contact.own_counted_at, now)
    return _later(BlockReason.OWN_FREQUENCY, at) if at > now else None


def _cap(message: MessageFacts, contact: ContactFacts, policy: Policy, now: datetime) -> Verdict | None:
    """5. The chain's cap for this channel and purpose."""
    cap = policy.caps.get((message.channel, message.purpose))
    if cap is None:
        return None
    taken = [*contact.counted_at, *[now] * contact.better_count]
    at = next_under_cap(cap, taken, now)
    if at <= now:
        return None
    if next_under_cap(cap, contact.counted_at, now) > now:
        return _later(BlockReason.CAP, at)
    return _later(BlockReason.CAP, min(at, now + YIELD), YIELDED)  # who goes first may be blocked yet


def next_under_cap(cap: Cap, counted_at: Sequence[datetime], now: datetime) -> datetime:
    """The first moment from `now` on at which one more message keeps within the cap."""
    window = timedelta(days=cap.days)
    inside = sorted(moment for moment in counted_at if moment > now - window)
    if len(inside) < cap.count:
        return now
    if cap.count == 0:
        return now + window
    return inside[-cap.count] + window


def _quiet_hours(
    message: MessageFacts, contact: ContactFacts, policy: Policy, now: datetime
) -> Verdict | None:
    """6. In the receiver's territory."""
    is_choosable, kind = message.consent_purpose in CHOOSABLE, (message.channel, message.purpose)
    span = quiet_hours.span_for(*kind, policy.mail_hours, policy.sms_hours, is_choosable=is_choosable)
    at = (
        quiet_hours.next_allowed(span.hours, contact.place, now, is_every_day=span.is_every_day)
        if span
        else now
    )
    return _later(BlockReason.QUIET_HOURS, at) if at > now else None


def _sender(message: MessageFacts, policy: Policy, now: datetime) -> Verdict | None:
    """7. The store or the channel is blocked; nothing is lost, it waits."""
    if message.store_id in policy.blocked_store_ids:
        return _later(BlockReason.STORE_BLOCKED, now + RECHECK)
    until = policy.sender_paused_until.get(message.channel)
    return _later(BlockReason.SENDER_PAUSED, until) if until is not None and until > now else None


def _expiry(message: MessageFacts, now: datetime) -> Verdict | None:
    """8. What could not leave in time is dropped, not sent stale."""
    is_past = message.expires_at is not None and message.expires_at <= now
    return _never(BlockReason.EXPIRED) if is_past else None


_UNCERTAIN = frozenset({BlockReason.HOLD, BlockReason.STORE_BLOCKED, BlockReason.SENDER_PAUSED})


def _within_expiry(verdict: Verdict, expires_at: datetime | None) -> Verdict:
    """A wait whose end is known to come too late is a never; one that may end sooner is looked at once more then."""
    if expires_at is None or verdict.at is None or verdict.at < expires_at:
        return verdict
    is_uncertain = verdict.reason in _UNCERTAIN or verdict.detail == YIELDED
    if is_uncertain and verdict.reason is not None:
        return _later(verdict.reason, expires_at, verdict.detail)
    return _never(BlockReason.EXPIRED, verdict.reason or "")


def read_policy(settings: Mapping[str, Any]) -> Policy:
    """The chain's setting "gate": {"caps": {"email:promotion": [2, 7]}, "mail_hours": [7, 21], "sms_hours": [8, 20],
    "blocked_store_ids": []}; what is missing is the default. SMS hours stay between 08:00 and 22:00.
    """
    gate = settings.get("gate", {})
    caps = {_cap_key(name): Cap(*numbers) for name, numbers in gate.get("caps", {}).items()}
    return Policy(
        caps={**DEFAULT_CAPS, **caps},
        mail_hours=quiet_hours.usable(DayHours(*gate.get("mail_hours", (7, 21)))),
        sms_hours=quiet_hours.lawful(DayHours(*gate.get("sms_hours", (8, 20)))),
        blocked_store_ids=frozenset(gate.get("blocked_store_ids", ())),
    )


def _cap_key(name: str) -> tuple[Channel, Purpose]:
    channel, _, purpose = name.partition(":")
    return Channel(channel), Purpose(purpose)
