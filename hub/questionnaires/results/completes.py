"""How many filled a questionnaire in to the end, by store: the same number wherever answers are counted."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_

from hub.core.batches import among
from hub.core.db import db
from hub.questionnaires.definitions import ALWAYS, Definition
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.results.counting import ALL_WEEKS, Days, definition_of, monday_of
from hub.questionnaires.results.models import AnswerCount
from hub.questionnaires.results.rows import Asked
from hub.questionnaires.results.tallying import SHOWN
from hub.questionnaires.words import ResponseState

WEEK = timedelta(days=7)
LAST = date.max - WEEK
Counts = dict[int, Counter[int]]
"""By questionnaire, then by store (0: none)."""


def count_complete(version_ids: Collection[int], asked: Asked, stores: Collection[int]) -> Counts:
    """Of what was counted. `stores` are those looked at, 0 for answers of none."""
    always = {each: shown_to_all(definition_of(each)) for each in version_ids}
    found: Counts = defaultdict(Counter)
    for row in _rows(always, asked, stores):
        found[row.questionnaire_id][row.store_id or 0] += int(row.answers)
    return found


def shown_to_all(definition: Definition) -> str | None:
    """The key of a question that everybody comes by: how often it was shown is how many came to the end."""
    free = (page for page in definition.pages if page.show_if == ALWAYS)
    asked = (question for page in free for question in page.questions if question.asks)
    return next((question.key for question in asked if question.show_if == ALWAYS), None)


def _rows(always: Mapping[int, str | None], asked: Asked, stores: Collection[int]) -> Iterator[Any]:
    known = [(version, key) for version, key in always.items() if key is not None]
    if known:
        yield from db.session.execute(_of_cells(known, asked, stores))
    others = [version for version, key in always.items() if key is None]
    if others:
        wanted = {store or None for store in stores}
        yield from (row for row in db.session.execute(_of_responses(others, asked)) if row.store_id in wanted)


def _of_cells(known: list[tuple[int, str]], asked: Asked, stores: Collection[int]) -> Any:
    cell = AnswerCount
    parts = (cell.questionnaire_id, cell.store_id)
    wanted: Any = select(*parts, func.sum(cell.count).label("answers")).group_by(*parts)
    wanted = wanted.where(
        tuple_(cell.version_id, cell.question_key).in_(known),
        among(cell.store_id, sorted(stores)),
        cell.code == SHOWN,
    )
    if asked.language is not None:
        wanted = wanted.where(cell.language == asked.language)
    if asked.since_on is None and asked.until_on is None:
        return wanted.where(cell.week_on == ALL_WEEKS)
    wanted = wanted.where(cell.week_on > ALL_WEEKS)
    if asked.since_on is not None:
        wanted = wanted.where(cell.week_on >= monday_of(asked.since_on))
    return wanted if asked.until_on is None else wanted.where(cell.week_on <= asked.until_on)


def _of_responses(versions: list[int], asked: Asked) -> Any:
    row = QuestionnaireResponse
    parts = (row.questionnaire_id, row.store_id)
    wanted: Any = select(*parts, func.count().label("answers")).group_by(*parts)
    wanted = wanted.where(
        row.version_id.in_(versions), row.state == ResponseState.COMPLETE, row.is_counted.is_(True)
    )
    if asked.language is not None:
        wanted = wanted.where(row.language == asked.language)
    zone = Days().zone if asked.since_on or asked.until_on else UTC
    if asked.since_on is not None:
        wanted = wanted.where(row.completed_at >= datetime.combine(monday_of(asked.since_on), time(), zone))
    if asked.until_on is not None and asked.until_on < LAST:
        end = monday_of(asked.until_on) + WEEK
        wanted = wanted.where(row.completed_at < datetime.combine(end, time(), zone))
    return wanted
