"""What became of the demo's invitations: whom a wave asked, who was reached and reminded, and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hub.core.words import Language
from hub.demo.national.building import Edition
from hub.demo.national.opinions import form_opinion, quality_of
from hub.demo.national.taking import fill_in
from hub.questionnaires.models import Wave
from hub.questionnaires.sending.words import NotReminded, PassedOver
from hub.questionnaires.words import ResponseState

Row = dict[str, Any]
REACHED = 0.974
REMINDED_AFTER, IN_TIME = timedelta(days=7), timedelta(days=30)
A_WAVE = timedelta(hours=5)
"""What one wave takes."""
PATIENCE_DAYS, LATEST = 1.6, timedelta(days=34)
AT_ONCE, REMINDED = 0.17, 0.12
"""Shares that answer the invitation, and of the others the reminder."""
WAKING = range(6, 20)
"""Hours of UTC in which somebody answers: in Paris from seven or eight in the morning to nine or ten at night."""
NIGHT = timedelta(hours=10)
RANDOM_IDS = 2**51
PASSED_OVER = {
    PassedOver.LATELY: 0.046,
    PassedOver.REFUSED: 0.009,
    PassedOver.NO_ADDRESS: 0.014,
    PassedOver.BLOCKED: 0.006,
}
"""Of each reason, for one who was invited."""


@dataclass(frozen=True)
class Asked:
    """Who is asked: the customer, the store he counts for, the language he is written to in."""

    customer_id: int
    store_id: int
    language: Language


@dataclass(frozen=True)
class Sending:
    """One wave. `progress`: how much better the chain is by then; `eagerness` is 1 where as many answer as usually."""

    edition: Edition
    wave: Wave
    people: Sequence[Asked]
    starts_at: datetime
    progress: float = 0.0
    eagerness: float = 1.0


@dataclass
class Books:
    """The rows of invitations, numbered from one on, and of responses; those of nameless questionnaires apart."""

    invitations: list[Row]
    responses: list[Row]
    nameless: list[Row]

    def numbered_responses(self) -> list[Row]:
        """In the order in which they came."""
        ordered = sorted(self.responses, key=lambda row: row["started_at"])
        return [{"id": number, **row} for number, row in enumerate(ordered, 1)]


def send(sending: Sending, books: Books, *, now: datetime, random: Random) -> None:
    """Write down what became of one wave."""
    wave, reminded, undelivered = sending.wave, 0, 0
    for place, asked in enumerate(sending.people):
        at = sending.starts_at + A_WAVE * (place / max(1, len(sending.people)))
        row = _invitation(len(books.invitations) + 1, sending, asked, at)
        books.invitations.append(row)
        if random.random() > REACHED:
            undelivered += 1
            continue
        row["delivered_at"] = at + timedelta(seconds=random.randrange(2, 90))
        came_at = _answered_at(sending, asked, at, random)
        if wave.reminds_at and at + REMINDED_AFTER <= now and (came_at or now) >= at + REMINDED_AFTER:
            row["reminded_at"] = at + REMINDED_AFTER
            reminded += 1
        if came_at is not None and came_at <= now:
            _answer(sending, asked, row, came_at, books, random)
    wave.invited_count, wave.reminded_count = len(sending.people), reminded
    wave.passed_over = {
        reason.value: round(share * len(sending.people)) for reason, share in PASSED_OVER.items()
    }
    if wave.reminds_at and wave.reminds_at <= now:
        answered = len(sending.people) - reminded - undelivered
        wave.not_reminded = {NotReminded.ANSWERED.value: answered, NotReminded.UNDELIVERED.value: undelivered}
    wave.passed_over_count = sum(wave.passed_over.values())
    wave.invited_up_to = max((asked.customer_id for asked in sending.people), default=0)
    wave.reminded_up_to = books.invitations[-1]["id"] if reminded else 0


def _invitation(number: int, sending: Sending, asked: Asked, at: datetime) -> Row:
    return {
        "id": number,
        "questionnaire_id": sending.edition.id,
        "wave_id": sending.wave.id,
        "customer_id": asked.customer_id,
        "store_id": asked.store_id,
        "order_id": None,
        "language": asked.language,
        "created_at": at,
        "delivered_at": None,
        "reminded_at": None,
        "has_answered": False,
        "answered_at": None,
    }


def _answered_at(sending: Sending, asked: Asked, at: datetime, random: Random) -> datetime | None:
    """Most within two days of a letter, between seven in the morning and ten at night."""
    willing = sending.eagerness * (1 + 0.25 * quality_of(asked.store_id))
    waited = timedelta(days=random.expovariate(1 / PATIENCE_DAYS))
    if random.random() >= AT_ONCE * willing:
        if not sending.wave.reminds_at or random.random() >= REMINDED * willing:
            return None
        waited += REMINDED_AFTER
    came_at = at + min(waited, LATEST)
    return came_at if came_at.hour in WAKING else came_at + NIGHT


def _answer(
    sending: Sending, asked: Asked, invitation: Row, at: datetime, books: Books, random: Random
) -> None:
    version_id, definition = sending.edition.version_at(at)
    key = f"{random.getrandbits(128):032x}"
    opinion = form_opinion(asked.store_id, asked.language, sending.progress, random)
    filled = fill_in(definition, opinion, key, random)
    is_complete = filled.state is ResponseState.COMPLETE
    row = {
        "key": key,
        "questionnaire_id": sending.edition.id,
        "version_id": version_id,
        "invitation_id": invitation["id"],
        "link_id": None,
        "customer_id": asked.customer_id,
        "store_id": asked.store_id,
        "language": asked.language,
        "state": filled.state,
        "answers": filled.answers,
        "words": filled.words,
        "hidden": {},
        "shown": list(filled.shown),
        "page_key": filled.page_key,
        "is_counted": False,
    }
    took = timedelta(seconds=sum(random.randrange(4, 25) for _ in filled.shown))
    if is_complete:
        invitation["has_answered"] = True
    if definition.is_anonymous:
        _put_nameless(row, at, books, random, is_complete=is_complete)
        return
    if is_complete:
        invitation["answered_at"] = at
    moments = {"started_at": at - took, "changed_at": at, "completed_at": at if is_complete else None}
    books.responses.append(row | moments)


def _put_nameless(row: Row, at: datetime, books: Books, random: Random, *, is_complete: bool) -> None:
    """As the room keeps it: no customer, no invitation, the day only, an id in no order."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    nobody = {"invitation_id": None, "customer_id": None, "id": RANDOM_IDS + random.randrange(RANDOM_IDS)}
    moments = {"started_at": day, "changed_at": day, "completed_at": day if is_complete else None}
    books.nameless.append(row | nobody | moments)
