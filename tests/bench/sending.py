"""Benchmark: personalised mails a second through the outbox, against a bare smtplib loop with the same messages.

`.venv/bin/python -m tests.bench.sending [count]` prints JSON lines. Both use one connection to the same server,
aiosmtpd in a process of its own: one that takes commands together as the mail servers of providers do (PIPELINING,
RFC 2920; smtplib asks one by one all the same), and one that does not. Bar: 0.70. The peak memory is that of a worker
of its own that sends 20,000 (`… memory [count]` for this alone); the time of the processor is what the machine's other
work cannot blur.
"""

import json
import multiprocessing
import platform
import resource
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import func, insert, select, text
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

COUNT = 4000
MEMORY_COUNT = 20_000
MEMORY_STEP = 2000
Ready = tuple[str, str, bytes]


class _Taker:
    """Takes everything and keeps nothing."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        return "250 taken"


class _Pipelining(_Taker):
    """Says that it takes commands together, as Postfix, Exim and the big providers do."""

    async def handle_EHLO(  # noqa: N802 - its name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]


def _run_sink(ready: Connection, taker: _Taker) -> None:
    controller = Controller(taker, hostname="127.0.0.1", port=free_port())
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


@dataclass
class _Race:
    """Seconds of ours and of bare smtplib, by the clock and of the processor; `ratios` batch by batch."""

    ours: float = 0.0
    bare: float = 0.0
    ours_busy: float = 0.0
    bare_busy: float = 0.0
    ratios: list[float] = field(default_factory=list)


def _race(port: int, ready: Sequence[Ready]) -> _Race:
    """The next messages due, batch by batch in turns: noise hits both."""
    wires.use_transports(ChannelSettings(smtp=SmtpSettings("127.0.0.1", port, local_hostname="localhost")))
    race = _Race()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as smtp:
        for start in range(0, len(ready), BATCH):
            ours, ours_busy = _timed(lambda: work_outbox(SendQueue.DEFAULT, lambda: None))
            batch = ready[start : start + BATCH]
            bare, bare_busy = _timed(
                lambda batch=batch: [smtp.sendmail(a, [b], mail) for a, b, mail in batch]
            )
            race.ours, race.bare = race.ours + ours, race.bare + bare
            race.ours_busy, race.bare_busy = race.ours_busy + ours_busy, race.bare_busy + bare_busy
            race.ratios.append(bare / ours)
    return race


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    began, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - busy


def _tell(name: str, value: float, unit: str, baseline: str, baseline_value: float, ratio: float) -> None:
    line = {
        "name": name,
        "value": value,
        "unit": unit,
        "baseline": baseline,
        "baseline_value": baseline_value,
        "ratio": round(ratio, 2),
        "machine": f"{multiprocessing.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }
    print(json.dumps(line), flush=True)


def _open_sink(taker: _Taker) -> tuple[multiprocessing.Process, int]:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    sink = multiprocessing.Process(target=_run_sink, args=(sender, taker), daemon=True)
    sink.start()
    return sink, receiver.recv()


def _send_all(port: int) -> None:
    wires.use_transports(ChannelSettings(smtp=SmtpSettings("127.0.0.1", port, local_hostname="localhost")))
    while work_outbox(SendQueue.DEFAULT, lambda: None):
        pass


def memory(count: int) -> None:
    """Peak resident memory of a process that posts in parts and sends `count`, over that of one that sends 200."""
    sink, port = _open_sink(_Pipelining())
    app = create_app(_config())
    clock.use(movable=False, fixed=lambda: TUESDAY)
    with app.app_context():
        _fill(MEMORY_STEP)
        _send_all(port)
        first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        for start in range(MEMORY_STEP, count, MEMORY_STEP):
            _post_again(start)
            _send_all(port)
        sent = select(func.count()).where(OutboundMessage.state == MessageState.ACCEPTED)
        assert db.session.scalar(sent) == count
        db.session.remove()
        db.engine.dispose()
    sink.terminate()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _tell(
        "outbox.send.memory",
        round(peak),
        "MB",
        f"the same worker after {MEMORY_STEP}",
        round(first),
        peak / first,
    )


def _post_again(start: int) -> None:
    """The same rows once more under other keys, copied in the database: the memory of posting is not the sender's."""
    with transaction() as session:
        session.execute(_COPY, {"start": start, "count": MEMORY_STEP})


_COPY = text(
    """
    INSERT INTO outbound_messages (uuid, key, queue, channel, purpose, state, customer_id, store_id, recipient,
        recipient_name, sender_name, sender_address, reply_to, language, template_version_id, values, headers,
        message_id, stop_if, priority, due_at, attempt_count, created_at)
    SELECT md5(uuid || :start), key || ':' || :start, queue, channel, 'service', 'waiting', customer_id, store_id,
        recipient, recipient_name, sender_name, sender_address, reply_to, language, template_version_id, values,
        headers, '<' || md5(uuid || :start) || '@hub.example>', stop_if, priority, due_at, 0, created_at
    FROM (SELECT * FROM outbound_messages ORDER BY id LIMIT :count) AS first
    """
)


def _tell_race(name: str, race: _Race, count: int) -> None:
    loop = "bare smtplib, one connection, ready messages"
    ours, bare = count / race.ours, count / race.bare
    _tell(name, round(ours), "mails/s", loop, round(bare), race.bare / race.ours)
    ratio = statistics.median(race.ratios)
    _tell(f"{name}.median_of_batches", round(ratio, 2), "of the loop", "bar", 0.7, ratio / 0.7)
    busy = 1e6 / count
    _tell(
        f"{name}.processor", round(race.ours_busy * busy), "µs/mail", f"{loop}, its own processor",
        round(race.bare_busy * busy), race.ours_busy / race.bare_busy,
    )  # fmt: skip


def main(count: int) -> None:
    half = count // 2 // BATCH * BATCH
    app = create_app(_config())
    clock.use(movable=False, fixed=lambda: TUESDAY)  # production's clock is not read from the database either
    with app.app_context():
        _fill(2 * half)
        ready = _prepare()
        for name, taker, some in (
            ("outbox.send", _Pipelining(), ready[:half]),
            ("outbox.send.one_by_one", _Taker(), ready[half:]),
        ):
            sink, port = _open_sink(taker)
            _tell_race(name, _race(port, some), half)
            sink.terminate()
        sent = select(func.count()).where(OutboundMessage.state == MessageState.ACCEPTED)
        assert db.session.scalar(sent) == 2 * half
        db.session.remove()
        db.engine.dispose()
    in_child = [sys.executable, "-m", "tests.bench.sending", "memory", str(MEMORY_COUNT)]
    subprocess.run(in_child, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        memory(int(sys.argv[2]) if len(sys.argv) > 2 else MEMORY_COUNT)
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
