"""Benchmark: personalised mails a second through the outbox, against a bare smtplib loop with the same messages.

`.venv/bin/python -m tests.bench.sending [count]` prints one JSON line. Both use one connection to the same sink, a small
SMTP server in a process of its own. Bar: 0.70.
"""

import asyncio
import json
import multiprocessing
import platform
import smtplib
import sys
import tempfile
import time
from datetime import timedelta
from multiprocessing.connection import Connection

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
from hub.outbox.letter import COLUMNS, load_letters
from hub.outbox.models import OutboundMessage
from hub.outbox.sending import work_outbox
from hub.outbox.words import MessageState, SendQueue
from tests.conftest import ROOT, TUESDAY, _make_database
from tests.makers.stores import make_chain, make_store

COUNT = 2000


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The least a client needs; it announces PIPELINING like every usual server; smtplib does not use it."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 taken\r\n")
        elif verb == b"EHLO":
            writer.write(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        elif verb == b"QUIT":
            writer.write(b"221 bye\r\n")
            break
        else:
            writer.write(b"250 ok\r\n")
    writer.close()


def _run_sink(ready: Connection) -> None:
    async def main() -> None:
        server = await asyncio.start_server(_serve, "127.0.0.1", 0, limit=2**24)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


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
            "COMPTOIR_DEMO": "1",
        }
    )


def _fill(count: int) -> None:
    """A chain, a store, `count` customers and a survey mail due for each."""
    with transaction() as session:
        clock.set_business_now(TUESDAY)
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


def _bare(port: int) -> float:
    """Messages a second of smtplib with ready bytes on one connection."""
    letters = load_letters(select(*COLUMNS))
    ready = []
    for letter in letters:
        envelope = write_envelope(letter, now=TUESDAY)
        assert not isinstance(envelope, Unfit)
        ready.append((envelope.return_path or "", envelope.recipient, build_mime(envelope)))
    db.session.remove()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as smtp:
        began = time.perf_counter()
        for sender, recipient, message in ready:
            smtp.sendmail(sender, [recipient], message)
        return len(ready) / (time.perf_counter() - began)


def _ours(port: int, count: int) -> float:
    smtp = SmtpSettings(host="127.0.0.1", port=port, local_hostname="localhost")
    wires.use_transports(ChannelSettings(smtp=smtp))
    began = time.perf_counter()
    while work_outbox(SendQueue.DEFAULT, lambda: None):
        pass
    rate = count / (time.perf_counter() - began)
    sent = select(func.count()).where(OutboundMessage.state == MessageState.ACCEPTED)
    assert db.session.scalar(sent) == count
    return rate


def main(count: int) -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    sink = multiprocessing.Process(target=_run_sink, args=(sender,), daemon=True)
    sink.start()
    port = receiver.recv()
    app = create_app(_config())
    with app.app_context():
        _fill(count)
        bare = _bare(port)
        ours = _ours(port, count)
        db.session.remove()
        db.engine.dispose()
    sink.terminate()
    line = {
        "name": "outbox.send",
        "value": round(ours),
        "unit": "mails/s",
        "baseline": "bare smtplib, one connection, ready messages",
        "baseline_value": round(bare),
        "ratio": round(ours / bare, 2),
        "machine": f"{multiprocessing.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
