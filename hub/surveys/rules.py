"""What counts as an answer and what is only a mail scanner at work. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.surveys.words import Choice

LINK_DAYS = 30
ASK_AGAIN_DAYS = 30
BURST_SECONDS = 60
NONCE_MAX = timedelta(hours=24)
TOUCH_DAYS = 30
TOPICS = ("finding", "payment", "delivery", "welcome", "product", "overall")
COMMENT_LENGTH = 5000


@dataclass(frozen=True)
class Confirmation:
    """A POST of the survey page. `page` identifies the opened page, `opened_at` and `at` are machine time."""

    choice: Choice
    page: str
    opened_at: datetime
    at: datetime
    comment: str = ""


@dataclass(frozen=True)
class SeenTouch:
    choice: str
    at: datetime


def is_unhappy(choice: Choice) -> bool:
    return choice is Choice.NOT_SATISFIED


def score_of(choice: Choice) -> int:
    return int(choice.value)


def is_repeat(new: Confirmation, counting: Confirmation | None) -> bool:
    """The same page sent twice says the same thing once."""
    return counting is not None and (new.page, new.choice, new.comment) == (
        counting.page,
        counting.choice,
        counting.comment,
    )


def is_contradiction(new: Confirmation, counting: Confirmation | None) -> bool:
    """Different choices confirmed from separately opened pages within 60 s: a form-submitting scanner at work."""
    if counting is None or new.page == counting.page or new.choice == counting.choice:
        return False
    return abs((new.at - counting.at).total_seconds()) <= BURST_SECONDS


def is_nonce_age_good(opened_at: datetime, now: datetime, *, least_seconds: float) -> bool:
    """A page is answered between one second and a day after it was opened: scanners are faster or later."""
    age = now - opened_at
    return timedelta(seconds=least_seconds) <= age <= NONCE_MAX


def is_burst(touches: Sequence[SeenTouch]) -> bool:
    """Two or more different choices opened within 60 s: no person clicks all boxes of a mail."""
    ordered = sorted(touches, key=lambda touch: touch.at)
    return any(
        first.choice != second.choice and (second.at - first.at).total_seconds() <= BURST_SECONDS
        for index, first in enumerate(ordered)
        for second in ordered[index + 1 :]
    )
