"""Who wins a prize draw: reviews in the order of a hash of the draw's seed, so that anybody can draw again. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.core.errors import Invalid
from hub.core.text import N_

SEED_BYTES = 32
MOST_WINNERS = 50
LONGEST = {"name": 120, "prize": 200, "rules_fr": 10_000, "rules_en": 10_000}


@dataclass(frozen=True, kw_only=True)
class DrawDraft:
    """What the staff announces. Both days are whole days of the chain and belong to the draw."""

    name: str
    prize: str
    rules_fr: str
    rules_en: str
    since_on: date
    until_on: date
    winner_count: int


def commitment_of(seed: str) -> str:
    """What is published before anybody writes: the seed cannot be chosen afterwards."""
    return hashlib.sha256(seed.encode()).hexdigest()


def rank_numbers(seed: str, numbers: Iterable[int]) -> list[int]:
    """The numbers by the SHA-256 of "<seed>:<number>" in hexadecimal, the smallest first: the first ones win."""
    return sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).hexdigest())


def bounds_of(since_on: date, until_on: date, *, time_zone: str) -> tuple[datetime, datetime]:
    """The first moment of the period and the first one after it."""
    zone = ZoneInfo(time_zone)
    return (
        datetime.combine(since_on, time(), zone),
        datetime.combine(until_on + timedelta(days=1), time(), zone),
    )


def check_draft(draft: DrawDraft, *, today: date) -> None:
    """Raises Invalid with the field to correct."""
    for name, longest in LONGEST.items():
        words = getattr(draft, name)
        if not words and name != "rules_en":
            raise Invalid(N_("Please fill in this field."), field=name)
        if len(words) > longest:
            raise Invalid(N_("Please use at most %(longest)s characters."), field=name, longest=longest)
    if draft.since_on < today:
        raise Invalid(
            N_("A draw is announced before it begins: please choose today or a later day."), field="since_on"
        )
    if draft.until_on < draft.since_on:
        raise Invalid(N_("The last day lies before the first day. Please swap them."), field="until_on")
    if draft.winner_count not in range(1, MOST_WINNERS + 1):
        raise Invalid(
            N_("Please give a number of winners between 1 and %(most)s."),
            field="winner_count",
            most=MOST_WINNERS,
        )
