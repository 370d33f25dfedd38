"""One running installation: its servers, the steps before opening, its crew, up until a signal comes."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import sleep

from hub.supervisor.children import Program
from hub.supervisor.embedded import Addresses, Plant, explain_place, prepare_var
from hub.supervisor.processes import LOOK_SECONDS, Crew, wait_ready

CHECKOUT = Path(__file__).resolve().parents[2]
COMMANDS = ("-m", "hub.supervisor.commands")
FLASK = ("-m", "flask", "--app", "hub.app:create_app")
FIRST_PAGE_SECONDS = 120.0
LONE_THREADS = {"OPENBLAS_NUM_THREADS": "1"}
"""A search multiplies small matrices: several processes with several threads each wait for one another (52 ms against 18)."""


def say(*lines: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


class Station:
    """Servers and processes with their files in `var`; `environ` is what the child processes get."""

    def __init__(self, var: Path, environ: Mapping[str, str]) -> None:
        self.var = prepare_var(var)
        self.environ = {**LONE_THREADS, **environ}
        self.plant = Plant()
        self.crew = Crew([], pids=self.var / "pids", logs=self.var / "log")

    def open_servers(self, *, fresh: bool = False) -> None:
        """Use the servers named in the environment, or start the embedded ones and tell the children.

        RuntimeError when only one of the two is named, or when data on a named server would be removed.
        """
        named = [self.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL")]
        if all(named):
            if fresh:
                raise RuntimeError(
                    "RESET is for the embedded servers: empty the database in DATABASE_URL yourself."
                )
            return
        if any(named):
            raise RuntimeError("Set both DATABASE_URL and REDIS_URL, or none for the embedded servers.")
        place = explain_place(self.var)
        say("Starting PostgreSQL and Redis.", *([place] if place else []))
        self._hand_on(self.plant.start(self.var, fresh=fresh))

    def _hand_on(self, addresses: Addresses) -> None:
        self.environ |= {"DATABASE_URL": addresses.database_url, "REDIS_URL": addresses.redis_url}

    def step(self, title: str, *arguments: str) -> str:
        """Say `title`, run Python with `arguments`, return what it printed; RuntimeError says what failed."""
        say(title)
        with (self.var / "log" / "steps.log").open("a+", encoding="utf-8") as log:
            start = log.seek(0, 2)
            done = subprocess.run(
                [sys.executable, *arguments],
                cwd=CHECKOUT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                check=False,
            )
            log.seek(start)
            if done.returncode != 0:
                raise RuntimeError(
                    f"This step failed ({done.returncode}): {title}\n{log.read()[-4000:]}{done.stdout}"
                )
        return done.stdout

    def open(self, programs: Sequence[Program], *, ready_url: str) -> None:
        """Start the crew and wait until `ready_url` answers."""
        self.crew = Crew(programs, pids=self.var / "pids", logs=self.var / "log")
        self.crew.start()
        wait_ready(ready_url, seconds=FIRST_PAGE_SECONDS, fallen=self.crew.fallen)

    def keep(self, *, ended: Callable[[], bool] = lambda: False) -> None:
        """Tend servers and crew until a signal raises KeyboardInterrupt or `ended` holds."""
        while not ended():
            for name in [*self.plant.tend(), *self.crew.tend()]:
                say(f"{name} had ended and was started again: see {self.var / 'log' / name}.log")
            sleep(LOOK_SECONDS)

    def close(self) -> None:
        """Stop the crew, then the servers."""
        self.crew.stop()
        self.plant.stop()
