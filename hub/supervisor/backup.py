"""Backup and restore: one archive with the database as pg_dump writes it and the files of the shelf."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import suppress
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hub.supervisor.binaries import wheel_programs

DUMP, FILES = "database.dump", "files"
NEW_SETTING = b"SET transaction_timeout = 0;"  # of PostgreSQL 17, among the first lines of every script
HEAD_LINES = 40


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
        _replay(database_url, dump)
        _put_files(Path(folder) / FILES, files)


def _replay(database_url: str, dump: Path) -> None:
    """pg_restore writes the script and psql runs it, because a server before 17 refuses one line of it.

    When pg_restore fails psql is killed before it sees the end, so that half a script is never committed.
    """
    options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-")
    script_of = [_program("pg_restore"), *options, str(dump)]
    run = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"]
    parts = _parts(database_url)
    with tempfile.TemporaryFile() as said:
        reader = subprocess.Popen(script_of, stdout=subprocess.PIPE, stderr=said)
        writer = subprocess.Popen(
            [_program("psql"), *run], env=parts, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        )
        with reader, writer:
            is_whole = _pour(reader, writer) and reader.wait() == 0
            if not is_whole:
                _break_off(reader, writer)
        if not is_whole or writer.returncode:
            said.seek(0)
            raise RuntimeError(
                said.read().decode(errors="replace").strip() or "The backup could not be put back."
            )


def _pour(reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes]) -> bool:
    """Hand the script on without the line; False when psql has stopped reading."""
    if reader.stdout is None or writer.stdin is None:
        return False
    try:
        for line in islice(reader.stdout, HEAD_LINES):
            if line.strip() != NEW_SETTING:
                writer.stdin.write(line)
        shutil.copyfileobj(reader.stdout, writer.stdin)
        writer.stdin.flush()
    except BrokenPipeError:
        return False
    return True


def _break_off(reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes]) -> None:
    """Kill first, close then: a psql that saw the end of its input would commit."""
    reader.kill()
    writer.kill()
    if writer.stdin is not None:
        with suppress(BrokenPipeError):
            writer.stdin.close()


def _put_files(kept: Path, files: Path) -> None:
    for path in kept.rglob("*"):
        if path.is_file():
            target = files / path.relative_to(kept)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


def _run(database_url: str, program: str, *options: str) -> None:
    """The address travels in the environment, so that no password stands in the process list."""
    done = subprocess.run(
        [_program(program), *options],
        env=_parts(database_url),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"{program} ended with {done.returncode}.")


def _program(name: str) -> str:
    return str(wheel_programs().postgres / "bin" / name)


def _parts(database_url: str) -> dict[str, str]:
    split = urlsplit(database_url)
    return {
        "PGHOST": split.hostname or "127.0.0.1",
        "PGPORT": str(split.port or 5432),
        "PGUSER": unquote(split.username or ""),
        "PGPASSWORD": unquote(split.password or ""),
        "PGDATABASE": split.path.lstrip("/"),
    }
