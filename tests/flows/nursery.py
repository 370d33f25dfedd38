"""Worker processes of the fault tests, forked from one that has everything imported: starting Python anew costs most."""

import os
import runpy
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from tests.conftest import ROOT

Order = dict[str, Any]
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.flows.nursery_stock"])


class Worker:
    """A process that may be killed at any moment."""

    def __init__(self, process: BaseProcess, line: Connection) -> None:
        assert process.pid
        self.pid = process.pid
        self._process = process
        self._line = line

    def poll(self) -> int | None:
        """Its exit code (that of a signal is negative), None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int | None:
        """Its exit code, None when it does not end within so many seconds."""
        self._process.join(timeout)
        return self._process.exitcode

    def kill(self) -> None:
        """As `kill -9`; waits until it is gone."""
        self._process.kill()
        self._process.join()

    def tell(self, word: str) -> None:
        self._line.send(word)

    def hear(self) -> str:
        """The next word that it says."""
        return str(self._line.recv())


def start(work: Callable[[Order, Connection], None], order: Order) -> Worker:
    """Do `work` in a process of its own; the connection is its line to the test."""
    ours, theirs = _FORKS.Pipe()
    process = _FORKS.Process(target=work, args=(order, theirs), daemon=True)
    process.start()
    theirs.close()
    return Worker(process, ours)


def start_program(name: str, environ: dict[str, str]) -> Worker:
    """`python name` in this environment, as the supervisor starts a program of the checkout."""
    return start(_run_program, {"name": name, "environ": environ})


def _run_program(order: Order, _line: Connection) -> None:
    os.environ.clear()
    os.environ.update(order["environ"])
    sys.argv = [order["name"]]
    runpy.run_path(str(ROOT / order["name"]), run_name="__main__")
