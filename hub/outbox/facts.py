"""What happened to messages: accepted by the provider, bounced, blocked by the gate, or given up."""

from dataclasses import dataclass

from hub.core.facts import Fact
from hub.core.words import Channel, Purpose


@dataclass(frozen=True, kw_only=True)
class _MessageFact(Fact):
    outbound_id: int
    purpose: Purpose
    source_kind: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class MessageAccepted(_MessageFact):
    """The provider took it; follow-ups of a plan count from here."""


@dataclass(frozen=True, kw_only=True)
class MessageDelivered(_MessageFact):
    """A phone received it, as its carrier says; of mail nobody tells."""


@dataclass(frozen=True, kw_only=True)
class MessageBounced(_MessageFact):
    """The address does not exist, or the receiver's server refused it for good."""


@dataclass(frozen=True, kw_only=True)
class MessageBlocked(_MessageFact):
    """It will never leave; `reason` is a BlockReason that staff read on the customer card."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class MessageFailed(_MessageFact):
    """Given up: `is_unknown` when the provider was being called and it must not be sent twice."""

    is_unknown: bool


@dataclass(frozen=True, kw_only=True)
class MessageFiguresChanged(Fact):
    """Something that figures count was heard of a message and no other fact tells: a click, an opening, a report.

    It names no customer: nothing happened to him. `gone`: a moment, in seconds since 1970, by which the message was counted before and is no more.
    """

    outbound_id: int
    gone: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReplyHandedOver(_MessageFact):
    """A reply on a social network has left: whoever carries it there is told by webhook."""

    store_id: int | None


@dataclass(frozen=True, kw_only=True)
class SenderPaused(Fact):
    """A provider complains about us: the channel waits. The words of the provider stand in the pause."""

    pause_id: int
    channel: Channel
