"""Calls to make: when to try again and when a task has come to its end; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.inbox.words import CallOutcome, CallState

SOON, LATER = timedelta(hours=2), timedelta(days=1)
FIRST_TRIES = 2
LONGEST = timedelta(days=366)
LONGEST_SCRIPT = 4000


@dataclass(frozen=True)
class AfterCall:
    """What a task is after a try; `next_at` None when it has ended."""

    state: CallState
    next_at: datetime | None


def after_call(
    outcome: CallOutcome, *, tried_before: int, asked_at: datetime | None, now: datetime
) -> AfterCall:
    """Reached: done. Wrong number: given up. Otherwise another try: when asked for, else in two hours, then daily.

    Raises Invalid (field next_at) when somebody is to be called again without a moment to come.
    """
    if outcome is CallOutcome.REACHED:
        return AfterCall(CallState.DONE, None)
    if outcome is CallOutcome.WRONG_NUMBER:
        return AfterCall(CallState.GIVEN_UP, None)
    if outcome is CallOutcome.CALL_AGAIN and asked_at is None:
        raise Invalid(N_("Please say when to call again."), field="next_at")
    if asked_at is not None:
        return AfterCall(CallState.OPEN, check_moment(asked_at, now))
    return AfterCall(CallState.OPEN, now + (SOON if tried_before < FIRST_TRIES else LATER))


def check_moment(asked_at: datetime, now: datetime) -> datetime:
    """A moment to come, within a year. Raises Invalid (field next_at)."""
    if not now < asked_at <= now + LONGEST:
        raise Invalid(N_("Please choose a moment to come, within a year."), field="next_at")
    return asked_at


def clean_script(script: str) -> str:
    """What to say, at most 4,000 characters. Raises Invalid (field script)."""
    clean = script.replace("\x00", "").strip()
    if not clean or len(clean) > LONGEST_SCRIPT:
        raise Invalid(N_("Please write what the call is about, in at most 4,000 characters."), field="script")
    return clean
