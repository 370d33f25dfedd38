"""Benchmark: personalised mails a second through the outbox, against a bare smtplib loop with the same messages.

`.venv/bin/python -m tests.bench.sending [count]` prints one JSON line. Both use one connection to the same server,
aiosmtpd in a process of its own. Bar: 0.70.
"""

import json
import multiprocessing
import platform
import smtplib
import sys
import tempfile
import time
from datetime import timedelta
from multiprocessing.connection import Connection

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import func, insert, select
from sqlalchemy.engine import make_url

from config import Config, load
from hub.app import create_app
from hub.channels.email import SmtpSettings
from hub.channels.mime import build_mime
from hub.channels.registry import ChannelSettings
from hub.content.actions import publish_builtin_templates
from hub.content.catalog import get_builtin
from hub.core import clock
from hub.core.db import db, transaction
from hub.core.words import Language, Purpose
from hub.customers.models import Address, Customer
from hub.customers.words import AddressKind, Title
from hub.outbox import actions as outbox
from hub.outbox import wires
from hub.outbox.actions import Draft
from hub.outbox.calling import Unfit, write_envelope
from hub.outbox.leases import BATCH
from hub.outbox.letter import COLUMNS, load_letters
from hub.outbox.models import OutboundMessage
from hub.outbox.sending import work_outbox
from hub.outbox.words import MessageState, SendQueue
from tests.conftest import ROOT, TUESDAY, _make_database
from tests.makers.sink import free_port
from tests.makers.stores import make_chain, make_store

COUNT = 2000
Ready = tuple[str, str, bytes]


class _Taker:
    """Takes everything and keeps nothing."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        return "250 taken"


def _run_sink(ready: Connection) -> None:
    controller = Controller(_Taker(), hostname="127.0.0.1", port=free_port())
    controller.start()
    ready.send(controller.port)
    time.sleep(3600)


def _config() -> Config:
    from hub.supervisor.shared import shared_plant

    plant = shared_plant(ROOT / "var" / "test")
    url = make_url(plant.database_url)
    name = f"test_{multiprocessing.current_process().pid}"
    _make_database(url.render_as_string(hide_password=False), name)
    return load(
        {
            "DATABASE_URL": url.set(database=name).render_as_string(hide_password=False),
            "SECRET_KEY": "only for the benchmark",
            "COMPTOIR_VAR": tempfile.mkdtemp(),
            "BASE_URL": "https://relation.verel.example",
            "LOG_LEVEL": "CRITICAL",
        }
    )


def _fill(count: int) -> None:
    """A chain, a store, `count` customers and a survey mail due for each."""
    with transaction() as session:
        publish_builtin_templates(now=TUESDAY)
        make_chain(session)
        store_id = make_store(session).id
        row = {"title": Title.MADAM, "last_name": "Martin", "sort_key": "martin", "language": Language.FRENCH}
        times = {"created_at": TUESDAY, "updated_at": TUESDAY}
        ids = session.scalars(
            insert(Customer).returning(Customer.id),
            [{**row, **times, "first_name": f"Anne{n}", "postcode": "69003"} for n in range(count)],
        ).all()
        session.execute(
            insert(Address),
            [
                {
                    "customer_id": each,
                    "kind": AddressKind.MAIL,
                    "value": f"c{each}@client.example",
                    "created_at": TUESDAY,
                }
                for each in ids
            ],
        )
        values = get_builtin("survey", "fr").examples()
        for name in ("salutation", "preferences_url", "unsubscribe_url"):
            values.pop(name)
        drafts = [
            Draft(
                key=f"survey:{each}",
                template_key="survey",
                values={**values, "order_number": f"CMD-{each}"},
                purpose=Purpose.SURVEY,
                customer_id=each,
                store_id=store_id,
                due_at=TUESDAY,
                expires_at=TUESDAY + timedelta(days=5),
                stop_if={"purchase_since": TUESDAY.isoformat()},
            )
            for each in ids
        ]
        began = time.perf_counter()
        outbox.post_many(drafts, now=TUESDAY)
        print(f"posted {count / (time.perf_counter() - began):.0f}/s", file=sys.stderr)


def _prepare() -> list[Ready]:
    """Sender, receiver and bytes of every message, as bare smtplib gets them for nothing."""
    ready = []
    for letter in load_letters(select(*COLUMNS).order_by(OutboundMessage.id)):
        envelope = write_envelope(letter, now=TUESDAY)
        assert not isinstance(envelope, Unfit)
        ready.append((envelope.return_path or "", envelope.recipient, build_mime(envelope)))
    db.session.remove()
    return ready


def _race(port: int, count: int) -> tuple[float, float]:
    """Seconds of ours and of bare smtplib for the same messages, batch by batch in turns: noise hits both."""
    wires.use_transports(ChannelSettings(smtp=SmtpSettings("127.0.0.1", port, local_hostname="localhost")))
    ready, ours, bare = _prepare(), 0.0, 0.0
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as smtp:
        for start in range(0, count, BATCH):
            began = time.perf_counter()
            work_outbox(SendQueue.DEFAULT, lambda: None)
            ours += time.perf_counter() - began
            began = time.perf_counter()
            for sender, recipient, message in ready[start : start + BATCH]:
                smtp.sendmail(sender, [recipient], message)
            bare += time.perf_counter() - began
    sent = select(func.count()).where(OutboundMessage.state == MessageState.ACCEPTED)
    assert db.session.scalar(sent) == count
    return ours, bare


def main(count: int) -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    sink = multiprocessing.Process(target=_run_sink, args=(sender,), daemon=True)
    sink.start()
    port = receiver.recv()
    app = create_app(_config())
    clock.use(movable=False, fixed=lambda: TUESDAY)  # production's clock is not read from the database either
    with app.app_context():
        _fill(count)
        ours, bare = _race(port, count)
        db.session.remove()
        db.engine.dispose()
    sink.terminate()
    line = {
        "name": "outbox.send",
        "value": round(count / ours),
        "unit": "mails/s",
        "baseline": "bare smtplib, one connection, ready messages",
        "baseline_value": round(count / bare),
        "ratio": round(bare / ours, 2),
        "machine": f"{multiprocessing.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
