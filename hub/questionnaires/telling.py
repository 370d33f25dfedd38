"""Questionnaires and their invitations as other systems read them, by keyset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.core.words import Language
from hub.questionnaires.models import Questionnaire, QuestionnaireInvitation, QuestionnaireVersion
from hub.questionnaires.words import Mode, QuestionnaireState

NO_QUESTIONNAIRE = N_("No questionnaire has this key. Please check it.")
NO_INVITATION = N_("No invitation has this number. Please check it.")
BAD_PAGE = N_("This page address is not valid. Please start again from the first page.")


@dataclass(frozen=True, kw_only=True)
class ToldVersion:
    number: int
    published_at: datetime


@dataclass(frozen=True, kw_only=True)
class ToldQuestionnaire:
    """`mode` is anonymous as soon as one version promised it, None before the first version."""

    id: int
    key: str
    name: str
    state: QuestionnaireState
    mode: Mode | None
    closes_at: datetime | None
    versions: tuple[ToldVersion, ...]


@dataclass(frozen=True, kw_only=True)
class ToldInvitation:
    """`has_answered` and `answered_at` are None where answers are anonymous."""

    id: int
    customer_id: int
    order_id: int | None
    store_id: int | None
    language: Language
    created_at: datetime
    delivered_at: datetime | None
    reminded_at: datetime | None
    has_answered: bool | None
    answered_at: datetime | None


def page_questionnaires(*, after: str | None, size: int) -> Page[ToldQuestionnaire]:
    """The last one made first. Raises Invalid for a mangled page key."""
    conditions = [Questionnaire.id < _read_key(after)] if after else []
    return make_page(_questionnaires(conditions, size + 1), size=size, key=lambda row: [row.id])


def get_questionnaire(key: str) -> ToldQuestionnaire:
    """Raises NotFound."""
    found = _questionnaires([Questionnaire.key == key], 1)
    if not found:
        raise NotFound(NO_QUESTIONNAIRE)
    return found[0]


def _questionnaires(conditions: Sequence[ColumnElement[bool]], count: int) -> list[ToldQuestionnaire]:
    rows = db.session.scalars(
        select(Questionnaire).where(*conditions).order_by(Questionnaire.id.desc()).limit(count)
    ).all()
    modes, versions = _versions([row.id for row in rows])
    return [
        ToldQuestionnaire(
            id=row.id,
            key=row.key,
            name=row.name,
            state=row.state,
            mode=modes.get(row.id),
            closes_at=row.closes_at,
            versions=tuple(versions.get(row.id, ())),
        )
        for row in rows
    ]


def _versions(ids: Sequence[int]) -> tuple[Mapping[int, Mode], Mapping[int, list[ToldVersion]]]:
    modes: dict[int, Mode] = {}
    versions: dict[int, list[ToldVersion]] = {}
    column = QuestionnaireVersion
    mode = column.definition["mode"].astext
    rows = db.session.execute(
        select(column.questionnaire_id, column.number, column.published_at, mode.label("mode"))
        .where(column.questionnaire_id.in_(ids))
        .order_by(column.questionnaire_id, column.number)
    )
    for row in rows:
        versions.setdefault(row.questionnaire_id, []).append(
            ToldVersion(number=row.number, published_at=row.published_at)
        )
        if modes.get(row.questionnaire_id) is not Mode.ANONYMOUS:
            modes[row.questionnaire_id] = Mode(row.mode)
    return modes, versions


def page_invitations(
    of: ToldQuestionnaire, *, customer_id: int | None, since: datetime | None, after: str | None, size: int
) -> Page[ToldInvitation]:
    """Newest first; `since` is when they were made. Raises Invalid for a mangled page key."""
    conditions: list[ColumnElement[bool]] = []
    if customer_id is not None:
        conditions.append(QuestionnaireInvitation.customer_id == customer_id)
    if since is not None:
        conditions.append(QuestionnaireInvitation.created_at >= since)
    if after:
        conditions.append(QuestionnaireInvitation.id < _read_key(after))
    return make_page(_invitations(of, conditions, size + 1), size=size, key=lambda row: [row.id])


def find_invitation(of: ToldQuestionnaire, customer_id: int) -> ToldInvitation | None:
    return next(iter(_invitations(of, [QuestionnaireInvitation.customer_id == customer_id], 1)), None)


def _invitations(
    of: ToldQuestionnaire, conditions: Sequence[ColumnElement[bool]], count: int
) -> list[ToldInvitation]:
    is_told = of.mode is not Mode.ANONYMOUS
    rows = db.session.scalars(
        select(QuestionnaireInvitation)
        .where(QuestionnaireInvitation.questionnaire_id == of.id, *conditions)
        .order_by(QuestionnaireInvitation.id.desc())
        .limit(count)
    )
    return [
        ToldInvitation(
            id=row.id,
            customer_id=row.customer_id,
            order_id=row.order_id,
            store_id=row.store_id,
            language=row.language,
            created_at=row.created_at,
            delivered_at=row.delivered_at,
            reminded_at=row.reminded_at if is_told else None,
            has_answered=row.has_answered if is_told else None,
            answered_at=row.answered_at if is_told else None,
        )
        for row in rows
    ]


def _read_key(after: str) -> int:
    match decode_key(after):
        case [int() as row_id]:
            return row_id
        case _:
            raise Invalid(BAD_PAGE)
