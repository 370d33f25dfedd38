"""When an address or a channel is paused after reports, and how long a message waits for its next attempt. Pure."""

from datetime import timedelta

PAUSE_KEY = "address-pause"
LAST_SENDS = 5
SOFT_LIMIT = 3
ADDRESS_PAUSE = timedelta(days=7)
ALARM_WINDOW = timedelta(hours=1)
ALARM_LIMIT = 3
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
SENDER_PAUSE = timedelta(minutes=15)
UNREACHABLE_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15))
UNREACHABLE_WINDOW = timedelta(hours=1)


def needs_pause(soft_count: int) -> bool:
    """Whether `soft_count` of the last 5 sends that were refused for now are too many (spec messages.md)."""
    return soft_count >= SOFT_LIMIT


def is_repeated(fault_count: int) -> bool:
    """Whether reports about us within the window are more than a receiver's whim."""
    return fault_count >= ALARM_LIMIT


def next_wait(attempt_count: int) -> timedelta | None:
    """1, 5, 15 min, 1, 4 h after the attempts made so far; None when it was the last one."""
    return BACK_OFF[attempt_count - 1] if attempt_count <= len(BACK_OFF) else None
