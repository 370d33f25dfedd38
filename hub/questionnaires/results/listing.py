"""The questionnaires that have answers of somebody's stores, with how many: the way in to results for who edits none."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select, tuple_

from hub.core.batches import among
from hub.core.db import db
from hub.core.paging import Page, decode_key, make_page
from hub.questionnaires.models import Questionnaire, QuestionnaireVersion
from hub.questionnaires.results.completes import count_complete
from hub.questionnaires.results.counting import ALL_WEEKS
from hub.questionnaires.results.hiding import LEAST
from hub.questionnaires.results.models import AnswerCount
from hub.questionnaires.results.rows import Asked
from hub.questionnaires.results.tallying import SHOWN
from hub.questionnaires.words import Mode
from hub.stores.queries import list_stores

PAGE_SIZE = 50


@dataclass(frozen=True)
class AnsweredRow:
    """`answers` of the reader's stores; None where an anonymous questionnaire must not tell."""

    id: int
    name: str
    is_anonymous: bool
    closes_at: datetime | None
    answers: int | None


def list_answered(
    store_ids: Collection[int] | None, after: str | None = None, *, size: int = PAGE_SIZE
) -> Page[AnsweredRow]:
    """The last one made first. `store_ids`: None is the whole chain. `after` is the next_key of the page before."""
    made = (Questionnaire.created_at, Questionnaire.id)
    wanted = [0, *(row.id for row in list_stores(is_active=None))] if store_ids is None else sorted(store_ids)
    query = select(Questionnaire, _promised()).where(_has_answers(wanted))
    query = query.order_by(*(column.desc() for column in made)).limit(size + 1)
    if after:
        query = query.where(tuple_(*made) < tuple_(*decode_key(after, datetime, int)))
    found = db.session.execute(query).all()
    page = make_page(found, size=size, key=lambda each: (each[0].created_at, each[0].id))
    counts = _count([each.id for each, _ in page.rows], wanted)
    rows = [
        _row(each, is_anonymous=is_anonymous, count=counts[each.id], is_whole=store_ids is None)
        for each, is_anonymous in page.rows
    ]
    return Page(rows, page.next_key)


def _row(each: Questionnaire, *, is_anonymous: bool, count: int, is_whole: bool) -> AnsweredRow:
    """How many answered anonymously in one store is told by its results, where the rule of hiding allows it."""
    is_told = not is_anonymous or (is_whole and count >= LEAST)
    return AnsweredRow(each.id, each.name, is_anonymous, each.closes_at, count if is_told else None)


def _promised() -> ColumnElement[bool]:
    """Anonymous as soon as one version promised it."""
    mode = QuestionnaireVersion.definition["mode"].astext
    return exists().where(QuestionnaireVersion.questionnaire_id == Questionnaire.id, mode == Mode.ANONYMOUS)


def _has_answers(store_ids: Collection[int]) -> ColumnElement[bool]:
    return exists(
        _cells(store_ids)
        .with_only_columns(AnswerCount.questionnaire_id)
        .where(QuestionnaireVersion.questionnaire_id == Questionnaire.id)
        .correlate(Questionnaire)
    )


def _cells(store_ids: Collection[int]) -> Select[Any]:
    """Every part of the key up to the week is named, so that only these rows are looked up."""
    cells = select(AnswerCount).join(
        QuestionnaireVersion,
        (QuestionnaireVersion.id == AnswerCount.version_id)
        & (QuestionnaireVersion.questionnaire_id == AnswerCount.questionnaire_id),
    )
    cells = cells.where(AnswerCount.week_on == ALL_WEEKS, AnswerCount.code == SHOWN)
    return cells.where(among(AnswerCount.store_id, store_ids))


def _count(questionnaire_ids: Sequence[int], store_ids: Collection[int]) -> Counter[int]:
    versions = select(QuestionnaireVersion.id).where(
        QuestionnaireVersion.questionnaire_id.in_(questionnaire_ids)
    )
    found = count_complete(db.session.scalars(versions).all(), Asked(), store_ids)
    return Counter({each: sum(found[each].values()) for each in questionnaire_ids})
