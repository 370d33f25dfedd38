"""One child process: it dies with us, and its pid file counts only with its command line."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hub.supervisor.files import read_json, write_private
from hub.supervisor.owner import Owner
from hub.supervisor.waiting import until

PR_SET_PDEATHSIG = 1
LOG_LIMIT_BYTES = 20_000_000
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Program:
    """What to run: `env` None inherits ours; `stop_signal` is sent at a clean stop and when we die."""

    name: str
    command: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] | None = None
    owner: Owner | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0


class Child:
    """A running or stopped `Program`, with a pid file in `pids` and its output in a file in `logs`."""

    def __init__(self, program: Program, *, pids: Path, logs: Path) -> None:
        """Prepare the child; nothing runs yet."""
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.pid_file = pids / f"{program.name}.json"
        self.log_file = logs / f"{program.name}.log"

    def start(self) -> None:
        """Run the program; a former one of this name that outlived its supervisor is ended first."""
        end_orphan(
            self.pid_file, stop_signal=self.program.stop_signal, grace_seconds=self.program.grace_seconds
        )
        with _open_log(self.log_file) as log:
            self.process = self._spawn(log)
        write_private(self.pid_file, {"pid": self.process.pid, "command": self.program.command})

    def is_running(self) -> bool:
        """Return whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask the process to end, kill it with its group after the grace time, remove the pid file."""
        if self.process is not None:
            end_group(
                self.process.pid,
                self.program.stop_signal,
                grace_seconds=self.program.grace_seconds,
                gone=lambda: not self.is_running(),
            )
            self.process.wait()
        self.process = None
        self.pid_file.unlink(missing_ok=True)

    def last_words(self, count: int = 15) -> str:
        """Return the last `count` lines of the log, for an error message."""
        try:
            return "\n".join(
                self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
            )
        except OSError:
            return ""

    def _spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        program, owner, parent = self.program, self.program.owner, os.getpid()

        def die_with_parent() -> None:
            _libc.prctl(PR_SET_PDEATHSIG, int(program.stop_signal))
            if os.getppid() != parent:
                os._exit(1)

        return subprocess.Popen(
            program.command,
            cwd=program.cwd,
            env=program.env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - only here, after setuid; the supervisor has no threads
        )


def end_orphan(pid_file: Path, *, stop_signal: signal.Signals, grace_seconds: float) -> None:
    """End the process named in `pid_file` when its command line says that it is ours; forget the file."""
    pid = living_pid(pid_file)
    if pid is not None:
        end_group(pid, stop_signal, grace_seconds=grace_seconds, gone=lambda: living_pid(pid_file) is None)
    pid_file.unlink(missing_ok=True)


def living_pid(pid_file: Path) -> int | None:
    """Return the pid in `pid_file` while that process still runs the command written beside it."""
    known = read_json(pid_file)
    if not isinstance(known, dict) or not isinstance(known.get("pid"), int):
        return None
    return known["pid"] if runs(known["pid"], known.get("command", [])) else None


def runs(pid: int, command: list[str]) -> bool:
    """Return whether process `pid` runs `command`; a script shows its interpreter before its arguments."""
    try:
        shown = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return False
    wanted = [str(part) for part in command]
    return bool(shown) and (shown == wanted or shown[-len(wanted) + 1 :] == wanted[1:] != [])


def own_command() -> list[str]:
    """Return the command line of this process as others see it."""
    return Path("/proc/self/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]


def end_group(
    pid: int, stop_signal: signal.Signals, *, grace_seconds: float, gone: Callable[[], bool]
) -> None:
    """Send the stop signal and wait until `gone`; after the grace time kill the whole process group."""
    with suppress(ProcessLookupError):
        os.kill(pid, stop_signal)
    if not until(gone, seconds=grace_seconds):
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        until(gone, seconds=5)


def _open_log(path: Path) -> IO[bytes]:
    """Open a log for appending, mode 0600; beyond 20 MB the former one is kept once as `.1`."""
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
