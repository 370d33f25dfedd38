"""Files of the shelf that may belong to nothing: noted when they are handed in or let go, dropped when nobody took them."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Column, Index, delete, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from hub.core import clock, files
from hub.core.batches import among
from hub.core.db import Base, db, transaction

KEPT = timedelta(days=7)
BATCH = 200
NAME = "sha256"
"""How the name of every column ends that names a file of the shelf, in whatever table."""


class LooseFile(Base):
    """A file that was handed in before what it belongs to, or whose draft was dropped. Machine time."""

    __tablename__ = "loose_files"
    __table_args__ = (Index("ix_loose_files_noted", "noted_at"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime]


def note_loose(digests: Iterable[str], *, machine_now: datetime) -> None:
    """Look at these again after a week; one that is noted twice counts from the later time."""
    rows = [{"sha256": digest, "noted_at": machine_now} for digest in sorted(set(digests))]
    if rows:
        statement = insert(LooseFile).values(rows)
        newer = {"noted_at": statement.excluded.noted_at}
        db.session.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_=newer))


def drop_unnamed(digests: Collection[str], *, kept_before: datetime) -> int:
    """Drop at once what no row names and nobody has handed in since that moment. Returns how many are gone."""
    unnamed = set(digests) - _named(digests) if digests else set()
    return sum(files.drop(digest, kept_before=kept_before) for digest in sorted(unnamed))


def work_loose_files(wake: Callable[[], None]) -> int:
    """One batch: what no row names after a week leaves the shelf. Returns how many were looked at."""
    before = clock.machine_now() - KEPT
    with transaction():
        due = select(LooseFile.sha256).where(LooseFile.noted_at < before).order_by(LooseFile.noted_at)
        found = list(db.session.scalars(due.limit(BATCH).with_for_update(skip_locked=True)))
        if len(found) == BATCH:
            wake()
        for digest in set(found) - _named(found):
            files.drop(digest, kept_before=before)
        if found:
            db.session.execute(delete(LooseFile).where(among(LooseFile.sha256, found)))
    return len(found)


def has_due() -> bool:
    """Whether a file was noted more than a week ago."""
    due = select(LooseFile.sha256).where(LooseFile.noted_at < clock.machine_now() - KEPT)
    return db.session.scalar(due.limit(1)) is not None


def columns_that_name_files() -> list[Column[str]]:
    """Every column of every room that holds the hash of a file."""
    tables = (table for table in Base.metadata.sorted_tables if table.name != LooseFile.__tablename__)
    return [column for table in tables for column in table.columns if column.name.endswith(NAME)]


def _named(digests: Collection[str]) -> set[str]:
    """Those that a row names: a message, a draft, a mail as it came, an export that was handed in.

    Asked in one statement: of a file that moves from a draft to a message meanwhile, two would each see nothing.
    """
    asked = [select(column).where(column.in_(digests)) for column in columns_that_name_files()]
    return set(db.session.scalars(union_all(*asked)))
