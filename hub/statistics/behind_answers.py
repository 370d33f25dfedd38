"""The answers behind a figure of satisfaction: the very rows it counts, each with its ticket where it opened one that the reader may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, tuple_

from hub.core.db import db
from hub.core.paging import Page, decode_key, make_page
from hub.customers.queries import get_customers
from hub.inbox.actions.answers import ANSWER
from hub.inbox.models import Ticket
from hub.inbox.queries.access import only_visible
from hub.staff.rules import Viewer
from hub.statistics.behind import MOST_COUNTED, PAGE_SIZE
from hub.statistics.clicks import Clicked
from hub.statistics.measuring.answered import counted_answers, was_sent_link
from hub.statistics.rules import Filters
from hub.stores.queries import get_stores
from hub.surveys.models import Answer
from hub.surveys.rules import score_of
from hub.surveys.words import Choice


@dataclass(frozen=True)
class AnswerLine:
    """`number` is that of its ticket, "" without one or of one that the reader cannot open."""

    id: int
    at: datetime
    choice: Choice
    comment: str
    customer_id: int
    customer: str
    store_name: str
    number: str


@dataclass(frozen=True)
class AnswersBehind:
    """`count` is the figure, up to MOST_COUNTED."""

    page: Page[AnswerLine]
    count: int


def get_answers_behind(
    filters: Filters, clicked: Clicked, *, viewer: Viewer, after: str | None
) -> AnswersBehind:
    """Latest first: answers to the stores of the reader."""
    conditions = [*counted_answers(filters, viewer), *_part(clicked)]
    counted = select(Answer.id).where(*conditions).limit(MOST_COUNTED).subquery()
    listed = select(Answer).where(*conditions).order_by(Answer.answered_at.desc(), Answer.id.desc())
    if after:
        at, row_id = decode_key(after, datetime, int)
        listed = listed.where(tuple_(Answer.answered_at, Answer.id) < tuple_(literal(at), literal(row_id)))
    rows = db.session.scalars(listed.limit(PAGE_SIZE + 1)).all()
    numbers = _numbers([row.id for row in rows], viewer)
    people = get_customers({row.customer_id for row in rows})
    houses = get_stores({row.store_id for row in rows})
    lines = [
        AnswerLine(
            row.id, row.answered_at, row.choice, row.comment, row.customer_id, people[row.customer_id].name,
            houses[row.store_id].name, numbers.get(row.id, ""),
        )
        for row in rows
    ]  # fmt: skip
    count = db.session.scalar(select(func.count()).select_from(counted)) or 0
    return AnswersBehind(make_page(lines, size=PAGE_SIZE, key=lambda line: (line.at, line.id)), count)


def _part(clicked: Clicked) -> list[ColumnElement[bool]]:
    chosen = [Answer.choice == each for each in Choice if score_of(each) == clicked.score]
    return [*chosen, *([was_sent_link()] if clicked.measure == "review_links" and clicked.is_part else [])]


def _numbers(answer_ids: list[int], viewer: Viewer) -> dict[int, str]:
    found: Any = select(Ticket.source_id, Ticket.number).where(
        Ticket.source_kind == ANSWER, Ticket.source_id.in_(answer_ids)
    )
    return {row[0]: row[1] for row in db.session.execute(only_visible(found, viewer).order_by(Ticket.id))}
