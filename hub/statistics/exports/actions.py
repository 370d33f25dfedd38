"""What a night does: writes its files, notes each under its name, and lets go those that were kept long enough."""

import tempfile
from contextlib import ExitStack
from datetime import date, datetime
from typing import IO, Any, cast

from sqlalchemy import delete, select

from hub.core import files, loose_files
from hub.core.db import db
from hub.statistics.exports.rules import Stretch, Written, list_over, name_of
from hub.statistics.exports.writing import write_days
from hub.statistics.models import FigureExport
from hub.statistics.words import Grain


def write_stretch(night: date, stretch: Stretch, *, now: datetime, machine_now: datetime) -> None:
    """In the caller's transaction: the rows, and with them the files, are seen together or not at all."""
    with ExitStack() as stack:
        outs = {grain: stack.enter_context(tempfile.TemporaryFile()) for grain in Grain}
        counts = write_days(stretch.first, stretch.last, outs)
        for grain, out in outs.items():
            digest, size = _shelve(out) if counts[grain] else (None, 0)
            told = {"row_count": counts[grain], "size_bytes": size, "file_sha256": digest}
            _note(grain, stretch, night, told | {"created_at": now}, machine_now=machine_now)
    db.session.flush()
    _let_go(night, machine_now=machine_now)


def _shelve(out: IO[bytes]) -> tuple[str, int]:
    out.seek(0)
    return files.keep_stream(cast(Any, out))


def _note(
    grain: Grain, stretch: Stretch, night: date, told: dict[str, Any], *, machine_now: datetime
) -> None:
    """The row of this name: what is written twice has one, and the file before it leaves."""
    name = name_of(grain, stretch, night)
    row = db.session.scalar(select(FigureExport).where(FigureExport.name == name))
    if row is None:
        days = {"since_on": stretch.first, "until_on": stretch.last}
        db.session.add(FigureExport(name=name, night=night, grain=grain, span=stretch.span, **days, **told))
        return
    if row.file_sha256 and row.file_sha256 != told["file_sha256"]:
        loose_files.note_loose([row.file_sha256], machine_now=machine_now)
    row.night = night
    for field, value in told.items():
        setattr(row, field, value)


def _let_go(night: date, *, machine_now: datetime) -> None:
    """The shelf drops a file a week after its row is gone (`hub/core/loose_files.py`)."""
    kept = {row.id: row for row in db.session.scalars(select(FigureExport))}
    written = {row_id: Written(row.span, row.since_on, row.night) for row_id, row in kept.items()}
    over = list_over(night, written.values())
    gone = [kept[row_id] for row_id, each in written.items() if each in over]
    digests = [row.file_sha256 for row in gone if row.file_sha256]
    loose_files.note_loose(digests, machine_now=machine_now)
    if gone:
        db.session.execute(delete(FigureExport).where(FigureExport.id.in_([row.id for row in gone])))
