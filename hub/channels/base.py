"""What every wire out shares: the envelope, the receipt, and the three ways to fail."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Literal, Protocol, Self

Scope = Literal["recipient", "sender", "content"]


@dataclass(frozen=True, slots=True)
class ApprovedContent:
    """A template the provider has approved, by its own id, and what fills it: {"1": "Anne"}."""

    external_id: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message ready to leave.

    `key` is our own reference (the outbox row). `headers` are extra header lines, already plain text; line breaks in
    any value are removed. `return_path` is the envelope sender ("" is the null sender; None means `sender_address`).
    `message_id` has its angle brackets. A phone message is not delivered later than `valid_until` (machine
    time); `content` is the approved template it leaves as, instead of `text` (WhatsApp). Mail alone has `attachments`.
    """

    key: uuid.UUID
    channel: str
    sender_address: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    sent_at: datetime
    recipient_name: str = ""
    html: str | None = None
    message_id: str | None = None
    return_path: str | None = None
    reply_to: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    valid_until: datetime | None = None
    content: ApprovedContent | None = None
    attachments: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What a phone message costs: its segments, and its price in millionths of the currency once it is known."""

    segment_count: int
    price_micros: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message. `accepted_at` is machine time, stamped by the caller's clock."""

    key: uuid.UUID
    reference: str
    accepted_at: datetime
    cost: Cost | None = None


class ChannelError(Exception):
    """A message did not leave, or nobody knows; `code` is the provider's own, `reason` its words."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class TemporaryFailure(ChannelError):
    """Try again later; nothing was delivered. `is_ours` tells that the whole channel should pause."""

    def __init__(self, reason: str, *, code: str = "", is_ours: bool = False) -> None:
        super().__init__(reason, code=code)
        self.is_ours = is_ours


class PermanentFailure(ChannelError):
    """Never again in this form: `recipient` (suppress), `sender` (our fault: pause the channel), `content`."""

    def __init__(self, reason: str, *, scope: Scope, code: str = "") -> None:
        super().__init__(reason, code=code)
        self.scope: Scope = scope


class UnknownOutcome(ChannelError):
    """The message was handed over and no answer came: it may have been delivered."""


Upcoming = Callable[[], Envelope | None]
"""Gives a message that will be sent later, so that a wire can prepare it while the provider thinks; None: none now."""


class Transport(Protocol):
    """A wire that is opened once for a batch: `with transport: transport.send(envelope)`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, envelope: Envelope) -> Receipt:
        """Hand one message to the provider; raises one of the three failures."""
        ...
