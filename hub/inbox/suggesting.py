"""Which reason a message is about: words kept by the head office, and when what was learnt may be said at all; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.core.text import fold
from hub.inbox.routing_rules import has_words
from hub.inbox.routing_words import SuggestedBy

SETTING = "reason_suggestions"
LEAST_TICKETS = 200
"""Confirmed tickets below which nothing is learnt."""
LEAST_PREDICTIONS = 20
"""Held-out tickets that must have been given a reason before its precision counts as known."""
DEFAULT_PERCENT = 75
HELD_OUT_SHARE = 0.2
TEXT_CHARS = 1000
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Choice:
    """The chain's choice: whether reasons are suggested, and how often one must have been right to be shown."""

    is_on: bool = True
    least_percent: int = DEFAULT_PERCENT


@dataclass(frozen=True)
class Precision:
    """On the held-out tickets: how often the reason was named, and how often that was right."""

    named_count: int
    right_count: int

    @property
    def is_known(self) -> bool:
        return self.named_count >= LEAST_PREDICTIONS

    @property
    def share(self) -> float:
        return self.right_count / self.named_count if self.named_count else 0.0


@dataclass(frozen=True)
class Suggested:
    """A reason to show. `share` None: words of the head office that no training has measured yet."""

    reason_id: int
    by: SuggestedBy
    share: float | None = None
    held_out_count: int = 0
    word: str = ""


def read_choice(settings: Mapping[str, Any]) -> Choice:
    given = settings.get(SETTING, {})
    return Choice(bool(given.get("is_on", True)), int(given.get("least_percent", DEFAULT_PERCENT)))


def plain_text(subject: str, text: str) -> str:
    """What is learnt from and asked about: folded, numbers masked (an order number is no reason)."""
    return _DIGITS.sub("0", fold(f"{subject}\n{text[:TEXT_CHARS]}"))


def find_by_words(text: str, words: Mapping[int, Sequence[str]]) -> tuple[int, str] | None:
    """The reason whose words stand in the text, and the word; None when there is none, or more than one reason."""
    hits = {
        reason_id: next(word for word in listed if has_words(text, [word]))
        for reason_id, listed in words.items()
        if has_words(text, listed)
    }
    return next(iter(hits.items())) if len(hits) == 1 else None


def may_show(precision: Precision | None, choice: Choice) -> bool:
    """Whether a learnt reason may be shown: its precision is known and high enough."""
    return precision is not None and precision.is_known and precision.share * 100 >= choice.least_percent


def suggest_by_words(
    found: tuple[int, str] | None, measured: Precision | None, choice: Choice
) -> Suggested | None:
    """By the words of the head office: said while nothing was measured, or when the measure is good enough."""
    if found is None:
        return None
    reason_id, word = found
    if measured is None or not measured.is_known:
        return Suggested(reason_id, SuggestedBy.WORDS, word=word)
    if not may_show(measured, choice):
        return None
    return Suggested(reason_id, SuggestedBy.WORDS, measured.share, measured.named_count, word)


def suggest_by_model(reason_id: int | None, precision: Precision | None, choice: Choice) -> Suggested | None:
    if reason_id is None or precision is None or not may_show(precision, choice):
        return None
    return Suggested(reason_id, SuggestedBy.MODEL, precision.share, precision.named_count)


def measure(named: Sequence[int | None], right: Sequence[int]) -> dict[int, Precision]:
    """By reason: how often it was named, and how often the ticket's own reason was the same one."""
    counts: dict[int, list[int]] = {}
    for guess, truth in zip(named, right, strict=True):
        if guess is not None:
            seen = counts.setdefault(guess, [0, 0])
            seen[0] += 1
            seen[1] += guess == truth
    return {reason_id: Precision(*seen) for reason_id, seen in counts.items()}
