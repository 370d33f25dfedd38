"""Opens an export as it was handed in: a file, a zip archive or a folder, as names with their content."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_

MOST_MEMBERS = 200_000
MOST_BYTES = 4_000_000_000
MOST_TIMES = 200
"""An archive that grows more than this is made to fill the disk."""
NOT_READABLE = N_("This file cannot be read as an export of %(source)s. Please check what you chose.")


@dataclass(frozen=True)
class Bundle:
    """The files of an export by name; `root` or `archive` holds the content."""

    names: tuple[str, ...]
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    root: Path | None = None
    archive: zipfile.ZipFile | None = field(default=None, repr=False)

    def read(self, name: str) -> bytes:
        if self.root is not None:
            return (self.root / name).read_bytes()
        if self.archive is not None:
            return self.archive.read(name)
        return self.contents[name]

    def find_file(self, file_id: str, name: str) -> str | None:
        """The member that holds an attachment: below a folder of its id, or named by its id."""
        for member in self.names:
            parts = PurePosixPath(member).parts
            is_below = file_id in parts[:-1] and parts[-1] == name
            if is_below or parts[-1] in (file_id, f"{file_id}-{name}", f"{file_id}_{name}"):
                return member
        return None


def open_path(path: Path) -> Bundle:
    """A folder, a zip archive or one file. Raises Invalid."""
    if path.is_dir():
        found = sorted(each for each in path.rglob("*") if each.is_file())
        return Bundle(tuple(str(each.relative_to(path)) for each in found), root=path)
    if zipfile.is_zipfile(path):
        return _archive(zipfile.ZipFile(path))
    return Bundle((path.name,), root=path.parent)


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


def read_json(bundle: Bundle) -> dict[str, Any]:
    """Every JSON document of the export by the stem of its name, lower case. Raises ValueError."""
    return {
        PurePosixPath(name).stem.lower(): json.loads(bundle.read(name).decode("utf-8-sig"))
        for name in bundle.names
        if name.lower().endswith(".json") and not PurePosixPath(name).name.startswith(".")
    }
