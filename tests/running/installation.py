"""One installation in its own processes, as `make demo` starts them, on a database of its own; ended in any case."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy import create_engine, text

from config import inherited
from hub.core.bell import connect_redis
from hub.supervisor.children import Program
from hub.supervisor.crews import machines, sink, web
from hub.supervisor.ports import LOOPBACK, choose_port
from hub.supervisor.processes import Crew, wait_ready
from tests.doubles.twilio import ACCOUNT, TOKEN

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90.0


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where it answers and who may enter; the mail addresses of `logins` by what the person is."""

    base_url: str
    smtp_port: int
    api_key: str = ""
    figures_key: str = ""
    password: str = ""
    logins: dict[str, str] = field(default_factory=dict)
    environ: dict[str, str]

    @property
    def redis(self) -> Redis:
        """The Redis number of this installation and of nobody else."""
        return connect_redis(self.environ["REDIS_URL"])

    def forget_who_was_there(self) -> None:
        """What time would do: nobody of the staff has a page open, whoever had one in the tests before."""
        engine = create_engine(self.environ["DATABASE_URL"])
        with engine.begin() as connection:
            connection.execute(text("UPDATE attendances SET seen_at = seen_at - interval '1 hour'"))
        engine.dispose()

    def run(self, module: str) -> dict[str, Any]:
        """What a program of the tests writes into this installation, and prints."""
        return _tell(self.environ, "-m", module)


@contextmanager
def open_installation(
    *, database_url: str, redis_url: str, var: Path, is_filled: bool = True
) -> Iterator[Installation]:
    """Fill the (migrated) database with the small chain, start every process, end them when the block ends.

    Not filled, only the web is started: that is what a fresh installation shows before its set-up.
    """
    environ, ports = _environment(database_url, redis_url, var)
    told = _tell(environ, "-m", "tests.running.small_chain") if is_filled else {}
    page = web(environ, host=LOOPBACK, port=ports["web"])
    programs = [sink(environ), *_few(machines(environ)), page] if is_filled else [page]
    crew = Crew(programs, pids=_folder(var, "pids"), logs=_folder(var, "log"))
    try:
        crew.start()
        wait_ready(f"{environ['BASE_URL']}/ready", seconds=READY_SECONDS, fallen=crew.fallen)
        yield Installation(base_url=environ["BASE_URL"], smtp_port=ports["mailbox"], environ=environ, **told)
    finally:
        crew.stop()


def _environment(database_url: str, redis_url: str, var: Path) -> tuple[dict[str, str], dict[str, int]]:
    file = var / "ports.json"
    ports = {name: choose_port(file, name) for name in ("web", "mailbox", "sink", "events")}
    settings = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": "only for tests from outside",
        "COMPTOIR_VAR": str(var),
        "COMPTOIR_DEMO": "1",
        "BASE_URL": f"http://{LOOPBACK}:{ports['web']}",
        "EVENTS_PORT": str(ports["events"]),
        "EVENTS_URL": f"http://{LOOPBACK}:{ports['events']}",
        "MAILBOX_PORT": str(ports["mailbox"]),
        "SINK_PORT": str(ports["sink"]),
        "SMTP_HOST": LOOPBACK,
        "SMTP_PORT": str(ports["sink"]),
        "SMTP_SECURITY": "none",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": f"http://{LOOPBACK}:9",
        "LOG_LEVEL": "WARNING",
    }
    return inherited(settings), ports


def _few(programs: list[Program]) -> list[Program]:
    """One worker is enough for a chain of two stores."""
    return [program for program in programs if program.name != "worker-2"]


def _tell(environ: dict[str, str], *arguments: str) -> dict[str, Any]:
    """What a Python command prints as JSON. RuntimeError with its complaint when it fails."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def setup_code(installation: Installation) -> str:
    """The code that the server prints on an empty base."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "setup-code"],
        cwd=ROOT, env=installation.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1]


def _folder(var: Path, name: str) -> Path:
    (var / name).mkdir(parents=True, exist_ok=True)
    return var / name


def redis_number(redis_url: str, place: int) -> str:
    """The address of a Redis number that no other process of this test run uses."""
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    return f"{redis_url.rpartition('/')[0]}/{1 + (4 * run + place) % 15}"
