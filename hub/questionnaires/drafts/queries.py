"""What is known of questionnaires: the list, one with its draft, its versions, the keys its questions ever had."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.questionnaires.definitions import Definition
from hub.questionnaires.drafts.documents import fingerprint, questions_of
from hub.questionnaires.drafts.rows import DraftView, QuestionnaireRow, VersionRow
from hub.questionnaires.models import Questionnaire, QuestionnaireResponse, QuestionnaireVersion
from hub.questionnaires.reading import read_definition
from hub.questionnaires.words import ResponseState

PAGE_SIZE = 50
MOST_NAMES = 200
NO_QUESTIONNAIRE = N_("This questionnaire does not exist. Please choose one of the list.")
NO_VERSION = N_("This version of the questionnaire does not exist. Please choose another one.")


def list_questionnaires(after: str | None = None, *, size: int = PAGE_SIZE) -> Page[QuestionnaireRow]:
    """The last one made first. `after` is the next_key of the page before."""
    made = (Questionnaire.created_at, Questionnaire.id)
    query = select(Questionnaire).order_by(*(column.desc() for column in made)).limit(size + 1)
    if after:
        query = query.where(tuple_(*made) < tuple_(*decode_key(after, datetime, int)))
    found = db.session.scalars(query).all()
    counts = _count_complete(QuestionnaireResponse.questionnaire_id, [each.id for each in found])
    page = make_page(found, size=size, key=lambda each: (each.created_at, each.id))
    return Page([_row(each, counts.get(each.id, 0)) for each in page.rows], page.next_key)


def _count_complete(column: Any, ids: list[int]) -> dict[int, int]:
    is_wanted: ColumnElement[bool] = column.in_(ids)
    counted = db.session.execute(
        select(column, func.count())
        .where(is_wanted, QuestionnaireResponse.state == ResponseState.COMPLETE)
        .group_by(column)
    )
    return {row[0]: row[1] for row in counted}


def _row(found: Questionnaire, count: int) -> QuestionnaireRow:
    return QuestionnaireRow(
        id=found.id,
        name=found.name,
        state=found.state,
        closes_at=found.closes_at,
        changed_at=found.draft_changed_at,
        response_count=count,
    )


def list_names() -> list[tuple[int, str]]:
    """Id and name, the last one made first, to choose from."""
    query = select(Questionnaire.id, Questionnaire.name).order_by(Questionnaire.id.desc()).limit(MOST_NAMES)
    return [(row.id, row.name) for row in db.session.execute(query)]


def get_questionnaire(questionnaire_id: int) -> DraftView:
    """Raises NotFound."""
    row = db.session.execute(
        select(
            Questionnaire,
            func.jsonb_array_length(Questionnaire.earlier),
            QuestionnaireVersion.definition,
            QuestionnaireVersion.number,
        )
        .outerjoin(QuestionnaireVersion, QuestionnaireVersion.id == Questionnaire.version_id)
        .where(Questionnaire.id == questionnaire_id)
    ).one_or_none()
    if row is None:
        raise NotFound(NO_QUESTIONNAIRE)
    return _view(*row)


def _view(
    found: Questionnaire, earlier_count: int, published: Mapping[str, Any] | None, number: int | None
) -> DraftView:
    return DraftView(
        id=found.id,
        key=found.key,
        name=found.name,
        state=found.state,
        document=found.draft,
        definition=read_definition(found.draft),
        seen=fingerprint(found.draft),
        published=published,
        number=number or 0,
        closes_at=found.closes_at,
        earlier_id=found.earlier_id,
        changed_at=found.draft_changed_at,
        changed_by_id=found.draft_changed_by_id,
        earlier_count=earlier_count,
    )


def list_question_keys(questionnaire_id: int) -> frozenset[str]:
    """Every key that a question of a version has: answers know questions by it, so it is never given twice."""
    definitions = db.session.scalars(
        select(QuestionnaireVersion.definition).where(
            QuestionnaireVersion.questionnaire_id == questionnaire_id
        )
    )
    return frozenset(question["key"] for each in definitions for question in questions_of(each))


def find_published(questionnaire_id: int | None) -> Definition | None:
    """The version in use, for a comparison with it; None before the first one."""
    found = db.session.scalar(
        select(QuestionnaireVersion.definition)
        .join(Questionnaire, Questionnaire.version_id == QuestionnaireVersion.id)
        .where(Questionnaire.id == (questionnaire_id or 0))
    )
    return None if found is None else read_definition(found)


def list_versions(questionnaire_id: int) -> list[VersionRow]:
    """The newest first."""
    found = db.session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.questionnaire_id == questionnaire_id)
        .order_by(QuestionnaireVersion.number.desc())
    ).all()
    counts = _count_complete(QuestionnaireResponse.version_id, [each.id for each in found])
    return [_version(each, counts.get(each.id, 0)) for each in found]


def _version(found: QuestionnaireVersion, count: int) -> VersionRow:
    return VersionRow(
        id=found.id,
        number=found.number,
        published_at=found.published_at,
        published_by_id=found.published_by_id,
        definition=found.definition,
        moved=found.moved,
        response_count=count,
    )


def get_version(questionnaire_id: int, number: int) -> VersionRow:
    """Raises NotFound."""
    found = next((each for each in list_versions(questionnaire_id) if each.number == number), None)
    if found is None:
        raise NotFound(NO_VERSION)
    return found


def is_closed_at(view: DraftView, now: datetime) -> bool:
    """Whether answers were taken once and are no more."""
    return view.published is not None and not view.is_taking(now)
