"""Files kept once by the hash of their content, below the data folder."""

import hashlib
import os
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from hub.core.errors import NotFound
from hub.core.text import N_

CHUNK_BYTES = 1 << 20
GONE = N_("This file is no longer available. Please ask its sender for it again.")


class _Shelf:
    folder: Path = Path("var/files")


def use_folder(folder: Path) -> None:
    """Where this process keeps files; called once when the application is made."""
    _Shelf.folder = folder


def keep(content: bytes) -> str:
    """Write the content once (fsync, then rename) and return its SHA-256 in hexadecimal.

    What is there already is marked as wanted now: `drop` leaves it.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    with suppress(FileNotFoundError):
        os.utime(path)
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
    return digest


def keep_stream(source: BinaryIO) -> tuple[str, int]:
    """The same for content of any size, which is never in memory as a whole: its SHA-256 and its size in bytes."""
    _Shelf.folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=_Shelf.folder)
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as file:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        path = _path(digest.hexdigest())
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size


def find_path(digest: str) -> Path:
    """Where the content lies on the disk. Raises NotFound when the shelf does not hold it."""
    path = _path(digest)
    if not path.is_file():
        raise NotFound(GONE)
    return path


def read(digest: str) -> bytes:
    """The content behind a hash. Raises NotFound when the shelf does not hold it."""
    try:
        return _path(digest).read_bytes()
    except OSError:
        raise NotFound(GONE) from None


def drop(digest: str, *, kept_before: datetime) -> bool:
    """Take a file off the shelf, unless somebody has kept it since that moment. Whether it is gone.

    It is put aside first and looked at there: `keep` either finds it and marks it, or writes it anew.
    """
    path = _path(digest)
    aside = path.with_name(f"{path.name}.leaving")
    with suppress(FileNotFoundError):
        if path.stat().st_mtime >= kept_before.timestamp():
            return False
        path.replace(aside)
        if aside.stat().st_mtime >= kept_before.timestamp():
            aside.replace(path)
            return False
        aside.unlink()
    return True


def _path(digest: str) -> Path:
    return _Shelf.folder / digest[:2] / digest[2:]
