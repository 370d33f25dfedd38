"""Rows of a batch done each apart: one that fails is undone and put off with its reason, and stops no other."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import ColumnElement, Index, any_, delete, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, db

log = structlog.get_logger(__name__)
Row = TypeVar("Row")
FIRST_WAIT_SECONDS = 5
LONGEST_WAIT_SECONDS = 3600
REASON_CHARS = 500
UNDUE_AFTER = timedelta(days=1)
"""Work that is due is tried again within the hour."""
QUOTED = re.compile(r'".*"', re.DOTALL)


class PutOffRow(Base):
    """A row of any table whose work failed; `kind` is the kind of work. It is passed over until `next_attempt_at`.

    Moments are machine time. The row goes when its work has succeeded, or is not due any more (`forget_undue`).
    """

    __tablename__ = "put_off_rows"
    __table_args__ = (Index("ix_put_off_rows_since", "since_at", "kind", "row_id"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_count: Mapped[int]
    next_attempt_at: Mapped[datetime]
    since_at: Mapped[datetime]
    error: Mapped[str]


@dataclass(frozen=True)
class PutOff:
    """What a person is shown of a row whose work fails."""

    kind: str
    row_id: int
    attempt_count: int
    next_attempt_at: datetime
    since_at: datetime
    error: str


def is_free(kind: str, row_id: Any, *, machine_now: datetime) -> ColumnElement[bool]:
    """Whether the row of this id is not put off. Belongs into what is due, and into when something is due next."""
    waits = (PutOffRow.kind == kind, PutOffRow.row_id == row_id, PutOffRow.next_attempt_at > machine_now)
    return ~exists().where(*waits)


def do_each(
    kind: str,
    rows: Sequence[Row],
    work: Callable[[Row], object],
    *,
    id_of: Callable[[Row], int],
    machine_now: datetime,
) -> list[int]:
    """Work on each row in a savepoint of its own; returns the ids whose work failed and was put off.

    A lost connection is nobody's fault and is raised: the whole batch comes again.
    """
    failed: list[int] = []
    ids = [id_of(row) for row in rows]
    for row, row_id in zip(rows, ids, strict=True):
        try:
            with db.session.begin_nested():
                work(row)
        except Exception as error:  # one bad row must not stop the others
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            log.exception("row.put_off", kind=kind, row_id=row_id)
            put_off(kind, row_id, reason_of(error), machine_now=machine_now)
            failed.append(row_id)
    settle(kind, set(ids) - set(failed))
    return failed


def reason_of(error: Exception) -> str:
    """In a line, without the values of a statement: they may be words of a customer.

    The database repeats them in its details, and between quotes.
    """
    if not isinstance(error, StatementError):
        return f"{type(error).__name__}: {error}"
    said = getattr(getattr(error.orig, "diag", None), "message_primary", None) or ""
    words = QUOTED.sub('"…"', said)
    return f"{type(error.orig).__name__}: {words}".rstrip(": ")


def put_off(kind: str, row_id: int, reason: str, *, machine_now: datetime) -> None:
    """Pass the row over for 5, 10, 20 … at most 3,600 seconds."""
    before = db.session.scalar(
        select(PutOffRow.attempt_count).where(PutOffRow.kind == kind, PutOffRow.row_id == row_id)
    )
    wait = timedelta(seconds=min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(before or 0, 10)))
    values = {
        "attempt_count": (before or 0) + 1,
        "next_attempt_at": machine_now + wait,
        "error": reason.replace("\x00", "")[:REASON_CHARS],
    }
    statement = insert(PutOffRow).values(kind=kind, row_id=row_id, since_at=machine_now, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["kind", "row_id"], set_=values))


def settle(kind: str, ids: Collection[int]) -> None:
    """Their work succeeded: nothing is put off any more."""
    if ids:
        gone = delete(PutOffRow).where(PutOffRow.kind == kind, PutOffRow.row_id == any_(literal(list(ids))))
        db.session.execute(gone.execution_options(synchronize_session=False))


def forget_undue(*, machine_now: datetime) -> None:
    """Rows that nobody has tried for a day although they might: their work was cancelled, or done by a person."""
    db.session.execute(delete(PutOffRow).where(PutOffRow.next_attempt_at < machine_now - UNDUE_AFTER))


def list_tried_often(kind: str, ids: Collection[int], *, attempt_count: int) -> frozenset[int]:
    """Those of the ids whose work has failed at least so often."""
    often = (PutOffRow.row_id.in_(ids), PutOffRow.attempt_count >= attempt_count)
    return frozenset(db.session.scalars(select(PutOffRow.row_id).where(PutOffRow.kind == kind, *often)))


def list_put_off_ids(kind: str, *, machine_now: datetime) -> frozenset[int]:
    """The rows of a kind that are passed over now, for work that is not found by one statement."""
    found = select(PutOffRow.row_id).where(PutOffRow.kind == kind, PutOffRow.next_attempt_at > machine_now)
    return frozenset(db.session.scalars(found))


def list_put_off(limit: int = 50) -> list[PutOff]:
    """The rows whose work fails, those that have longest first."""
    found = select(PutOffRow).order_by(PutOffRow.since_at, PutOffRow.kind, PutOffRow.row_id).limit(limit)
    return [
        PutOff(row.kind, row.row_id, row.attempt_count, row.next_attempt_at, row.since_at, row.error)
        for row in db.session.scalars(found.execution_options(populate_existing=True))
    ]


def count_put_off() -> int:
    return db.session.scalar(select(func.count()).select_from(PutOffRow)) or 0
