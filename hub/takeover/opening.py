"""Opens an export as it was handed in: a file, a zip archive or a folder, as names with their content."""

import io
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from mmap import ACCESS_READ, mmap
from os import fstat
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.takeover.json_rows import read_rows

MOST_MEMBERS = 200_000
MOST_BYTES = 4_000_000_000
MOST_TIMES = 200
"""An archive that grows more than this is made to fill the disk."""
MOST_OPEN = 256
NOT_READABLE = N_("This file cannot be read as an export of %(source)s. Please check what you chose.")


@dataclass(frozen=True)
class Bundle:
    """The files of an export by name: in memory, at places on the disk, or in an archive."""

    names: tuple[str, ...]
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    places: Mapping[str, Path] = field(default_factory=dict, repr=False)
    archive: zipfile.ZipFile | None = field(default=None, repr=False)

    def view(self, name: str) -> bytes | mmap:
        """The content read from the disk as it is looked at; a packed member is unpacked once, into a nameless file.

        Each keeps a file open until `MOST_OPEN` others were looked at: for large members, of which there are few.
        """
        if name in self.contents:
            return self.contents[name]
        if name not in self._views:
            if len(self._views) >= MOST_OPEN:
                del self._views[next(iter(self._views))]
            self._views[name] = _map(self.places.get(name), self.archive, name)
        return self._views[name]

    def read(self, name: str) -> bytes:
        if name in self.places:
            return self.places[name].read_bytes()
        return self.archive.read(name) if self.archive is not None else self.contents[name]

    def size(self, name: str) -> int:
        """In bytes, unpacked."""
        if name in self.places:
            return self.places[name].stat().st_size
        return self.archive.getinfo(name).file_size if self.archive is not None else len(self.contents[name])

    @cached_property
    def _views(self) -> dict[str, bytes | mmap]:
        return {}

    def find_file(self, file_id: str, name: str) -> str | None:
        """The member that holds an attachment: below a folder of its id, or named by its id."""
        wanted = ((file_id, name), ("", file_id), ("", f"{file_id}-{name}"), ("", f"{file_id}_{name}"))
        return next((self._members[each] for each in wanted if each in self._members), None)

    @cached_property
    def _members(self) -> dict[tuple[str, str], str]:
        """Members by a folder above them ("" for any) and their own name."""
        found: dict[tuple[str, str], str] = {}
        for member in self.names:
            *folders, last = PurePosixPath(member).parts
            for folder in ("", *folders):
                found.setdefault((folder, last), member)
        return found


def open_path(path: Path) -> Bundle:
    """A folder, a zip archive or one file. Raises Invalid."""
    if path.is_dir():
        found = sorted(each for each in path.rglob("*") if each.is_file())
        places = {str(each.relative_to(path)): each for each in found}
        return Bundle(tuple(places), places=places)
    return open_file(path, path.name)


def open_file(path: Path, name: str) -> Bundle:
    """A zip archive or one file that is called `name`, wherever it lies. Raises Invalid."""
    if zipfile.is_zipfile(path):
        return _archive(zipfile.ZipFile(path))
    return Bundle((name,), places={name: path})


def open_bytes(name: str, content: bytes) -> Bundle:
    """What was uploaded. Raises Invalid."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        return _archive(zipfile.ZipFile(io.BytesIO(content)))
    return Bundle((name,), contents={name: content})


def _archive(archive: zipfile.ZipFile) -> Bundle:
    members = [info for info in archive.infolist() if not info.is_dir()]
    size = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members) or 1
    if len(members) > MOST_MEMBERS or size > MOST_BYTES or size > packed * MOST_TIMES + 1_000_000:
        raise Invalid(N_("This archive is too large. Please export in several parts."), field="file")
    return Bundle(tuple(info.filename for info in members), archive=archive)


def read_json(bundle: Bundle) -> list[tuple[str, Any]]:
    """Every JSON document of the export with the stem of its name, lower case; rows by their place in the file.

    Files of the same name in several folders are all there. Raises ValueError.
    """
    return [
        (PurePosixPath(name).stem.lower(), read_rows(partial(bundle.view, name)))
        for name in bundle.names
        if name.lower().endswith(".json") and not PurePosixPath(name).name.startswith(".")
    ]


def _map(path: Path | None, archive: zipfile.ZipFile | None, name: str) -> bytes | mmap:
    if path is not None:
        with path.open("rb") as file:
            return _mapped(file.fileno())
    if archive is None:
        raise KeyError(name)
    with TemporaryFile() as target, archive.open(name) as source:
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        return _mapped(target.fileno())


def _mapped(number: int) -> bytes | mmap:
    return mmap(number, 0, access=ACCESS_READ) if fstat(number).st_size else b""
