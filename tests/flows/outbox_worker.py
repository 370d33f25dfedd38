"""A worker process of its own for the fault tests: sends what is due and, when told so, dies by kill -9 at a boundary."""

import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from config import load
from hub.app import create_app
from hub.channels.email import SmtpSettings
from hub.channels.registry import ChannelSettings
from hub.core.db import db
from hub.outbox import leases, outcomes, sending, wires
from hub.outbox.words import SendQueue


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(work: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> None:
        work(*args, **kwargs)
        die()

    return wrapped


def die_at_second(work: Callable[..., Any]) -> Callable[..., Any]:
    calls: list[Any] = []

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        calls.append(work(*args, **kwargs))
        if len(calls) == 2:  # the first that writes a group down
            die()
        return calls[-1]

    return wrapped


def die_within(work: Callable[..., Any]) -> Callable[..., Any]:
    """After the first message of the group was accepted by the server."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        for outcome in work(*args, **kwargs):
            yield outcome
            die()

    return wrapped


def arm(boundary: str) -> None:
    """Replace one function of the sending by one that ends this process."""
    if boundary == "claiming":  # inside the claim's transaction
        leases._take = die_after(leases._take)
    elif boundary == "claimed":  # right after its commit
        leases.claim = die_after(leases.claim)
    elif boundary == "marking":  # inside the transaction that marks the group
        sending._mark = die_after(sending._mark)
    elif boundary == "marked":  # the group is marked, the provider not called yet
        sending.call_provider = die
    elif boundary == "calling":  # one message of the group is accepted, the next is due
        sending.call_provider = die_within(sending.call_provider)
    elif boundary == "accepted":  # all accepted, nothing written down
        outcomes.write = die
    elif boundary == "recording":  # written down, not committed
        outcomes.write = die_after(outcomes.write)
    elif boundary == "turned":  # right after the commit that writes down one group and marks the next
        sending._turn = die_at_second(sending._turn)
    elif boundary == "recorded":  # right after the commit of the last group
        sending._send_batch = die_after(sending._send_batch)


def main(order: dict[str, Any], _line: Connection) -> None:
    """Work by `config`, against the server at `sink_port`, up to `boundary`."""
    app = create_app(load(order["config"]))
    wires.use_transports(
        ChannelSettings(
            smtp=SmtpSettings(
                host="127.0.0.1", port=order["sink_port"], timeout_seconds=20, local_hostname="localhost"
            )
        )
    )
    arm(order.get("boundary", ""))
    leases.BATCH = int(order.get("batch", leases.BATCH))
    with app.app_context():
        quiet = 0
        while quiet < order.get("patience", 3):
            handled = sum(sending.work_outbox(queue, lambda: None) for queue in SendQueue)
            db.session.remove()
            quiet = 0 if handled else quiet + 1
            time.sleep(0 if handled else 0.05)
