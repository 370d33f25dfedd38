"""Whom we ask after a ticket was solved, and when an answer counts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.inbox.words import TicketState

SETTING = "rating"
LONGEST_DELAY_HOURS = 168
PAUSE = timedelta(days=30)
"""A customer is asked at most once in this time, however many tickets are solved."""
ANSWERABLE = timedelta(days=30)
SHORTEST_LOOK = timedelta(seconds=1)
LONGEST_LOOK = timedelta(hours=24)
SCORES = (3, 2, 1)
UNHAPPY = 1


@dataclass(frozen=True)
class RatingSetting:
    """Whether customers are asked, and how many hours after the ticket was solved."""

    is_on: bool = True
    delay_hours: int = 24


def read_setting(settings: Mapping[str, Any]) -> RatingSetting:
    given = settings.get(SETTING, {})
    return RatingSetting(bool(given.get("is_on", True)), int(given.get("delay_hours", 24)))


@dataclass(frozen=True)
class Solved:
    """What is known of the ticket when it was solved. `asked_at`: when this customer was asked the last time."""

    state: TicketState
    is_merged: bool
    is_confirmed: bool
    has_reply: bool
    address: str
    asked_at: datetime | None


def may_ask(solved: Solved, *, now: datetime) -> bool:
    """A person who was answered and whose ticket is solved, who can be mailed and was not asked lately."""
    return (
        solved.state is TicketState.SOLVED
        and solved.has_reply
        and solved.is_confirmed
        and not solved.is_merged
        and "@" in solved.address
        and (solved.asked_at is None or now - solved.asked_at >= PAUSE)
    )


def is_sent_by_a_person(opened_at: datetime, machine_now: datetime) -> bool:
    """A form sent within a second of its opening is a script's; an older one than a day must be opened again."""
    return SHORTEST_LOOK <= machine_now - opened_at <= LONGEST_LOOK
