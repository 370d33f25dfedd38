"""A worker process of its own for the fault tests: sorts arrivals and, when told so, stands still inside a transaction.

It says `ready`, then `stalled` once it stands still, and ends when `count` arrivals are sorted.
"""

import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import func, select

from config import load
from hub import jobs
from hub.app import create_app
from hub.core.db import db
from hub.mailroom import sorting
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalState


def stall_after(work: Callable[..., None], stall_at: int, line: Connection) -> Callable[..., None]:
    """The work, and a stand-still after its nth time: what it did is not committed yet."""
    calls: list[Any] = []

    def wrapped(*args: Any, **kwargs: Any) -> None:
        work(*args, **kwargs)
        calls.append(args)
        if len(calls) == stall_at:
            line.send("stalled")
            time.sleep(600)

    return wrapped


def count_sorted() -> int:
    found = select(func.count()).where(Arrival.state == ArrivalState.SORTED)
    count = db.session.scalar(found) or 0
    db.session.remove()
    return count


def main(order: dict[str, Any], line: Connection) -> None:
    app = create_app(load(order["config"]))
    if order.get("stall_at"):
        sorting.settle = stall_after(sorting.settle, order["stall_at"], line)
    with app.app_context():
        line.send("ready")
        while count_sorted() < order["count"]:
            if "arrivals" in jobs.sweep():
                jobs.drain("arrivals")
            else:
                time.sleep(0.05)
