"""What the poll of a mailbox decides: which mails to ask for, in which groups, when to look again; pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

GROUP_BYTES = 4_000_000
GROUP_MAILS = 25
BACK_OFF_MINUTES = (1, 2, 5, 15, 30, 60)
TELL_AT_ERRORS = 3
LOOK_BACK = timedelta(days=3)


def next_poll_at(error_count: int, *, poll_seconds: float, machine_now: datetime) -> datetime:
    """After a success at the usual pace; after failures in a row ever later, at most an hour."""
    if not error_count:
        return machine_now + timedelta(seconds=poll_seconds)
    minutes = BACK_OFF_MINUTES[min(error_count, len(BACK_OFF_MINUTES)) - 1]
    return machine_now + timedelta(minutes=minutes)


def needs_alarm(error_count: int, *, is_told: bool) -> bool:
    """One alarm for a fault, once it has lasted; the next after the mailbox has worked again."""
    return not is_told and error_count >= TELL_AT_ERRORS


def look_back_on(last_polled_at: datetime | None) -> date | None:
    """When the server has numbered its mails anew: from this day on all are looked at again, what is known is known.

    None when the mailbox has never been polled: what was read before it was set up stays where it is.
    """
    return (last_polled_at - LOOK_BACK).date() if last_polled_at else None


def group_by_size(sizes: Mapping[int, int]) -> list[list[int]]:
    """UIDs in rising order, in groups that fit into memory; a large mail is a group of its own."""
    groups: list[list[int]] = []
    room = 0
    for uid in sorted(sizes):
        if not groups or len(groups[-1]) >= GROUP_MAILS or sizes[uid] > room:
            groups.append([])
            room = GROUP_BYTES
        groups[-1].append(uid)
        room -= sizes[uid]
    return groups


def next_watermark(last_uid: int, done: Sequence[int], missing: Sequence[int]) -> int:
    """The UID up to which nothing is missing: a mail that could not be kept is asked for again, read or not."""
    reached = max([last_uid, *done])
    return max(last_uid, min([reached, *(uid - 1 for uid in missing)]))
