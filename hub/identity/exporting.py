"""Exports one customer: every row of every room as JSON, a page to read and print, and the files, in one archive."""

import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from hub.core import files
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.errors import NotFound
from hub.core.personal import export_all
from hub.customers import forgetting as customers
from hub.identity.holding import HELD, ROOMS
from hub.inbox import forgetting as inbox
from hub.outbox import forgetting as outbox

SHAPE = "comptoir-customer-export/1"
CHUNK_BYTES = 1 << 16
IN_MEMORY_BYTES = 8 << 20
FILE_COLUMNS = ("sha256", "file_sha256")


@dataclass(frozen=True)
class Section:
    """One table of one room: `title` is a sentence to translate, `rows` as they are, without empty values."""

    room: str
    table: str
    title: str
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Export:
    """All that is held of one customer. `ids`: his, and those of customers merged into him."""

    customer_id: int
    ids: tuple[int, ...]
    made_at: datetime
    sections: tuple[Section, ...]

    @property
    def row_count(self) -> int:
        return sum(len(section.rows) for section in self.sections)

    def as_json(self) -> dict[str, Any]:
        """The documented shape (docs/operations.md): rooms, in them tables, in them rows."""
        rooms: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
        for section in self.sections:
            rooms.setdefault(section.room, {})[section.table] = list(section.rows)
        return {
            "shape": SHAPE,
            "customer_id": self.customer_id,
            "merged_ids": [each for each in self.ids if each != self.customer_id],
            "made_at": self.made_at.isoformat(),
            "rooms": rooms,
        }


def gather(customer_id: int, *, by: Actor, now: datetime) -> Export:
    """Everything held of a customer, with a line in the audit trail. Raises NotFound."""
    ids = customers.whole_of(customer_id)
    traces = customers.trace(ids, also={*outbox.list_recipients(ids), *inbox.list_requesters(ids)})
    found = export_all(HELD, traces)
    if not found["customers"]:
        raise NotFound(customers.GONE)
    room_of = {holding.table: room for room, holdings in ROOMS.items() for holding in holdings}
    sections = tuple(
        Section(room_of[held.table], held.table, held.title, tuple(map(_said, found[held.table])))
        for held in HELD
        if found.get(held.table)
    )
    note_change(
        "customer.exported",
        subject_kind="customer",
        subject_id=customer_id,
        by=by,
        now=now,
        row_count=sum(len(section.rows) for section in sections),
    )
    return Export(customer_id, ids, now, sections)


def _said(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what says nothing."""
    return {name: value for name, value in row.items() if value not in (None, "", [], {})}


def pack(export: Export, page: str) -> Iterator[bytes]:
    """The archive in pieces: customer.json, `page` as index.html, and the files by their names. Closed at the end."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as kept:
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("customer.json", json.dumps(export.as_json(), ensure_ascii=False, indent=1))
            archive.writestr("index.html", page)
            for name, digest in list_files(export):
                _add(archive, name, digest)
        kept.seek(0)
        while piece := kept.read(CHUNK_BYTES):
            yield piece


def list_files(export: Export) -> list[tuple[str, str]]:
    """Name in the archive and hash of each file: attachments, recordings, large mails; the same file once."""
    found: dict[str, str] = {}
    for section in export.sections:
        for row in section.rows:
            for column in FILE_COLUMNS:
                digest = row.get(column)
                if isinstance(digest, str) and digest:
                    found.setdefault(
                        digest, f"files/{digest[:12]}-{_plain(row.get('name') or section.table)}"
                    )
    return [(name, digest) for digest, name in found.items()]


def _plain(name: Any) -> str:
    """A name that is no path."""
    kept = "".join(letter for letter in str(name) if letter.isalnum() or letter in "._- ")
    return kept.strip(". ")[:80] or "file"


def _add(archive: zipfile.ZipFile, name: str, digest: str) -> None:
    """A file that is no longer there is left out: the row still names it."""
    try:
        path = files.find_path(digest)
    except NotFound:
        return
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        _copy(source, target)


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while piece := source.read(files.CHUNK_BYTES):
        target.write(piece)
