"""Whom to ask and when a wave has something to do. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.questionnaires.sending.words import PassedOver
from hub.questionnaires.words import WaveState

CHANNELS = (Channel.EMAIL, Channel.SMS)
ASK_AGAIN = timedelta(days=30)
"""Nobody is asked twice within it, whatever asked: the question in a mail, or another questionnaire."""
EXPIRY = timedelta(days=14)
"""A letter that could not leave for so long is not sent any more."""
LEAST_DAYS, MOST_DAYS = 2, 60
TICK = timedelta(microseconds=1)
NO_CHANNEL = N_("Please choose how to ask: by mail, by SMS, or both.")
BAD_DAYS = N_("Please remind after %(least)s to %(most)s days.")
HORIZON = timedelta(days=731)
"""A wave begins within two years."""
FAR_START = N_("Please start within two years.")
LATE_START = N_("The questionnaire closes before that. Please start earlier, or close it later.")
LATE_REMINDER = N_("The questionnaire closes before the reminder. Please remind earlier, or close it later.")


class Step(StrEnum):
    """What a wave does next. REST: nothing before its next moment."""

    INVITE = "invite"
    REMIND = "remind"
    CALL_BACK = "call_back"
    REST = "rest"


def check_channels(channels: Sequence[Channel]) -> tuple[Channel, ...]:
    """In the order given, each once. Raises Invalid."""
    kept = tuple(dict.fromkeys(channels))
    if not kept or not set(kept) <= set(CHANNELS):
        raise Invalid(NO_CHANNEL, field="channels")
    return kept


def check_start(starts_at: datetime, now: datetime) -> datetime:
    """When the wave begins: not in the past. Raises Invalid for a day that is too far away to be meant."""
    if starts_at > now + HORIZON:
        raise Invalid(FAR_START, field="starts_on")
    return max(starts_at, now)


def plan_reminder(starts_at: datetime, days: int | None, closes_at: datetime | None) -> datetime | None:
    """When those who did not answer are reminded. Raises Invalid, also where the wave itself would start too late."""
    if closes_at is not None and starts_at >= closes_at:
        raise Invalid(LATE_START, field="starts_on")
    if days is None:
        return None
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise Invalid(BAD_DAYS, field="reminds_after_days", least=LEAST_DAYS, most=MOST_DAYS)
    at = starts_at + timedelta(days=days)
    if closes_at is not None and at >= closes_at:
        raise Invalid(LATE_REMINDER, field="reminds_after_days")
    return at


def next_step(state: WaveState, *, reminds_at: datetime | None, is_closed: bool, now: datetime) -> Step:
    """Of a wave whose moment has come."""
    if is_closed or state is WaveState.STOPPED:
        return Step.CALL_BACK
    if state in {WaveState.PLANNED, WaveState.SENDING}:
        return Step.INVITE
    is_time = reminds_at is not None and reminds_at <= now
    return Step.REMIND if is_time and state in {WaveState.SENT, WaveState.REMINDING} else Step.REST


def next_moment(
    state: WaveState,
    *,
    starts_at: datetime,
    reminds_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
) -> datetime | None:
    """When the wave is looked at next; at the closing moment too, to call back what has not left. None: never."""
    upcoming = {
        WaveState.PLANNED: starts_at,
        WaveState.SENDING: now,
        WaveState.SENT: reminds_at,
        WaveState.REMINDING: now,
        WaveState.STOPPED: now,
    }.get(state)
    known = [moment for moment in (upcoming, closes_at) if moment is not None]
    return min(known, default=None)


def expires_at(closes_at: datetime | None, now: datetime) -> datetime:
    """From when a letter is not sent any more."""
    return min(now + EXPIRY, closes_at) if closes_at is not None else now + EXPIRY


def last_day_moment(closes_at: datetime) -> datetime:
    """A moment of the last day on which answers are taken: who closes at midnight means the day before."""
    return closes_at - TICK


def latest_delivery(starts_at: datetime, reminds_at: datetime) -> datetime:
    """Whose letter arrived after it is not reminded: between the two lies at least half of the days that were meant."""
    return reminds_at - (reminds_at - starts_at) / 2


def choose(
    channels: Sequence[Channel], obstacles: Mapping[Channel, PassedOver], general: Collection[PassedOver]
) -> Channel | PassedOver:
    """The first channel without an obstacle, else why there is none: what holds of the person before what holds of an address."""
    for reason in PassedOver:
        if reason in general:
            return reason
    for channel in channels:
        if channel not in obstacles:
            return channel
    found = set(obstacles.values())
    return next(reason for reason in PassedOver if reason in found)
