"""What is done with a file of a till: handed in, its columns named, its tickets taken in."""

from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select

from hub.core import files
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.orders.behaviour.queries import get_setup
from hub.orders.behaviour.setting import keep_till_columns
from hub.orders.till_files import rules
from hub.orders.till_files.models import TillFile
from hub.orders.till_files.queries import get_file, open_file
from hub.orders.till_files.words import TillColumn, TillFileState
from hub.stores.queries import get_store

BELL = "till_files"
LONGEST_NAME = 200
NEEDS_COLUMNS = N_("Columns are missing. Please open the file on its page and say what its columns are.")


def keep_file(
    name: str, content: BinaryIO, *, source: str, by: Actor, now: datetime, store_id: int | None = None
) -> tuple[int, bool]:
    """Keep a file; its columns are still to be named. Returns its id, and whether it is new: the same content is one file.

    Raises Invalid (field file) for an empty or unreadable one.
    """
    sha256, size = files.keep_stream(content)
    if not size:
        raise Invalid(N_("This file is empty. Please choose another one."), field="file")
    known = db.session.scalar(select(TillFile).where(TillFile.sha256 == sha256).with_for_update())
    if known is not None:
        return known.id, False
    row = TillFile(
        name=name.replace("\x00", "")[-LONGEST_NAME:],
        sha256=sha256,
        state=TillFileState.MATCHING,
        mapping={},
        store_id=store_id,
        source=source,
        created_by_id=by.agent_id,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    table = open_file(get_file(row.id))
    found = rules.match_columns(table.headings, get_setup().till_columns)
    row.mapping = {str(place): column.value for place, column in found.items()}
    note_change("till_file.kept", subject_kind="till_file", subject_id=row.id, by=by, now=now)
    db.session.flush()
    return row.id, True


def drop_file(
    name: str, content: BinaryIO, *, source: str, by: Actor, now: datetime, store_id: int | None = None
) -> int:
    """Keep a file and let it be taken in at once, where its headings say enough; else a person names its columns."""
    file_id, is_new = keep_file(name, content, source=source, by=by, now=now, store_id=store_id)
    if is_new:
        row = _lock(file_id)
        columns = [TillColumn(word) for word in row.mapping.values()]
        if rules.list_missing(columns, has_store=store_id is not None):
            row.error = NEEDS_COLUMNS
        else:
            _begin(row)
        db.session.flush()
    return file_id


def start_file(
    file_id: int, mapping: Mapping[int, TillColumn], *, store_id: int | None, by: Actor, now: datetime
) -> None:
    """What the columns are; remembered for the next file. Raises Conflict, NotFound, Invalid (field columns)."""
    row = _lock(file_id)
    if row.state is not TillFileState.MATCHING and row.state is not TillFileState.FAILED:
        raise Conflict(N_("This file is being taken in already."))
    if store_id is not None:
        get_store(store_id)
    twice = len(set(mapping.values())) < len(mapping)
    missing = rules.list_missing(mapping.values(), has_store=store_id is not None)
    if missing or twice:
        raise Invalid(
            N_("Please name each of these once: %(needed)s."),
            field="columns",
            needed=", ".join(column.value for column in (missing or sorted(set(mapping.values())))),
        )
    headings = open_file(get_file(file_id)).headings
    row.mapping = {str(place): column.value for place, column in mapping.items()}
    row.store_id = store_id
    _begin(row)
    chosen = {rules.plain_heading(headings[place]): word.value for place, word in mapping.items()}
    keep_till_columns(chosen, by=by, now=now)
    note_change("till_file.started", subject_kind="till_file", subject_id=row.id, by=by, now=now)
    db.session.flush()


def _begin(row: TillFile) -> None:
    row.state, row.error, row.position, row.lease_until = TillFileState.WAITING, "", 0, None
    row.taken_count = row.unchanged_count = row.anonymous_count = row.refused_count = row.late_count = 0
    ring_after_commit(BELL)


def _lock(file_id: int) -> TillFile:
    row = db.session.scalar(select(TillFile).where(TillFile.id == file_id).with_for_update())
    if row is None:
        raise NotFound(N_("This till file does not exist. Please go back to the list."))
    return row
