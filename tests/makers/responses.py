"""Complete answers to a questionnaire with every kind of question, drawn from a seed, as rows."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.questionnaires.models import Questionnaire, QuestionnaireResponse, QuestionnaireVersion
from hub.questionnaires.words import QuestionnaireState, ResponseState
from tests.conftest import TUESDAY

CODES = ("price", "advice", "welcome")


def _words(french: str) -> dict[str, str]:
    return {"fr": french, "en": french + " (en)"}


def _options(*codes: str) -> list[dict[str, Any]]:
    return [{"code": code, "words": _words(code.capitalize())} for code in codes]


QUESTIONS: tuple[dict[str, Any], ...] = (
    {"key": "csat", "kind": "csat", "words": _words("Êtes-vous satisfait de votre visite ?")},
    {"key": "nps", "kind": "nps", "words": _words("Nous recommanderiez-vous ?")},
    {"key": "ces", "kind": "ces", "words": _words("Était-ce facile ?")},
    {"key": "mark", "kind": "scale", "words": _words("Quelle note ?"), "least": 0, "most": 10},
    {"key": "why", "kind": "single", "words": _words("Pourquoi ?"), "options": _options(*CODES, "other")},
    {"key": "what", "kind": "multiple", "words": _words("Quoi ?"), "options": _options(*CODES)},
    {"key": "order", "kind": "ranking", "words": _words("Dans quel ordre ?"), "options": _options(*CODES)},
    {"key": "grid", "kind": "matrix", "words": _words("Notez."), "options": _options("bad", "good"), "rows": _options("shop", "site")},
    {"key": "spent", "kind": "number", "words": _words("Combien ?"), "unit": _words("euros")},
    {"key": "call", "kind": "consent", "words": _words("Être rappelé ?")},
    {"key": "note", "kind": "text", "words": _words("Un mot ?")},
    {"key": "more", "kind": "long_text", "words": _words("Racontez.")},
    {"key": "day", "kind": "date", "words": _words("Quel jour ?")},
    {"key": "who", "kind": "contact", "words": _words("Qui ?"), "fields": ["email"]},
    {"key": "photo", "kind": "file", "words": _words("Une photo ?")},
    {"key": "read", "kind": "information", "words": _words("À savoir.")},
)  # fmt: skip
COMMENTS = ("La livraison était en retard", "Très bon accueil", "Les livreurs n’ont pas appelé", "Rien")


def results_document(
    *, mode: str = "identified", questions: tuple[dict[str, Any], ...] = QUESTIONS
) -> dict[str, Any]:
    half = (len(questions) + 1) // 2
    parts = (("p1", questions[:half]), ("p2", questions[half:]))
    pages = [{"key": key, "questions": list(part)} for key, part in parts if part]
    return {"format": 1, "title": _words("Enquête nationale"), "mode": mode, "pages": pages}


def make_answered(
    session: Session, document: dict[str, Any] | None = None, *, key: str = "national", **more: Any
) -> tuple[int, int]:
    """A questionnaire and its first version, by their ids."""
    told = document or results_document()
    row = Questionnaire(
        **{
            "key": key,
            "name": "Enquête nationale",
            "state": QuestionnaireState.OPEN,
            "draft": told,
            "draft_changed_at": TUESDAY,
            "created_at": TUESDAY,
            **more,
        }
    )
    session.add(row)
    session.flush()
    return row.id, add_version(session, row.id, told)


def add_version(
    session: Session, questionnaire_id: int, document: dict[str, Any], moved: dict[str, Any] | None = None
) -> int:
    row = session.get_one(Questionnaire, questionnaire_id)
    number = session.query(QuestionnaireVersion).filter_by(questionnaire_id=questionnaire_id).count() + 1
    version = QuestionnaireVersion(
        questionnaire_id=questionnaire_id,
        number=number,
        definition=document,
        moved=moved or {},
        published_at=TUESDAY,
    )
    session.add(version)
    session.flush()
    row.version_id = version.id
    session.flush()
    return version.id


def draw_answers(draw: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Codes and numbers; words. Each question is skipped now and then."""
    answers: dict[str, Any] = {
        "csat": draw.randint(1, 5),
        "nps": draw.randint(0, 10),
        "ces": draw.randint(1, 7),
        "mark": draw.randint(0, 10),
        "why": draw.choice((*CODES, "other")),
        "what": draw.sample(CODES, draw.randint(1, 3)),
        "order": draw.sample(CODES, 3),
        "grid": {"shop": draw.choice(("bad", "good"))},
        "spent": draw.choice((0, 12.5, 99)),
        "call": draw.random() < 0.5,
        "photo": 1,
    }
    told: dict[str, Any] = {
        "note": draw.choice(COMMENTS),
        "more": draw.choice(COMMENTS),
        "day": "2026-02-01",
        "who": {"email": "anne@client.example"},
        "why.other": "Le parking",
    }
    return _skip(draw, answers), _skip(draw, told)


def _skip(draw: random.Random, given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if draw.random() < 0.8}


def add_responses(
    session: Session,
    questionnaire_id: int,
    version_id: int,
    answered: list[dict[str, Any]],
    *,
    told: dict[str, Any] | None = None,
    store_id: int | None = None,
    at: datetime = TUESDAY,
    **more: Any,
) -> list[QuestionnaireResponse]:
    """One complete response for each, all questions shown, in rows that nobody has counted."""
    rows = [
        QuestionnaireResponse(
            **{
                "key": f"{questionnaire_id}-{random.getrandbits(64):x}",
                "questionnaire_id": questionnaire_id,
                "version_id": version_id,
                "store_id": store_id,
                "language": Language.FRENCH,
                "state": ResponseState.COMPLETE,
                "answers": answers,
                "words": told or {},
                "hidden": {},
                "shown": [question["key"] for question in QUESTIONS],
                "page_key": "p2",
                "started_at": at - timedelta(minutes=4),
                "changed_at": at,
                "completed_at": at,
                **more,
            }
        )
        for answers in answered
    ]
    session.add_all(rows)
    session.flush()
    return rows


def draw_responses(
    session: Session, questionnaire_id: int, version_id: int, count: int, *, stores: list[int], seed: int = 1
) -> None:
    """Over ten weeks, both languages, stores and none."""
    draw = random.Random(seed)
    for _ in range(count):
        answers, told = draw_answers(draw)
        at = datetime(2026, 1, 1, 23, 30, tzinfo=UTC) + timedelta(days=draw.randrange(70))
        add_responses(
            session, questionnaire_id, version_id, [answers],
            told=told, store_id=draw.choice([*stores, None]), at=at, language=draw.choice(list(Language)),
        )  # fmt: skip
