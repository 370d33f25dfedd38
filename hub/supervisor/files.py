"""Small files that survive a crash: private, written whole or not at all; a lock that dies with us."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any, TextIO


def write_private(path: Path, value: object) -> None:
    """Write `value` as JSON with mode 0600, through a neighbour file and a rename."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(value, file, indent=1)
    fresh.replace(path)


def read_json(path: Path) -> Any:
    """Return the JSON in `path`, or None when it is missing or torn."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def take_lock(path: Path, *, shared: bool = False) -> TextIO | None:
    """Lock `path` without waiting; None when somebody else holds it. Closing the file (or dying) lets go."""
    file = path.open("a", encoding="utf-8")
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
