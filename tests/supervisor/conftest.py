"""What the tests of the power plant share: a plant in a folder of its own, and a look into its database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hub.supervisor.children import living_pid
from hub.supervisor.embedded import erase, running_addresses
from hub.supervisor.waiting import until

CHECKOUT = Path(__file__).resolve().parents[2]


def ask(database_url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement in a connection of its own."""
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def kill_server(var: Path, name: str) -> None:
    """Kill -9 one server and wait until it is gone."""
    pid = living_pid(var / "pids" / f"{name}.json")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: living_pid(var / "pids" / f"{name}.json") is None, seconds=5)


class Apart:
    """The plant as a process of its own, as `make run` has it."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "hub.supervisor", "plant", "--fast", "--var", str(self.var)]
        self.process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        assert until(
            lambda: running_addresses(self.var) is not None or self.process.poll() is not None, seconds=30
        )
        return self.process

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    """A folder for a plant; data that had to lie outside it is removed afterwards."""
    folder = tmp_path / "var"
    yield folder
    erase(folder)
