"""Files kept once by the hash of their content, below the data folder."""

import hashlib
import os
import tempfile
from pathlib import Path

from hub.core.errors import NotFound
from hub.core.text import N_


class _Shelf:
    folder: Path = Path("var/files")


def use_folder(folder: Path) -> None:
    """Where this process keeps files; called once when the application is made."""
    _Shelf.folder = folder


def keep(content: bytes) -> str:
    """Write the content once (fsync, then rename) and return its SHA-256 in hexadecimal."""
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
    return digest


def read(digest: str) -> bytes:
    """The content behind a hash. Raises NotFound when the shelf does not hold it."""
    try:
        return _path(digest).read_bytes()
    except OSError:
        raise NotFound(N_("This file is no longer available. Please ask its sender for it again.")) from None


def _path(digest: str) -> Path:
    return _Shelf.folder / digest[:2] / digest[2:]
