"""The nightly files that can be fetched, by those who see the whole chain."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import Forbidden, NotFound
from hub.core.text import N_
from hub.staff.rules import Viewer
from hub.statistics.columns.working import has_rows
from hub.statistics.exports.rules import Stretch, Written, find_night, list_owed
from hub.statistics.models import FigureExport
from hub.statistics.words import Grain, Span
from hub.stores.queries import find_chain


@dataclass(frozen=True)
class ExportRow:
    """A file of figures, from `since_on` to `until_on`."""

    name: str
    night: date
    grain: Grain
    span: Span
    since_on: date
    until_on: date
    row_count: int
    size_bytes: int
    sha256: str
    created_at: datetime


def check_reader(viewer: Viewer) -> None:
    """Raises Forbidden: a file cannot be narrowed to somebody's stores."""
    if not viewer.scope.is_everything:
        raise Forbidden(
            N_(
                "These files hold the figures of all stores. Please ask for figures of your stores one by one."
            )
        )


def list_exports(viewer: Viewer) -> list[ExportRow]:
    """Recent days, the newest night first, then the months. Raises Forbidden."""
    check_reader(viewer)
    newest = (FigureExport.span.desc(), FigureExport.until_on.desc(), FigureExport.grain.desc())
    found = select(FigureExport).where(FigureExport.file_sha256.is_not(None)).order_by(*newest)
    return [_row(row) for row in db.session.scalars(found)]


def access_export(name: str, viewer: Viewer) -> ExportRow:
    """Raises Forbidden, and NotFound of one that never was or is kept no longer."""
    check_reader(viewer)
    kept = (FigureExport.name == name, FigureExport.file_sha256.is_not(None))
    row = db.session.scalar(select(FigureExport).where(*kept))
    if row is None:
        raise NotFound(N_("This file does not exist, or is kept no longer. Please take one of the list."))
    return _row(row)


def find_owed(now: datetime) -> tuple[date, Stretch] | None:
    """What the night that has begun has not written yet; nothing of a chain without any figure in that time."""
    chain = find_chain()
    night = find_night(now, chain.time_zone) if chain else None
    if night is None:
        return None
    kept = (FigureExport.span, FigureExport.since_on, FigureExport.night)
    owed = list_owed(night, {Written(*row) for row in db.session.execute(select(*kept).distinct())})
    if not owed or not has_rows(owed[-1].first, owed[0].last):
        return None
    return night, owed[0]


def _row(row: FigureExport) -> ExportRow:
    return ExportRow(
        name=row.name,
        night=row.night,
        grain=row.grain,
        span=row.span,
        since_on=row.since_on,
        until_on=row.until_on,
        row_count=row.row_count,
        size_bytes=row.size_bytes,
        sha256=row.file_sha256 or "",
        created_at=row.created_at,
    )
