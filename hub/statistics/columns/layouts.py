"""Which columns each subject has, how wide they are, and the codes of words in them. Whoever changes one raises its version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.core.words import Channel, Purpose
from hub.inbox.words import DropReason, GestureKind, RouteSource
from hub.outbox.words import BlockReason
from hub.statistics.words import Subject

Day = tuple[Subject, date]
"""One local day of one subject."""
UNKNOWN = -1
"""Seconds of a wait in a store without known hours."""
NOBODY = 0
"""In place of an id: the central queue, no reason, no agent."""

CHANNELS = (
    Channel.EMAIL, Channel.FORM, Channel.SMS, Channel.WHATSAPP, Channel.PHONE, Channel.CHAT, Channel.COUNTER,
    Channel.DELIVERY, Channel.SURVEY, Channel.SOCIAL, Channel.API,
)  # fmt: skip
"""A channel's code is its place, from 1. Only added to at the end."""
DROPS = (DropReason.SOLVED_WITHOUT_REPLY, DropReason.MERGED, DropReason.SPAM, DropReason.WITHDRAWN)
"""How a wait ended: REPLIED, PASSED_ON, or dropped: FIRST_DROP and the place. Only added to at the end."""
REPLIED, PASSED_ON, FIRST_DROP = 0, 1, 2
COUNTS, MERGED, CLOSED_AT_ONCE = 0, 1, 2
"""The fate of a ticket: a matter of its own, part of another ticket, or spam and answers taken back."""

ALONE, HELPED, ELSEWHERE = 0, 1, 2
"""Whether an article or a standard reply went into the answers of a solved ticket; one taken over could have none of ours."""

ROUTES = (
    RouteSource.ORDER_NUMBER, RouteSource.ANSWERED_ORDER, RouteSource.STORE_ADDRESS, RouteSource.STORE_FORM,
    RouteSource.STORE_COUNTER, RouteSource.RECENT_ORDER, RouteSource.PREFERRED_STORE, RouteSource.POSTCODE,
    RouteSource.STORE_NAME, RouteSource.STORE_NUMBER, RouteSource.LOYALTY_CARD, RouteSource.AGENT, RouteSource.RULE,
    RouteSource.NONE,
)  # fmt: skip
"""What named the first store of a ticket. Only added to at the end."""
GESTURES = (GestureKind.VOUCHER, GestureKind.REFUND)
"""Only added to at the end."""
PURPOSES = (
    Purpose.TRANSACTIONAL, Purpose.SERVICE, Purpose.REPLY, Purpose.SURVEY, Purpose.PROMOTION, Purpose.NEWSLETTER,
    Purpose.OPEN_MEASUREMENT,
)  # fmt: skip
"""What a message was for. Only added to at the end."""
REASONS = (
    BlockReason.NO_ADDRESS, BlockReason.INVALID_ADDRESS, BlockReason.SUPPRESSED, BlockReason.ADDRESS_PAUSED,
    BlockReason.NO_CONSENT, BlockReason.HOLD, BlockReason.OWN_FREQUENCY, BlockReason.CAP, BlockReason.QUIET_HOURS,
    BlockReason.SENDER_PAUSED, BlockReason.STORE_BLOCKED, BlockReason.EXPIRED, BlockReason.STOPPED, BlockReason.CONTENT,
    BlockReason.UNDONE, BlockReason.TEMPLATE_REQUIRED,
)  # fmt: skip
WHATS = (
    "sent", "delivered", "hard", "soft", "measured", "opened", "clicked", "unsubscribed", "complained", "not_refused",
    "not_unknown", *(f"not_{reason.value}" for reason in REASONS),
)  # fmt: skip
"""What happened to messages, or why they were not sent. Only added to at the end."""

ID, LONG_ID, CODE, SECONDS, EXACT = "<i4", "<i8", "|u1", "<i4", "<f8"
SLOT = "slot"
"""The hour of the week where the chain is, Monday's first is 0; kept as CODE, gathered as a moment."""


@dataclass(frozen=True)
class Layout:
    """The columns of a subject by name, in the order in which its rows are read."""

    version: int
    columns: Mapping[str, str]

    def kind_of(self, name: str) -> str:
        return CODE if self.columns[name] == SLOT else self.columns[name]


PLACE = {"ticket": LONG_ID, "store": ID, "channel": CODE, "reason": ID, "agent": ID}

LAYOUTS: Mapping[Subject, Layout] = {
    Subject.WAITS: Layout(
        1,
        {
            **PLACE,
            "end": CODE,
            "slot": SLOT,
            "seconds": SECONDS,
            "target": SECONDS,
            "whole_slot": SLOT,
            "whole_seconds": SECONDS,
            "whole_target": SECONDS,
        },
    ),
    Subject.TICKETS: Layout(1, {**PLACE, "slot": SLOT, "fate": CODE}),
    Subject.MESSAGES: Layout(
        2,
        {
            "store": ID,
            "channel": CODE,
            "purpose": CODE,
            "template": ID,
            "plan": ID,
            "what": CODE,
            "count": ID,
        },
    ),
    Subject.PRESSURE: Layout(1, {"customer": LONG_ID, "channel": CODE}),
    Subject.ANSWERS: Layout(1, {"store": ID, "slot": SLOT, "score": CODE}),
    Subject.ORDERS: Layout(1, {"store": ID, "count": ID, "cents": LONG_ID}),
    Subject.SOLUTIONS: Layout(
        3, {**PLACE, "slot": SLOT, "is_last": CODE, "is_back": CODE, "help": CODE, "seconds": EXACT}
    ),
    Subject.ROUTES: Layout(
        1, {"ticket": LONG_ID, "store": ID, "channel": CODE, "reason": ID, "source": CODE, "is_moved": CODE}
    ),
    Subject.RATINGS: Layout(1, {**PLACE, "score": CODE, "is_second": CODE}),
    Subject.GESTURES: Layout(1, {**PLACE, "kind": CODE, "is_given": CODE, "cents": LONG_ID}),
}


def code_of(words: tuple[StrEnum, ...], word: StrEnum) -> int:
    return words.index(word) + 1
