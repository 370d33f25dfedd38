"""Part of the demo's story: two yearly questionnaires and a nameless one, with their waves, answers and counts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select, text

from hub.core.db import db
from hub.core.words import Channel
from hub.customers.models import Customer
from hub.demo.copying import copy_rows
from hub.demo.national import building
from hub.demo.national.sending import REMINDED_AFTER, Asked, Books, Sending, send
from hub.questionnaires.models import QuestionnaireInvitation, QuestionnaireResponse, Wave
from hub.questionnaires.results.counting import count_batch
from hub.questionnaires.words import WaveState
from hub.segments.conditions.reading import VERSION
from hub.segments.saved.actions import save_segment
from hub.segments.saved.loading import open_tree
from hub.segments.saved.rows import Draft
from hub.segments.words import SegmentKind

SEED = 2017
ASKED, ASKED_LAST_YEAR, ASKED_NAMELESS = 15_000, 6_000, 1_200
FIRST_SHARE = 0.64
FIRST, SECOND, NAMELESS = timedelta(days=46), timedelta(days=17), timedelta(days=44)
DELIVERED_IN_A_YEAR = {"field": "orders.placed", "test": "ever", "within": {"last_days": 365}}
NOT_FOR_HALF_A_YEAR = {"field": "orders.placed", "test": "never", "within": {"last_days": 182}}


def run_questionnaires(*, now: datetime) -> None:
    """Part of the demo's one transaction; needs customers, staff, reasons. What was answered is counted here, in one batch."""
    random = Random(SEED)
    building.save_themes(now=now - building.BUILT)
    people = _people(random)
    scale = min(1.0, len(people) / (ASKED * 4 / 3))
    buyers = _segment("Une commande en douze mois", DELIVERED_IN_A_YEAR, now=now)
    absent = _segment("Sans commande depuis six mois", NOT_FOR_HALF_A_YEAR, now=now)
    last_year = building.build_last_year(now=now)
    this_year = building.build_this_year(last_year, now=now)
    leaving = building.build_leaving(now=now)
    asked = people[: int(ASKED * scale)]
    first = int(len(asked) * FIRST_SHARE)
    past = people[-int(ASKED_LAST_YEAR * scale) :]
    gone = people[: int(ASKED_NAMELESS * scale)]
    began = now - building.YEAR - FIRST
    sendings = [
        Sending(last_year, _wave(last_year, buyers, began), past, began, progress=-0.14, eagerness=0.9),
        Sending(this_year, _wave(this_year, buyers, now - FIRST), asked[:first], now - FIRST),
        Sending(
            this_year,
            _wave(this_year, absent, now - SECOND),
            asked[first:],
            now - SECOND,
            0.12,
            eagerness=0.92,
        ),
        Sending(
            leaving,
            _wave(leaving, absent, now - NAMELESS, reminds=False),
            gone,
            now - NAMELESS,
            eagerness=0.8,
        ),
    ]
    _write(sendings, now=now, random=random)
    building.close_last_year(last_year, now=now)


def _people(random: Random) -> list[Asked]:
    rows = db.session.execute(
        select(Customer.id, Customer.preferred_store_id, Customer.language).order_by(Customer.id)
    )
    people = [Asked(row.id, row.preferred_store_id, row.language) for row in rows if row.preferred_store_id]
    random.shuffle(people)
    return people


def _segment(name: str, *parts: dict[str, Any], now: datetime) -> tuple[int, str]:
    root = open_tree({"version": VERSION, "root": {"match": "all", "parts": list(parts)}})
    draft = Draft(name, "", SegmentKind.LIVE, root)
    at = now - building.BUILT
    return save_segment(draft, by=building.marketer(), now=at), name


def _wave(
    edition: building.Edition, segment: tuple[int, str], starts_at: datetime, *, reminds: bool = True
) -> Wave:
    """By a statement, in which columns that are not named have their defaults."""
    row = {
        "questionnaire_id": edition.id,
        "segment_id": segment[0],
        "segment_name": segment[1],
        "channels": [Channel.EMAIL.value],
        "state": WaveState.DONE,
        "starts_at": starts_at,
        "reminds_at": starts_at + REMINDED_AFTER if reminds else None,
        "created_at": starts_at - timedelta(days=2),
        "created_by_id": building.marketer().agent_id,
    }
    return db.session.scalars(insert(Wave).returning(Wave), row).one()


def _write(sendings: Sequence[Sending], *, now: datetime, random: Random) -> None:
    books = Books([], [], [])
    for sending in sendings:
        send(sending, books, now=now, random=random)
    copy_rows(QuestionnaireInvitation, books.invitations)
    copy_rows(QuestionnaireResponse, books.nameless)
    copy_rows(QuestionnaireResponse, books.numbered_responses())
    _number_on(len(books.responses))
    count_batch(len(books.responses) + len(books.nameless) + 1)


def _number_on(last_id: int) -> None:
    """Identified responses are numbered from here, not after the random ids of nameless ones."""
    statement = "SELECT setval(pg_get_serial_sequence('questionnaire_responses', 'id'), :last)"
    db.session.execute(text(statement), {"last": max(1, last_id)})
