"""What counts as an answer and what is only a mail scanner at work. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hub.surveys.words import Choice

LINK_DAYS = 30
ASK_AGAIN_DAYS = 30
BURST_SECONDS = 60
ASKED_AGAIN_SECONDS = 10
NONCE_MAX = timedelta(hours=24)
TOUCH_DAYS = 30
TOPICS = ("finding", "payment", "delivery", "welcome", "product", "overall")
COMMENT_LENGTH = 5000


@dataclass(frozen=True)
class Confirmation:
    """A POST of the survey page. `page` identifies the opened page, `opened_at` and `at` are machine time.

    `is_asked_again`: the page said that two answers disagreed and asked which one is right.
    """

    choice: Choice
    page: str
    opened_at: datetime
    at: datetime
    comment: str = ""
    is_asked_again: bool = False


@dataclass(frozen=True)
class SeenTouch:
    choice: str
    at: datetime


def is_unhappy(choice: Choice) -> bool:
    return choice is Choice.NOT_SATISFIED


def score_of(choice: Choice) -> int:
    return int(choice.value)


def words_after(comment: str, before: str) -> str:
    """The words of an answer after a form was sent: an empty field takes nothing back."""
    return comment.strip()[:COMMENT_LENGTH] or before


def known_topics(topics: Sequence[str]) -> list[str]:
    return [topic for topic in topics if topic in TOPICS]


def is_contradiction(new: Confirmation, other: Confirmation) -> bool:
    """Different choices confirmed from separately opened pages within 60 s: a form-submitting scanner at work.

    Who reads "which one is yours?" for ten seconds and then says it settles what came before the question.
    """
    if new.page == other.page or new.choice == other.choice:
        return False
    is_settled = new.is_asked_again and (new.at - new.opened_at).total_seconds() >= ASKED_AGAIN_SECONDS
    if is_settled and other.at <= new.opened_at:
        return False
    return abs((new.at - other.at).total_seconds()) <= BURST_SECONDS


def is_nonce_age_good(opened_at: datetime, now: datetime, *, least_seconds: float) -> bool:
    """A page is answered between one second and a day after it was opened: scanners are faster or later."""
    age = now - opened_at
    return timedelta(seconds=least_seconds) <= age <= NONCE_MAX


def is_burst(touches: Sequence[SeenTouch]) -> bool:
    """Two or more different choices opened within 60 s: no person clicks all boxes of a mail."""
    ordered = sorted(touches, key=lambda touch: touch.at)
    return any(  # two that differ have neighbours between them that differ, and are nearer
        first.choice != second.choice and (second.at - first.at).total_seconds() <= BURST_SECONDS
        for first, second in pairwise(ordered)
    )
