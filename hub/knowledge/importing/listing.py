"""Imports of articles as the pages show them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.knowledge.importing.running import NO_IMPORT
from hub.knowledge.models import ArticleImport
from hub.knowledge.words import RowOutcome

SHOWN, RECENT = 200, 20


@dataclass(frozen=True)
class ImportedRow:
    """One article of the file. `key` is "" until it is in the base; `body` is kept of those that were refused."""

    place: str
    title: str
    language: str
    outcome: RowOutcome
    problem: str
    most: int
    key: str
    body: str


@dataclass(frozen=True)
class ImportView:
    """The first rows of one outcome, and how many there are of each."""

    id: int
    file_name: str
    created_at: datetime
    applied_at: datetime | None
    counts: Counter[RowOutcome]
    rows: tuple[ImportedRow, ...]


def get_import(import_id: int, outcome: RowOutcome | None = None) -> ImportView:
    """Refused rows first. Raises NotFound."""
    import_ = db.session.get(ArticleImport, import_id)
    if import_ is None:
        raise NotFound(NO_IMPORT)
    rows = sorted(
        (_row(each) for each in import_.rows), key=lambda row: row.outcome is not RowOutcome.REFUSED
    )
    counts = Counter(row.outcome for row in rows)
    shown = [row for row in rows if outcome is None or row.outcome is outcome][:SHOWN]
    return ImportView(
        import_.id, import_.file_name, import_.created_at, import_.applied_at, counts, tuple(shown)
    )


def list_imports() -> list[tuple[int, str, datetime, datetime | None]]:
    """The latest ones: id, file, read when, brought in when."""
    columns = (ArticleImport.id, ArticleImport.file_name, ArticleImport.created_at, ArticleImport.applied_at)
    rows = db.session.execute(select(*columns).order_by(ArticleImport.id.desc()).limit(RECENT))
    return [(row.id, row.file_name, row.created_at, row.applied_at) for row in rows]


def _row(told: dict[str, Any]) -> ImportedRow:
    return ImportedRow(
        told["place"],
        told["title"],
        told["language"] or "",
        RowOutcome(told["outcome"]),
        told["problem"],
        told["most"],
        told["key"],
        told["body"] if told["problem"] else "",
    )
