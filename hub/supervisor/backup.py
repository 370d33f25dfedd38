"""Backup and restore: one archive with the database as pg_dump writes it and the files of the shelf."""

import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hub.supervisor.binaries import wheel_programs

DUMP, FILES = "database.dump", "files"


def back_up(database_url: str, files: Path, target: Path) -> int:
    """Write the archive (0600, then renamed into place). Returns its size in bytes; RuntimeError with pg_dump's words."""
    draft = target.with_name(f".{target.name}.part")
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / DUMP
        _run(database_url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            archive.add(dump, DUMP)
            if files.is_dir():
                archive.add(files, FILES)
    draft.replace(target)
    return target.stat().st_size


def restore(database_url: str, files: Path, source: Path) -> None:
    """Put the archive back: the database becomes what it was, files are added to the shelf.

    Stop the other processes first. Everything is one transaction: on an error the database stays as it is, RuntimeError.
    """
    with tempfile.TemporaryDirectory() as folder, tarfile.open(source) as archive:
        archive.extractall(folder, filter="data")
        dump = Path(folder) / DUMP
        if not dump.exists():
            raise RuntimeError(f"{source} is not a backup of Comptoir: it holds no {DUMP}.")
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
        _run(
            database_url, "pg_restore", *options, f"--dbname={_parts(database_url)['PGDATABASE']}", str(dump)
        )
        _put_files(Path(folder) / FILES, files)


def _put_files(kept: Path, files: Path) -> None:
    for path in kept.rglob("*"):
        if path.is_file():
            target = files / path.relative_to(kept)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


def _run(database_url: str, program: str, *options: str) -> None:
    """The address travels in the environment, so that no password stands in the process list."""
    done = subprocess.run(
        [wheel_programs().postgres / "bin" / program, *options],
        env=_parts(database_url),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"{program} ended with {done.returncode}.")


def _parts(database_url: str) -> dict[str, str]:
    split = urlsplit(database_url)
    return {
        "PGHOST": split.hostname or "127.0.0.1",
        "PGPORT": str(split.port or 5432),
        "PGUSER": unquote(split.username or ""),
        "PGPASSWORD": unquote(split.password or ""),
        "PGDATABASE": split.path.lstrip("/"),
    }
