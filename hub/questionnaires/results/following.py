"""How far people came: who was asked and answered, by sending; on which page those stopped who did not send."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union_all

from hub.core.db import db
from hub.questionnaires.definitions import Definition
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.results.hiding import hide_parts
from hub.questionnaires.results.measuring import Tally
from hub.questionnaires.results.models import KeptStop, KeptWay
from hub.questionnaires.results.rows import PageLeft, Way
from hub.questionnaires.sending.cohorts import Cohort, cohort_of, count_cohorts
from hub.questionnaires.words import ResponseState


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


def response_rates(questionnaire_id: int, *, now: datetime) -> list[Cohort]:
    """Waves in their order, then weeks of those asked one by one; of a large questionnaire as kept."""
    kept = db.session.get(KeptWay, questionnaire_id)
    rows = kept.data["waves"] if kept else count_cohorts(questionnaire_id, now=now)[0]
    return [cohort_of(row) for row in rows]


def count_way(questionnaire_id: int, *, now: datetime) -> Followed:
    left: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for page, shown, count in db.session.execute(_stops(questionnaire_id)):
        left[page] += count
        seen.update(dict.fromkeys(shown, count))
    waves, sizes = count_cohorts(questionnaire_id, now=now)
    return Followed(left.total(), dict(left), dict(seen), waves, dict(sizes))


def _stops(questionnaire_id: int) -> Any:
    """Few rows: those who stopped at one page have mostly seen the same questions; and of those no longer kept their sums."""
    parts = (QuestionnaireResponse.page_key, QuestionnaireResponse.shown)
    here = (
        select(*parts, func.count())
        .where(
            QuestionnaireResponse.questionnaire_id == questionnaire_id,
            QuestionnaireResponse.state == ResponseState.PARTIAL,
        )
        .group_by(*parts)
    )
    gone = select(KeptStop.page_key, KeptStop.shown, KeptStop.count)
    return union_all(here, gone.where(KeptStop.questionnaire_id == questionnaire_id))


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
    cohorts = tuple(cohort_of(wave) for wave in found.waves)
    return Way(found.partial, tuple(told), cohorts, found.sizes, computed_at)


def _shown(questions: Any, found: Followed, complete: Mapping[str, Tally]) -> int:
    keys = [question.key for question in questions]
    return max(
        (found.seen.get(key, 0) + (complete[key].shown if key in complete else 0) for key in keys), default=0
    )
