"""Which columns each subject has, how wide they are, and the codes of words in them. Whoever changes one raises its version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.core.words import Channel
from hub.inbox.words import DropReason
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
    Subject.SOLUTIONS: Layout(1, {**PLACE, "slot": SLOT, "is_last": CODE, "is_back": CODE, "seconds": EXACT}),
}


def code_of(words: tuple[StrEnum, ...], word: StrEnum) -> int:
    return words.index(word) + 1
