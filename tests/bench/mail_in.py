"""Benchmark: inbound mails a second, from raw SMTP to routed, acknowledged tickets, with two workers.

`.venv/bin/python -m tests.bench.mail_in [count]` prints JSON lines. The listener, the workers and the senders are
processes of their own on one machine; enough mails that the first batches, which compile, do not decide. Bar: 200 a
second (best peer, FreeScout: 58).
"""

import multiprocessing
import os
import smtplib
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from config import Config, load
from hub.app import create_app
from hub.content.actions import publish_builtin_templates
from hub.core import clock
from hub.core.db import db, transaction
from hub.inbox.models import Ticket
from hub.jobs import drain
from hub.mailroom.actions import store_arrival
from hub.mailroom.listener import open_listener
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalState, ArrivalWay
from tests.bench.telling import tell
from tests.conftest import ROOT, TUESDAY, _make_database
from tests.makers.stores import make_chain, make_store

COUNT = 4000
WORKERS = 2
SENDERS = 4
BODY = "Bonjour,\r\nma commande de lampe n'est pas arrivée au magasin, que dois-je faire ?\r\n" * 10


def make_mail(number: int) -> bytes:
    """About 1 kB of plain text, each from another customer."""
    return (
        f"From: Dora Martin {number} <dora{number}@client.example>\r\nTo: <lyon-part-dieu@hub.example>\r\n"
        f"Subject: Ma lampe {number}\r\nMessage-ID: <{number}.{os.getpid()}@client.example>\r\n"
        "Date: Tue, 03 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{BODY}"
    ).encode()


def _config(suffix: str = "") -> Config:
    from hub.supervisor.shared import shared_plant

    plant = shared_plant(ROOT / "var" / "test")
    url = make_url(plant.database_url)
    name = f"test_{os.getpid()}{suffix}"
    _make_database(url.render_as_string(hide_password=False), name)
    return load(
        {
            "DATABASE_URL": url.set(database=name).render_as_string(hide_password=False),
            "SECRET_KEY": "only for the benchmark",
            "COMPTOIR_VAR": tempfile.mkdtemp(),
            "LOG_LEVEL": "CRITICAL",
            "COMPTOIR_DEMO": "1",
            "MAILBOX_PORT": "0",
        }
    )


def _run_worker(config: Config, ready: Connection, go: Event, stop: Event) -> None:
    app = create_app(config)
    with app.app_context():
        ready.send(0)
        go.wait()
        while not stop.is_set():
            drain("arrivals")
            time.sleep(0.01)


def _run_listener(config: Config, ready: Connection, stop: Event) -> None:
    app = create_app(config)
    with open_listener(app, config) as door:
        ready.send(door.port)
        stop.wait()


def _run_sender(port: int, numbers: range, ready: Connection, go: Event) -> None:
    mails = [(number, make_mail(number)) for number in numbers]
    with smtplib.SMTP("127.0.0.1", port, local_hostname="bench") as client:
        ready.send(0)
        go.wait()
        for number, raw in mails:
            client.sendmail(f"dora{number}@client.example", ["lyon-part-dieu@hub.example"], raw)


def _sorted_count() -> int:
    db.session.rollback()
    found = select(func.count()).select_from(Arrival).where(Arrival.state == ArrivalState.SORTED)
    return db.session.scalar(found) or 0


def _wait_for(count: int) -> float:
    while _sorted_count() < count:
        time.sleep(0.02)
    return time.perf_counter()


def _store(numbers: range) -> None:
    with transaction():
        for number in numbers:
            store_arrival(
                make_mail(number),
                way=ArrivalWay.LISTENER,
                mailbox="lyon-part-dieu@hub.example",
                mail_from=f"dora{number}@client.example",
                recipients=["lyon-part-dieu@hub.example"],
                now=TUESDAY,
                machine_now=clock.machine_now(),
            )


def run(count: int = COUNT) -> dict[str, float]:
    """Mails a second: `sorted` from the table alone, `smtp_to_ticket` with the listener on the same cores."""
    config = _config()
    app = create_app(config)
    spawn = multiprocessing.get_context("spawn")
    go, stop, away = spawn.Event(), spawn.Event(), spawn.Event()
    share = count // SENDERS
    here, there = spawn.Pipe()
    children = [spawn.Process(target=_run_worker, args=(config, there, go, stop)) for _ in range(WORKERS)]
    children.append(spawn.Process(target=_run_listener, args=(config, there, stop)))
    with app.app_context():
        with transaction() as session:
            make_chain(session)
            make_store(session)
            publish_builtin_templates(now=TUESDAY)
        _store(range(count))
        for child in children:
            child.start()
        port = max(here.recv() for _ in children)
        start = time.perf_counter()
        go.set()
        table = count / (_wait_for(count) - start)
        senders = [
            spawn.Process(
                target=_run_sender,
                args=(port, range(count * (1 + place), count * (1 + place) + share), there, away),
            )
            for place in range(SENDERS)
        ]
        for sender in senders:
            sender.start()
        for _ in senders:
            here.recv()
        start = time.perf_counter()
        away.set()
        wire = share * SENDERS / (_wait_for(count + share * SENDERS) - start)
        tickets = db.session.scalar(select(func.count()).select_from(Ticket)) or 0
        stop.set()
        for child in [*children, *senders]:
            child.join(10)
        db.session.remove()
        db.engine.dispose()
    return {"sorted_per_second": table, "smtp_to_ticket_per_second": wire, "tickets": float(tickets)}


if __name__ == "__main__":
    figures = run(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
    for name, unit in (("sorted_per_second", "mails/s"), ("smtp_to_ticket_per_second", "mails/s")):
        tell(
            f"mail_in.{name}",
            round(figures[name], 1),
            unit,
            baseline="FreeScout, 2 processes",
            baseline_value=58,
            ratio=round(figures[name] / 58, 2),
        )
