"""How far people came: who was asked and answered, by sending; on which page those stopped who did not send."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from hub.core.db import db
from hub.core.intervals import wilson
from hub.questionnaires.definitions import Definition
from hub.questionnaires.models import QuestionnaireInvitation, QuestionnaireResponse, Wave
from hub.questionnaires.results.hiding import hide_parts
from hub.questionnaires.results.measuring import Tally
from hub.questionnaires.results.models import KeptWay
from hub.questionnaires.results.rows import Cohort, PageLeft, Way
from hub.questionnaires.words import ResponseState

IN_TIME = timedelta(days=30)
"""An answer counts for its sending when it came within 30 days of delivery."""


@dataclass
class Followed:
    """As read, or as kept: partial responses by page and by question; by wave and store who was reached and who answered."""

    partial: int
    left: Mapping[str, int]
    seen: Mapping[str, int]
    waves: list[dict[str, Any]]
    sizes: Mapping[int, int]


def follow(questionnaire_id: int, *, now: datetime) -> tuple[Followed, datetime | None]:
    """What is kept of a large questionnaire, and since when; else counted now."""
    kept = db.session.get(KeptWay, questionnaire_id)
    if kept is None:
        return count_way(questionnaire_id, now=now), None
    data = dict(kept.data)
    sizes = {int(store): size for store, size in data.pop("sizes").items()}
    return Followed(**data, sizes=sizes), kept.computed_at


def count_way(questionnaire_id: int, *, now: datetime) -> Followed:
    left: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for page, shown, count in db.session.execute(_stops(questionnaire_id)):
        left[page] += count
        seen.update(dict.fromkeys(shown, count))
    waves: dict[int | None, dict[str, Any]] = {}
    sizes: Counter[int] = Counter()
    for found in db.session.execute(_invitations(questionnaire_id, now)).mappings():
        row = {str(name): value for name, value in found.items()}
        sizes[row["store_id"] or 0] += row["delivered"]
        wave = waves.setdefault(row["wave_id"], _wave(row))
        for name in ("delivered", "answered", "open"):
            wave[name] += row[name]
    return Followed(left.total(), dict(left), dict(seen), list(waves.values()), dict(sizes))


def _wave(row: Mapping[str, Any]) -> dict[str, Any]:
    at = row["starts_at"]
    told = {"wave_id": row["wave_id"], "name": row["segment_name"] or "", "starts_at": at and at.isoformat()}
    return {**told, "delivered": 0, "answered": 0, "open": 0}


def _stops(questionnaire_id: int) -> Any:
    """Few rows: those who stopped at one page have mostly seen the same questions."""
    parts = (QuestionnaireResponse.page_key, QuestionnaireResponse.shown)
    return (
        select(*parts, func.count())
        .where(
            QuestionnaireResponse.questionnaire_id == questionnaire_id,
            QuestionnaireResponse.state == ResponseState.PARTIAL,
        )
        .group_by(*parts)
    )


def _invitations(questionnaire_id: int, now: datetime) -> Any:
    asked = QuestionnaireInvitation
    in_time = or_(asked.answered_at.is_(None), asked.answered_at <= asked.delivered_at + IN_TIME)
    is_open = and_(asked.delivered_at > now - IN_TIME, asked.has_answered.is_(False))
    parts = (asked.wave_id, Wave.segment_name, Wave.starts_at, asked.store_id)
    return (
        select(
            *parts,
            func.count().label("delivered"),
            func.count().filter(asked.has_answered, in_time).label("answered"),
            func.count().filter(is_open).label("open"),
        )
        .outerjoin(Wave, Wave.id == asked.wave_id)
        .where(asked.questionnaire_id == questionnaire_id, asked.delivered_at.is_not(None))
        .group_by(*parts)
        .order_by(asked.wave_id)
    )


def way_of(
    found: Followed,
    computed_at: datetime | None,
    definition: Definition,
    complete: Mapping[str, Tally],
    *,
    is_guarded: bool,
) -> Way:
    """Of a page: shown to everybody who saw one of its questions, left by those who stopped there."""
    pages = [page for page in definition.pages if any(question.asks for question in page.questions)]
    left = {number: found.left.get(page.key, 0) for number, page in enumerate(pages)}
    hidden = hide_parts(left) if is_guarded else frozenset()
    told = [
        PageLeft(
            page.key,
            number + 1,
            page.title,
            _shown(page.questions, found, complete),
            None if hidden is None or number in hidden else left[number],
        )
        for number, page in enumerate(pages)
    ]
    cohorts = tuple(_cohort(wave) for wave in found.waves)
    return Way(found.partial, tuple(told), cohorts, found.sizes, computed_at)


def _shown(questions: Any, found: Followed, complete: Mapping[str, Tally]) -> int:
    keys = [question.key for question in questions]
    return max(
        (found.seen.get(key, 0) + (complete[key].shown if key in complete else 0) for key in keys), default=0
    )


def _cohort(wave: Mapping[str, Any]) -> Cohort:
    at = datetime.fromisoformat(wave["starts_at"]) if wave["starts_at"] else None
    rate = wilson(wave["answered"], wave["delivered"])
    return Cohort(
        wave["wave_id"], wave["name"], at, wave["delivered"], wave["answered"], wave["open"] > 0, rate
    )
