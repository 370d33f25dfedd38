"""How far people came: who was asked and answered, by sending; on which page those stopped who did not send."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union_all

from hub.core.db import db
from hub.questionnaires.definitions import Definition
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.results.gathering import get_head
from hub.questionnaires.results.hiding import LEAST, hide_parts
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
    return list(told_cohorts(rows, is_guarded=get_head(questionnaire_id).is_anonymous))


def told_cohorts(rows: Sequence[Mapping[str, Any]], *, is_guarded: bool) -> tuple[Cohort, ...]:
    """Where hiding applies, of those only in which many answered and many did not, and no two sums give one away."""
    found = [cohort_of(row) for row in rows]
    if not is_guarded:
        return tuple(found)
    counts = {number: row.answered or 0 for number, row in enumerate(found)}
    few = frozenset(number for number, row in enumerate(found) if _is_few(row))
    hidden = hide_parts(counts, also=few) if few else frozenset()
    return tuple(
        replace(row, answered=None, rate=None) if hidden is None or number in hidden | few else row
        for number, row in enumerate(found)
    )


def _is_few(row: Cohort) -> bool:
    answered = row.answered or 0
    return (
        0 < row.delivered < LEAST
        or 0 < answered < LEAST
        or (answered > 0 and row.delivered - answered < LEAST)
    )


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
    guarded_count: int | None,
) -> Way:
    """Of a page: shown to everybody who saw one of its questions, left by those who stopped there.

    `guarded_count`: so many answered a questionnaire of which nothing may be told that stands for fewer than five.
    """
    pages = [page for page in definition.pages if any(question.asks for question in page.questions)]
    steps = [
        Step(
            found.left.get(page.key, 0),
            max((found.seen.get(each.key, 0) for each in page.questions), default=0),
            max((complete[each.key].shown for each in page.questions if each.key in complete), default=0),
        )
        for page in pages
    ]
    stretches = [range(number, number + 1) for number in range(len(pages))]
    if guarded_count is not None:
        stretches = merge(steps)
    told = tuple(_told(pages, steps, part, guarded_count) for part in stretches)
    is_few = guarded_count is not None and 0 < found.partial < LEAST
    cohorts = told_cohorts(found.waves, is_guarded=guarded_count is not None)
    return Way(None if is_few else found.partial, () if is_few else told, cohorts, found.sizes, computed_at)


@dataclass(frozen=True)
class Step:
    """Who stopped at a page, who saw it and stopped somewhere, and who saw it and answered."""

    left: int
    seen: int
    complete: int


def merge(steps: Sequence[Step]) -> list[range]:
    """Pages in a row told as one, so that at each nobody stopped or five did.

    What is shown at the next page is what is shown here less who left: apart, the two would give a small number away.
    """
    found: list[range] = []
    for number in range(len(steps)):
        if found and 0 < _left(steps, found[-1]) < LEAST:
            found[-1] = range(found[-1].start, number + 1)
        else:
            found.append(range(number, number + 1))
    while len(found) > 1 and 0 < _left(steps, found[-1]) < LEAST:
        last = found.pop()
        found[-1] = range(found[-1].start, last.stop)
    return found


def _left(steps: Sequence[Step], part: range) -> int:
    return sum(steps[number].left for number in part)


def _told(pages: Sequence[Any], steps: Sequence[Step], part: range, guarded_count: int | None) -> PageLeft:
    first, page = steps[part.start], pages[part.start]
    behind = sum(step.left for step in steps[part.start :])
    is_on_every_way = (first.seen, first.complete) == (behind, guarded_count)
    is_told = guarded_count is None or is_on_every_way
    shown = first.seen + first.complete if is_told else None
    return PageLeft(page.key, part.start + 1, part.stop, page.title, shown, _left(steps, part))
