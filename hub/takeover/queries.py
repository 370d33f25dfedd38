"""What pages ask about takeovers: the list, one with its report, the rows that could not be taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.takeover.models import Takeover, TakeoverProblem
from hub.takeover.words import TakeoverSource, TakeoverState

PAGE_SIZE = 50
SHOWN = 50


@dataclass(frozen=True)
class TakeoverRow:
    """`report` as `Check.as_report` writes it, and `done` beside it while it runs."""

    id: int
    source: TakeoverSource
    file_name: str
    state: TakeoverState
    mapping: Mapping[str, Any]
    report: Mapping[str, Any]
    position: int
    total: int
    error: str
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class ProblemRow:
    id: int
    kind: str
    external_id: str
    reason: str
    row: Mapping[str, Any]


def list_takeovers() -> list[TakeoverRow]:
    """The latest, newest first."""
    return list(map(_row, db.session.scalars(select(Takeover).order_by(Takeover.id.desc()).limit(SHOWN))))


def get_takeover(takeover_id: int) -> TakeoverRow:
    """Raises NotFound."""
    row = db.session.get(Takeover, takeover_id)
    if row is None:
        raise NotFound(N_("This takeover does not exist. Please go back to the list."))
    return _row(row)


def count_problems(takeover_id: int) -> int:
    found = select(func.count()).where(TakeoverProblem.takeover_id == takeover_id)
    return db.session.scalar(found) or 0


def list_problems(takeover_id: int, after: str | None = None, size: int = PAGE_SIZE) -> Page[ProblemRow]:
    """In the order they were met."""
    found = select(TakeoverProblem).where(TakeoverProblem.takeover_id == takeover_id)
    if after:
        found = found.where(TakeoverProblem.id > _position(after))
    rows = db.session.scalars(found.order_by(TakeoverProblem.id).limit(size + 1))
    shown = [ProblemRow(row.id, row.kind, row.external_id, row.reason, row.row) for row in rows]
    return make_page(shown, size=size, key=lambda row: (row.id,))


def _position(after: str) -> int:
    match decode_key(after):
        case [int(problem_id)]:
            return problem_id
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))


def _row(row: Takeover) -> TakeoverRow:
    return TakeoverRow(
        row.id,
        row.source,
        row.file_name,
        row.state,
        row.mapping,
        row.report,
        row.position,
        row.total,
        row.error,
        row.created_at,
        row.ended_at,
    )
