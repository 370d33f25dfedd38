"""What a night does: writes its files, notes each under its name, and lets go those that were kept long enough."""

import tempfile
from contextlib import ExitStack
from datetime import date, datetime
from typing import BinaryIO, cast

from sqlalchemy import delete, select

from hub.core import files, loose_files
from hub.core.db import db
from hub.statistics.exports.rules import days_of, list_over, name_of
from hub.statistics.exports.writing import write_days
from hub.statistics.models import FigureExport
from hub.statistics.words import Grain, Span


def write_night(night: date, span: Span, *, now: datetime, machine_now: datetime) -> None:
    """In the caller's transaction: the rows, and with them the files, are seen together or not at all."""
    first, last = days_of(span, night)
    with ExitStack() as stack:
        outs = {grain: stack.enter_context(tempfile.TemporaryFile()) for grain in Grain}
        counts = write_days(first, last, outs)
        for grain, out in outs.items():
            digest, size = _shelve(cast(BinaryIO, out)) if counts[grain] else (None, 0)
            row = _open(grain, span, night, now=now)
            if row.file_sha256 not in {None, digest}:
                loose_files.note_loose([str(row.file_sha256)], machine_now=machine_now)
            row.row_count, row.size_bytes, row.file_sha256 = counts[grain], size, digest
    db.session.flush()
    _let_go(night, machine_now=machine_now)


def _shelve(out: BinaryIO) -> tuple[str, int]:
    out.seek(0)
    return files.keep_stream(out)


def _open(grain: Grain, span: Span, night: date, *, now: datetime) -> FigureExport:
    """The row of this name: a night that writes twice has one."""
    name = name_of(grain, span, night)
    row = db.session.scalar(select(FigureExport).where(FigureExport.name == name))
    if row is None:
        first, last = days_of(span, night)
        row = FigureExport(
            name=name,
            night=night,
            grain=grain,
            span=span,
            since_on=first,
            until_on=last,
            row_count=0,
            size_bytes=0,
            created_at=now,
        )
        db.session.add(row)
    return row


def _let_go(night: date, *, machine_now: datetime) -> None:
    """The shelf drops a file a week after its row is gone (`hub/core/loose_files.py`)."""
    kept = list(db.session.scalars(select(FigureExport)))
    over = list_over(night, {(row.span, row.night) for row in kept})
    gone = [row for row in kept if (row.span, row.night) in over]
    digests = [row.file_sha256 for row in gone if row.file_sha256]
    loose_files.note_loose(digests, machine_now=machine_now)
    if gone:
        db.session.execute(delete(FigureExport).where(FigureExport.id.in_([row.id for row in gone])))
