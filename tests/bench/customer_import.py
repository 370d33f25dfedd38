"""Benchmark: a contact file from its upload to the customers: seconds of the whole way, memory of the worker, sums.

`.venv/bin/python -m tests.bench.customer_import [rows]` prints JSON lines; LARGE=1 takes 200,000 rows. A tenth of the rows
has something to find, some stand twice, some are known. The dry run and the apply are drained by one process of its own.
Bars: 200,000 rows in 180 s, under 400 MB.
"""

import json
import multiprocessing
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from config import Config, load
from hub.app import create_app
from hub.core import clock, collecting
from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.customers.hygiene.places import AT_CODE, NAMES
from hub.customers.imports import actions, working
from hub.customers.imports.choosing import Choices
from hub.customers.imports.models import CustomerImport, ImportRow
from hub.customers.models import Customer
from hub.jobs import drain
from tests.conftest import ROOT, _make_database
from tests.makers.stores import make_chain, make_store

LARGE = 200_000
SMALL = 5_000
BAR_SECONDS = 180.0
BAR_MB = 400.0
FIRST = ("Anne", "marc", "JULIE", "Paul", "Inès", "Hugo", "Léa", "Jean-Pierre", "Zoé", "Karim")
_ODD_LAST = ("Martin", "BERNARD", "de la Tour", "O'Brien", "lefèvre", "Martin-Dupuis", "Nguyen", "Faure")
_SYLLABLES = (
    "Mar Ber Du Le Fa Gi Ro Mo La Vi Char Gar Bou Cha Per Ren Sau Tho Van Gui",
    "ti na bo fe re ra li ga lo vi",
    "n rd is vre t ult eau ard ier on",
)
LAST = (*_ODD_LAST, *map("".join, product(*map(str.split, _SYLLABLES))))
"""Two thousand surnames, and with the first names about ten people of each name: still more than a chain has."""
DOMAINS = ("orange.fr", "gmail.com", "free.fr", "laposte.net", "hotmail.fr", "exemple-sarl.test")
TOWNS = tuple((code, NAMES[keys[0]]) for code, keys in sorted(AT_CODE.items()))
"""As a chain of many stores has them."""
LOST_ZERO = ("1000", "Bourg-en-Bresse")
BORN, BIRTHDAYS = date(1945, 1, 1), 21_900
"""Sixty years of birthdays."""
HEADINGS = "Civilité;Prénom;Nom;E-mail;Portable;Rue;Code postal;Ville;Date de naissance;Carte de fidélité;Newsletter;Date consentement;Source consentement"


def write_file(path: Path, count: int) -> None:
    """As a till exports it: half with a phone, one in ten with a fault, one in fifty twice."""
    random = Random(20260303)
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write(HEADINGS + "\r\n")
        for line in _lines(count, random):
            file.write(line + "\r\n")


def _lines(count: int, random: Random) -> Iterator[str]:
    for number in range(count):
        who = number - 1 if number % 50 == 49 else number
        first, last = random.choice(FIRST), random.choice(LAST)
        domain = "gmial.com" if number % 40 == 7 else random.choice(DOMAINS)
        mail = f"client{who}@{domain}" if number % 10 else f"client{who}.exemple.test"
        phone = f"06 {who // 10**6 % 100:02d} {who // 10**4 % 100:02d} {who // 100 % 100:02d} {who % 100:02d}"
        postcode, town = random.choice(TOWNS) if number % 20 else LOST_ZERO
        born = f"{BORN + timedelta(days=who * 7919 % BIRTHDAYS):%d/%m/%Y}"
        consent = "oui;10/01/2026;caisse" if number % 3 == 0 else ";;"
        phone = phone if number % 2 else ""
        card = f"C{who:07d}"
        yield f"Mme;{first};{last};{mail};{phone};{number % 99 + 1} rue des Lilas;{postcode};{town};{born};{card};{consent}"


def make_config(name: str) -> Config:
    """A database of this process on the shared test server."""
    from hub.supervisor.shared import shared_plant

    plant = shared_plant(ROOT / "var" / "test")
    url = make_url(plant.database_url)
    _make_database(url.render_as_string(hide_password=False), name)
    return load(
        {
            "DATABASE_URL": url.set(database=name).render_as_string(hide_password=False),
            "SECRET_KEY": "only for the benchmark",
            "COMPTOIR_VAR": tempfile.mkdtemp(),
            "LOG_LEVEL": "CRITICAL",
        }
    )


def _work(config: Config, line: Connection) -> None:
    """As `worker.py` does it: drains until it is told to stop, then tells its peak of memory in MB."""
    app = create_app(config)
    collecting.settle()
    with app.app_context():
        line.send(0.0)
        while line.recv() == "go":
            started = time.process_time()
            while working.has_due():
                drain("imports")
            db.session.remove()
            line.send(time.process_time() - started)
        line.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def run(count: int) -> dict[str, float]:
    """Seconds of each step, MB of the worker, rows by outcome."""
    config = make_config(f"test_{os.getpid()}")
    app = create_app(config)
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    worker = spawn.Process(target=_work, args=(config, there))
    worker.start()
    here.recv()
    figures: dict[str, float] = {}

    def drained(step: str) -> None:
        started = time.perf_counter()
        here.send("go")
        figures[f"{step}_cpu"] = here.recv()
        figures[step] = time.perf_counter() - started

    with app.app_context():
        import_id = _hand_in(config, count)
        drained("read")
        _choose(import_id)
        drained("check")
        with transaction():
            actions.apply_import(import_id, by=SYSTEM, now=clock.business_now())
        drained("apply")
        db.session.remove()
        figures |= _sums(import_id)
        with transaction():
            actions.undo_import(import_id, by=SYSTEM, now=clock.business_now())
        drained("undo")
        db.session.remove()
        figures["left"] = float(db.session.scalar(select(func.count()).select_from(Customer)) or 0)
        here.send("stop")
        figures["memory_mb"] = here.recv()
        worker.join(10)
        db.session.remove()
        db.engine.dispose()
    return figures


def _hand_in(config: Config, count: int) -> int:
    with transaction() as session:
        make_chain(session)
        make_store(session)
    path = Path(config.var_path) / "contacts.csv"
    write_file(path, count)
    with path.open("rb") as file, transaction():
        return actions.begin_import(file, file_name=path.name, by=SYSTEM, now=clock.business_now())


def _choose(import_id: int) -> None:
    with transaction():
        row = db.session.get_one(CustomerImport, import_id)
        columns = {int(place): str(field) for place, field in row.mapping.items()}
        choices = Choices(wording="Recevoir nos offres")
        actions.choose_columns(import_id, columns, choices, by=SYSTEM, now=clock.business_now())


def _sums(import_id: int) -> dict[str, float]:
    row = db.session.get_one(CustomerImport, import_id)
    outcomes = row.counts["outcomes"]
    customers = db.session.scalar(select(func.count()).select_from(Customer)) or 0
    kept = db.session.scalar(select(func.count()).select_from(ImportRow)) or 0
    return {
        "state_applied": float(row.state == "applied"),
        "rows": float(row.row_count),
        "kept": float(kept),
        "counted": float(sum(outcomes.values())),
        "customers": float(customers),
        **{f"rows_{name}": float(value) for name, value in outcomes.items()},
    }


def report(count: int, figures: dict[str, float]) -> list[dict[str, object]]:
    """The JSON lines."""
    total = figures["read"] + figures["check"] + figures["apply"]
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    missing = (
        abs(figures["rows"] - count)
        + abs(figures["counted"] - count)
        + abs(figures["customers"] - figures["rows_new"])
    )
    lines = [
        (f"seconds_for_{count}_rows", total, "s", BAR_SECONDS * count / LARGE),
        ("check_seconds", figures["check"], "s", None),
        ("apply_seconds", figures["apply"], "s", None),
        ("undo_seconds", figures["undo"], "s", None),
        ("worker_cpu_seconds", sum(figures[f"{step}_cpu"] for step in ("read", "check", "apply")), "s", None),
        ("worker_memory", figures["memory_mb"], "MB", BAR_MB),
        ("rows_unaccounted_for", missing, "rows", 0.0),
        ("customers_left_after_undo", figures["left"], "customers", 0.0),
    ]
    return [
        {
            "name": f"customer_import.{name}",
            "value": round(value, 1),
            "unit": unit,
            "baseline": "bar",
            "baseline_value": bar,
            "ratio": round(value / bar, 2) if bar else None,
            "machine": machine,
        }
        for name, value, unit, bar in lines
    ]


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE if os.environ.get("LARGE") else SMALL
    for told in report(rows, run(rows)):
        print(json.dumps(told))
