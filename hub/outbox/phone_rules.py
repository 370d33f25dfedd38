"""What phone messages add to the rules of sending: how long one is good for, what a status word moves, whose fault. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hub.channels.twilio_errors import Fault, fault_of
from hub.core.words import Channel
from hub.customers.words import SuppressionReason
from hub.outbox.places import Place
from hub.outbox.quiet_hours import DayHours
from hub.outbox.words import BlockReason, MessageState, ReceiptKind

PHONES = frozenset({Channel.SMS, Channel.WHATSAPP})
SESSION = timedelta(hours=24)
RETRY_AFTER = timedelta(minutes=10)
FIRST_LOOK = timedelta(minutes=2)
GIVE_UP = timedelta(hours=1)


class Word(StrEnum):
    """What a provider says of a message, in our words."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"


_WORDS = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), Word.ACCEPTED),
    **dict.fromkeys(("delivered", "read"), Word.DELIVERED),
    **dict.fromkeys(("undelivered", "failed", "canceled"), Word.FAILED),
}


@dataclass(frozen=True)
class Failing:
    """What a failure makes of a message. `suppression`: the address is suppressed, for this reason."""

    state: MessageState
    receipt: ReceiptKind
    reason: BlockReason | None = None
    suppression: SuppressionReason | None = None


_SOFT = Failing(MessageState.BOUNCED, ReceiptKind.SOFT_BOUNCE)
_FAILINGS = {
    Fault.HARD: Failing(
        MessageState.BOUNCED, ReceiptKind.HARD_BOUNCE, suppression=SuppressionReason.HARD_BOUNCE
    ),
    Fault.REFUSED: Failing(MessageState.BOUNCED, ReceiptKind.HARD_BOUNCE, suppression=SuppressionReason.STOP),
    Fault.SOFT: _SOFT,
    Fault.SENDER: Failing(MessageState.FAILED, ReceiptKind.SENDER_FAULT),
    Fault.CONTENT: Failing(MessageState.FAILED, ReceiptKind.CONTENT_FAULT, BlockReason.CONTENT),
    Fault.TEMPLATE: Failing(MessageState.FAILED, ReceiptKind.CONTENT_FAULT, BlockReason.TEMPLATE_REQUIRED),
    Fault.EXPIRED: Failing(MessageState.EXPIRED, ReceiptKind.SOFT_BOUNCE, BlockReason.EXPIRED),
    Fault.NOT_THERE: Failing(MessageState.FAILED, ReceiptKind.SOFT_BOUNCE, BlockReason.INVALID_ADDRESS),
}
_ENDED = frozenset({MessageState.DELIVERED, MessageState.BOUNCED})


def word_of(status: str) -> Word | None:
    """The word of a status; None for one that says nothing about a message we sent ("receiving")."""
    return _WORDS.get(status.strip().lower())


def failing_of(code: str | int | None) -> Failing:
    """What an error code makes of a message; an unknown one is nobody's fault and counts as "not this time"."""
    fault = fault_of(code)
    return _FAILINGS[fault] if fault else _SOFT


def refusal_reason(code: str) -> BlockReason:
    """Why a message the provider refused for what it says was not sent, for staff."""
    return BlockReason.TEMPLATE_REQUIRED if fault_of(code) is Fault.TEMPLATE else BlockReason.CONTENT


def suppression_reason(code: str) -> SuppressionReason:
    """Why an address the provider refused at once is suppressed."""
    return SuppressionReason.STOP if fault_of(code) is Fault.REFUSED else SuppressionReason.HARD_BOUNCE


def is_forward(state: MessageState, word: Word, *, is_known: bool, is_same_send: bool) -> bool:
    """Whether a word moves the message. `is_known`: the provider has spoken of it before; `is_same_send`: of this one.

    What it says first is always news, whatever we thought. After that only the end of an accepted message is; a second
    send of an unknown outcome may still arrive where the first did not.
    """
    if not is_known:
        return state not in _ENDED or word is Word.DELIVERED
    if state is MessageState.ACCEPTED:
        return word is not Word.ACCEPTED
    is_lost = state in {MessageState.BOUNCED, MessageState.FAILED, MessageState.EXPIRED, MessageState.UNKNOWN}
    if is_lost:
        return word is Word.DELIVERED and not is_same_send
    return state is not MessageState.DELIVERED and word is not Word.ACCEPTED


def valid_until(
    hours: DayHours | None, place: Place, now: datetime, expires_at: datetime | None
) -> datetime | None:
    """When delivery is too late (UTC): the end of today's hours where the receiver lives, or the expiry; None: never."""
    ends = [expires_at] if expires_at is not None else []
    if hours is not None:
        zone = ZoneInfo(place.time_zone)
        closes = datetime.combine(now.astimezone(zone).date(), time(), zone) + timedelta(hours=hours.closes)
        ends.append(closes)
    return min((each.astimezone(UTC) for each in ends), default=None)
