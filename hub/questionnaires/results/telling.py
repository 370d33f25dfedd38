"""Answers as other systems read them, a page at a time: what the files of answers say, and nothing else.

Of an anonymous questionnaire only answers of days that are over, five at least, in an order that tells nothing: a
system that asks every minute would else know when each came.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.core.words import Language
from hub.questionnaires.models import Questionnaire, QuestionnaireInvitation, QuestionnaireResponse
from hub.questionnaires.results.exporting import Column, Place, Value, columns_of, complete_of
from hub.questionnaires.results.gathering import Head
from hub.questionnaires.results.hiding import LEAST

API = "api"
NAMELESS = N_("This questionnaire is anonymous: its answers are not told by customer or moment.")
FEW = N_("This questionnaire is anonymous: its answers are handed out from five on, once their day is over.")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Nothing given is everything. `since`: completed then or later."""

    customer_id: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ToldAnswer:
    """`values` by the names of the columns. Of an anonymous questionnaire all else but version and month is None."""

    id: int | None = None
    invitation_id: int | None = None
    customer_id: int | None = None
    order_id: int | None = None
    store: str | None = None
    language: Language | None = None
    completed_at: datetime | None = None
    version: int | None = None
    month: str | None = None
    values: Mapping[str, Value]


def told_columns(head: Head, language: Language) -> tuple[Column, ...]:
    """The columns of the answers themselves."""
    return tuple(column for column in columns_of(head, language) if column.of)


def page_answers(
    head: Head, wanted: Wanted, *, after: str | None, size: int, now: datetime
) -> Page[ToldAnswer]:
    """Newest first, of an anonymous questionnaire by chance. Raises Invalid for a mangled page key and what is not told."""
    if head.is_anonymous:
        return _page_nameless(head, wanted, after=after, size=size, now=now)
    asked = QuestionnaireResponse
    query = _with_whose(head)
    if wanted.customer_id is not None:
        query = query.where(asked.customer_id == wanted.customer_id)
    if wanted.since is not None:
        query = query.where(asked.completed_at >= wanted.since)
    last = (asked.completed_at, asked.id)
    if after:
        query = query.where(tuple_(*last) < tuple_(*decode_key(after, datetime, int)))
    rows = db.session.execute(query.order_by(*(column.desc() for column in last)).limit(size + 1)).all()
    page = make_page(rows, size=size, key=lambda row: [row.completed_at, row.id])
    place, columns = Place(head), told_columns(head, Language.FRENCH)
    return Page([_told(row, place, columns) for row in page.rows], page.next_key)


def _with_whose(head: Head) -> Select[Any]:
    asked, invited = QuestionnaireResponse, QuestionnaireInvitation
    whose = (asked.invitation_id, asked.customer_id, invited.order_id)
    found: Select[Any] = complete_of(head).order_by(None).add_columns(*whose)
    return found.outerjoin(invited, invited.id == asked.invitation_id)


def _told(row: Any, place: Place, columns: Sequence[Column]) -> ToldAnswer:
    told = place.row(row)
    return ToldAnswer(
        id=row.id,
        invitation_id=row.invitation_id,
        customer_id=row.customer_id,
        order_id=row.order_id,
        store=told[":store"],
        language=row.language,
        completed_at=row.completed_at,
        version=told[":version"],
        values={column.name: column.read(told) for column in columns},
    )


def _page_nameless(
    head: Head, wanted: Wanted, *, after: str | None, size: int, now: datetime
) -> Page[ToldAnswer]:
    if wanted != Wanted():
        raise Invalid(NAMELESS, field="since" if wanted.since else "customer")
    until = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    query = complete_of(head, until=until)
    if len(db.session.execute(query.with_only_columns(QuestionnaireResponse.id).limit(LEAST)).all()) < LEAST:
        raise Invalid(FEW)
    mark = func.md5(QuestionnaireResponse.key)
    if after:
        query = query.where(mark > decode_key(after, str)[0])
    rows = db.session.execute(query.add_columns(mark.label("mark")).limit(size + 1)).all()
    page = make_page(rows, size=size, key=lambda row: [row.mark])
    place, columns = Place(head, until=until), told_columns(head, Language.FRENCH)
    told = [place.row(row) for row in page.rows]
    return Page(
        [
            ToldAnswer(
                version=each.get(":version"),
                month=each.get(":month"),
                values={column.name: column.read(each) for column in columns},
            )
            for each in told
        ],
        page.next_key,
    )


def note_told(head: Head, *, by: Actor, now: datetime) -> None:
    """One line of the audit trail for each reading from its beginning."""
    note_change(
        "answers_exported", subject_kind="questionnaire", subject_id=head.id, by=by, now=now, form=API
    )


def get_keys(questionnaire_ids: Collection[int]) -> dict[int, str]:
    """By which name other systems know them."""
    found = select(Questionnaire.id, Questionnaire.key).where(Questionnaire.id.in_(questionnaire_ids))
    return {row.id: row.key for row in db.session.execute(found)}
