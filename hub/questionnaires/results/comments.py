"""What people wrote: page by page, narrowed to a question, a store, a theme or a word, with the word as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, cast, false, func, or_, select

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.stemming import stems_of
from hub.core.text import N_
from hub.core.words import Language
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.results.gathering import Head
from hub.questionnaires.results.hiding import LEAST
from hub.questionnaires.results.models import CommentTheme, QuestionnaireComment
from hub.questionnaires.results.themes import Context, find_context

SIZE = 25
LOOKED_AT = 20_000
"""Themes are counted over the latest so many comments."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """`store_ids`: None is all stores. In anonymous mode nothing is narrowed to a store."""

    store_ids: frozenset[int] | None = None
    question: str = ""
    theme_id: int | None = None
    words: str = ""
    before: int | None = None


@dataclass(frozen=True)
class CommentRow:
    """`store_id` and `written_on` are empty in anonymous mode. `context`: where the word, or one of the theme, stands."""

    id: int
    question_key: str
    text: str
    language: Language
    store_id: int | None
    written_on: date | None
    theme_ids: tuple[int, ...]
    context: Context | None
    ticket_id: int | None
    is_known: bool


@dataclass(frozen=True)
class Remark:
    """A comment of a customer who is known, with what a ticket needs."""

    id: int
    customer_id: int
    store_id: int | None
    text: str


@dataclass(frozen=True)
class ThemeRow:
    id: int
    name_fr: str
    name_en: str
    keywords: tuple[str, ...]
    reason_id: int | None
    is_active: bool
    count: int = 0

    def name(self, language: Language) -> str:
        return (self.name_en if language is Language.ENGLISH else self.name_fr) or self.name_fr


@dataclass(frozen=True)
class Comments:
    """`next_before`: the address of the next page goes on there. `is_hidden`: too few answered namelessly."""

    rows: tuple[CommentRow, ...]
    next_before: int | None
    themes: tuple[ThemeRow, ...]
    is_hidden: bool = False


def list_comments(head: Head, sought: Sought) -> Comments:
    """The latest first."""
    if head.is_anonymous and _is_few(head):
        return Comments((), None, (), is_hidden=True)
    narrowed = _narrowed(head, sought)
    themes = _list_themes(narrowed)
    page = narrowed if sought.before is None else narrowed.where(QuestionnaireComment.id < sought.before)
    latest = page.add_columns(_is_known()).order_by(QuestionnaireComment.id.desc()).limit(SIZE + 1)
    found = db.session.execute(latest).all()
    wanted = _wanted(sought, themes)
    rows = tuple(
        _row(row, wanted, is_known=is_known, is_anonymous=head.is_anonymous) for row, is_known in found[:SIZE]
    )
    return Comments(rows, rows[-1].id if len(found) > SIZE else None, themes)


def _is_few(head: Head) -> bool:
    """Responses, not comments: one person may write several."""
    people = select(QuestionnaireComment.response_id).where(QuestionnaireComment.questionnaire_id == head.id)
    some = people.distinct().limit(LEAST).subquery()
    return (db.session.scalar(select(func.count()).select_from(some)) or 0) < LEAST


def _narrowed(head: Head, sought: Sought) -> Select[Any]:
    row = QuestionnaireComment
    wanted = select(row).where(row.questionnaire_id == head.id)
    if sought.store_ids is not None:
        wanted = wanted.where(among(row.store_id, sorted(sought.store_ids)))
    if sought.question:
        wanted = wanted.where(row.question_key == sought.question)
    if sought.theme_id is not None:
        wanted = wanted.where(row.theme_ids.contains([sought.theme_id]))
    if sought.words.strip():
        forms = {tuple(sorted(set(stems_of(sought.words, each)))) for each in Language}
        # of signs alone there is no stem: nobody wrote that
        wanted = wanted.where(or_(false(), *(row.stems.contains(list(stems)) for stems in forms if stems)))
    return wanted


def _list_themes(narrowed: Select[Any]) -> tuple[ThemeRow, ...]:
    """Those that are looked for, with how many of the latest comments touch each."""
    latest = narrowed.with_only_columns(QuestionnaireComment.theme_ids)
    latest = latest.order_by(QuestionnaireComment.id.desc()).limit(LOOKED_AT)
    touched = select(func.jsonb_array_elements(latest.subquery().c.theme_ids).label("id")).subquery()
    counts = select(cast(touched.c.id, BigInteger).label("id"), func.count().label("count")).group_by("id")
    counted = counts.subquery()
    rows = db.session.execute(
        select(CommentTheme, func.coalesce(counted.c.count, 0))
        .outerjoin(counted, counted.c.id == CommentTheme.id)
        .where(CommentTheme.is_active)
        .order_by(CommentTheme.name_fr, CommentTheme.id)
    )
    return tuple(_theme(row, count) for row, count in rows)


def list_themes() -> Sequence[ThemeRow]:
    """Every one, also those that are not looked for, to be edited."""
    rows = db.session.scalars(select(CommentTheme).order_by(CommentTheme.name_fr, CommentTheme.id))
    return [_theme(row) for row in rows]


def _theme(row: CommentTheme, count: int = 0) -> ThemeRow:
    return ThemeRow(
        row.id, row.name_fr, row.name_en, tuple(row.keywords), row.reason_id, row.is_active, count
    )


def _wanted(sought: Sought, themes: Sequence[ThemeRow]) -> tuple[str, ...]:
    """What is marked in the text: the words that were sought, else those of the theme."""
    if sought.words.strip():
        return tuple(sought.words.split())
    return next((theme.keywords for theme in themes if theme.id == sought.theme_id), ())


def _is_known() -> Any:
    """Whether the response is a customer's."""
    known = select(QuestionnaireResponse.customer_id.is_not(None))
    return known.where(QuestionnaireResponse.id == QuestionnaireComment.response_id).scalar_subquery()


def get_remark(head: Head, comment_id: int) -> Remark:
    """To open a ticket of it. Raises NotFound where nobody is known to have written it."""
    found = db.session.execute(
        select(QuestionnaireComment, QuestionnaireResponse.customer_id)
        .join(QuestionnaireResponse, QuestionnaireResponse.id == QuestionnaireComment.response_id)
        .where(QuestionnaireComment.id == comment_id, QuestionnaireComment.questionnaire_id == head.id)
    ).first()
    if found is None or found.customer_id is None or head.is_anonymous:
        raise NotFound(N_("Nobody is known to have written this comment."))
    row = found.QuestionnaireComment
    return Remark(row.id, found.customer_id, row.store_id, row.text)


def tie_ticket(*, comment_id: int, ticket_id: int) -> None:
    """The comment leads to the ticket made of it."""
    db.session.get_one(QuestionnaireComment, comment_id).ticket_id = ticket_id


def _row(
    row: QuestionnaireComment, wanted: tuple[str, ...], *, is_known: bool, is_anonymous: bool
) -> CommentRow:
    return CommentRow(
        row.id,
        row.question_key,
        row.text,
        row.language,
        None if is_anonymous else row.store_id,
        None if is_anonymous else row.written_on,
        tuple(row.theme_ids),
        find_context(row.text, wanted, row.language) if wanted else None,
        row.ticket_id,
        is_known and not is_anonymous,
    )
