"""A small crew of our own processes: started in order, again after a fall, stopped in reverse order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

from hub.supervisor.children import Child, Program

LOOK_SECONDS = 0.25
FIRST_PAUSE_LOOKS, LONGEST_PAUSE_LOOKS = 2, 120  # half a second, doubled at each fall up to 30 seconds
STEADY_LOOKS = 240  # after a minute without a fall the pause is short again


@dataclass
class Post:
    """One place in the crew; counts are in looks of `LOOK_SECONDS`."""

    child: Child
    pause_looks: int = FIRST_PAUSE_LOOKS
    waited_looks: int = 0
    steady_looks: int = 0

    def look(self) -> bool:
        """Start the child again when it fell and its pause is over; return whether it was started."""
        if self.child.is_running():
            self._count_steady()
            return False
        self.steady_looks = 0
        self.waited_looks += 1
        if self.waited_looks < self.pause_looks:
            return False
        self.waited_looks = 0
        self.pause_looks = min(self.pause_looks * 2, LONGEST_PAUSE_LOOKS)
        self.child.start()
        return True

    def _count_steady(self) -> None:
        self.steady_looks += 1
        if self.steady_looks >= STEADY_LOOKS:
            self.pause_looks = FIRST_PAUSE_LOOKS


class Crew:
    """Several programs kept running; their pid files and logs lie in `pids` and `logs`."""

    def __init__(self, programs: Sequence[Program], *, pids: Path, logs: Path) -> None:
        self.posts = [Post(Child(program, pids=pids, logs=logs)) for program in programs]

    def start(self) -> None:
        """Start every program, in order."""
        for post in self.posts:
            post.child.start()

    def tend(self) -> list[str]:
        """Look once (call this every `LOOK_SECONDS`); return the names of those started again."""
        return [post.child.program.name for post in self.posts if post.look()]

    def stop(self) -> None:
        """Stop every program, the last one first; each gets its grace time, then it is killed."""
        for post in reversed(self.posts):
            post.child.stop()

    def fallen(self) -> str | None:
        """Return what the first program that is not running said last, or None when all are up."""
        for post in self.posts:
            if not post.child.is_running():
                return f"{post.child.program.name} ended:\n{post.child.last_words()}"
        return None


def answer_of(url: str) -> int | None:
    """Return the status that a GET of a loopback `url` gives, or None when nobody answers."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def wait_ready(url: str, *, seconds: float, fallen: Callable[[], str | None]) -> None:
    """Look at `url` four times a second until it answers 200.

    RuntimeError says why it does not within `seconds`, or what ended meanwhile.
    """
    status = None
    for _ in range(max(1, round(seconds / LOOK_SECONDS))):
        status = answer_of(url)
        reason = fallen()
        if reason is not None:
            raise RuntimeError(reason)
        if status == HTTPStatus.OK:
            return
        sleep(LOOK_SECONDS)
    said = f"answered {status}" if status else "did not answer"
    raise RuntimeError(f"{url} {said} for {seconds:.0f} seconds: read the logs.")
