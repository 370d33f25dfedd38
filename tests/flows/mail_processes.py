"""Processes of the door in for the fault tests, forked from one that has everything imported, so that a kill is cheap.

Each word `listener`, `poller`, `sorter` or `mended` on its line starts one and is answered by its process id. A `sorter`
dies of a mail with "POISON" in its subject, a `mended` one does not.
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from flask import Flask

from config import Config, load
from hub import jobs
from hub.app import create_app
from hub.core.db import db
from hub.mailroom import listener, polling, sorting


def listen(app: Flask, config: Config) -> None:
    with listener.open_listener(app, config):
        signal.pause()


def poll(app: Flask, _config: Config) -> None:
    """As the drain of the job does, without the wait for its bell."""
    _work(app, lambda: bool(polling.work_mailboxes(lambda: None)))


def sort(app: Flask, _config: Config) -> None:
    real = sorting.read_mail

    def die_of_poison(arrival: Any) -> Any:
        found = real(arrival)
        if "POISON" in found.subject:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    sorting.read_mail = die_of_poison
    sort_mended(app, _config)


def sort_mended(app: Flask, _config: Config) -> None:
    _work(app, lambda: bool(jobs.JOBS["arrivals"].work(lambda: None)))


def _work(app: Flask, work: Callable[[], bool]) -> None:
    with app.app_context():
        while True:
            is_done = not work()
            db.session.remove()
            if is_done:
                time.sleep(0.05)


ROLES: dict[str, Callable[[Flask, Config], None]] = {
    "listener": listen,
    "poller": poll,
    "sorter": sort,
    "mended": sort_mended,
}


def main(order: dict[str, Any], line: Connection) -> None:
    """Fork until the line is cut."""
    config = replace(load(order["config"]), mailbox_port=order["port"])
    app = create_app(config)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever is killed leaves nothing behind
    while True:
        role = line.recv()
        child = os.fork()
        if not child:
            ROLES[role](app, config)
            os._exit(0)
        line.send(child)
