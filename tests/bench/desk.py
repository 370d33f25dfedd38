"""Benchmark: 50 agents, each opening a page every 10 s, while 20 mails a second arrive.

`.venv/bin/python -m tests.bench.desk [seconds]` prints JSON lines: how long pages take meanwhile, and whether the mails kept up.
The web, a worker, the listener and the agents are processes or threads of their own on one machine, on 10,000 tickets.
"""

import http.cookiejar
import os
import re
import smtplib
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from config import load
from hub.app import create_app
from hub.core.db import db
from hub.inbox.models import Ticket
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalState
from hub.supervisor.shared import shared_plant
from tests.bench.mail_in import make_mail
from tests.bench.many_tickets import make_tickets
from tests.bench.telling import tell
from tests.conftest import ROOT, _make_database
from tests.running.installation import Installation, open_installation, redis_number

AGENTS, PAUSE_SECONDS, MAILS_PER_SECOND, SECONDS = 50, 10.0, 20, 60
TICKETS = 10_000
PAGES = ("/inbox/", "/inbox/T-2603-0009999", "/inbox/?q=lampe", "/inbox/?view=open", "/inbox/T-2603-0009980")


class Agent(threading.Thread):
    """Opens one page after the other, ten seconds from start to start, and notes how long each took."""

    def __init__(self, base_url: str, cookie: str, place: int, until: float) -> None:
        super().__init__(daemon=True)
        self.base_url, self.cookie, self.place, self.until = base_url, cookie, place, until
        self.times: list[float] = []
        self.failed = 0

    def run(self) -> None:
        browser = urllib.request.build_opener()
        browser.addheaders = [("Cookie", self.cookie)]
        due = time.monotonic() + PAUSE_SECONDS * self.place / AGENTS
        while due < self.until:
            time.sleep(max(0.0, due - time.monotonic()))
            path = PAGES[(self.place + len(self.times)) % len(PAGES)]
            start = time.perf_counter()
            try:
                browser.open(self.base_url + path, timeout=30).read()
                self.times.append((time.perf_counter() - start) * 1000)
            except OSError:
                self.failed += 1
            due += PAUSE_SECONDS


def send_mails(port: int, until: float) -> int:
    """Twenty mails a second through the listener, evenly; returns how many."""
    sent = 0
    with smtplib.SMTP("127.0.0.1", port, local_hostname="bench") as client:
        start = time.monotonic()
        while time.monotonic() < until:
            time.sleep(max(0.0, start + sent / MAILS_PER_SECOND - time.monotonic()))
            client.sendmail(f"dora{sent}@client.example", ["lyon-part-dieu@hub.example"], make_mail(sent))
            sent += 1
    return sent


def run(seconds: float = SECONDS) -> dict[str, float]:
    """p50 and p95 of the agents' pages in milliseconds, failures, and the mails sorted a second."""
    plant = shared_plant(ROOT / "var" / "test")
    url = make_url(plant.database_url)
    name = f"test_{os.getpid()}"
    _make_database(url.render_as_string(hide_password=False), name)
    own = url.set(database=name).render_as_string(hide_password=False)
    with (
        tempfile.TemporaryDirectory() as var,
        open_installation(database_url=own, redis_url=redis_number(plant.redis_url, 9), var=Path(var)) as at,
    ):
        return _measure(at, seconds)


def _measure(at: Installation, seconds: float) -> dict[str, float]:
    app = create_app(load(at.environ))
    with app.app_context():
        before = _fill()
        cookie = _log_in(at)
        until = time.monotonic() + seconds
        agents = [Agent(at.base_url, cookie, place, until) for place in range(AGENTS)]
        for agent in agents:
            agent.start()
        sent = send_mails(at.smtp_port, until)
        sorted_count = _sorted_count() - before
        for agent in agents:
            agent.join(40)
        db.session.remove()
        db.engine.dispose()
    times = sorted(each for agent in agents for each in agent.times)
    return {
        "page_p50_ms": statistics.median(times),
        "page_p95_ms": times[int(len(times) * 0.95)],
        "pages": float(len(times)),
        "failed": float(sum(agent.failed for agent in agents)),
        "mails_per_second": sent / seconds,
        "sorted_share": sorted_count / max(sent, 1),
    }


def _fill() -> int:
    """Ten thousand tickets beside those of the small chain; returns the arrivals sorted so far."""
    first = db.session.scalar(select(func.max(Ticket.id))) or 0
    ids = db.session.execute(
        select(
            *(
                func.min(column)
                for column in (Ticket.store_id, Ticket.assignee_id, Ticket.reason_id, Ticket.customer_id)
            )
        )
    ).one()
    begin = dict(zip(("first_store", "first_agent", "first_reason", "first_customer"), ids, strict=True))
    one_of_each = {"stores": 1, "agents": 1, "customers": 1, "reasons": 1}
    make_tickets(
        {**{key: value or 1 for key, value in begin.items()}, **one_of_each}, done=first, total=TICKETS
    )
    return _sorted_count()


def _sorted_count() -> int:
    db.session.rollback()
    found = select(func.count()).select_from(Arrival).where(Arrival.state == ArrivalState.SORTED)
    return db.session.scalar(found) or 0


def _log_in(at: Installation) -> str:
    """The cookie of a signed-in person of the head office."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{at.base_url}/session/sign-in").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {
        "csrf_token": token[1] if token else "",
        "email": at.logins["administrator"],
        "password": at.password,
    }
    browser.open(f"{at.base_url}/session/sign-in", urllib.parse.urlencode(form).encode()).read()
    return "; ".join(f"{each.name}={each.value}" for each in jar)


if __name__ == "__main__":
    figures = run(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
    for name, value in figures.items():
        unit, ratio = name.rpartition("_")[2], round(value / 25, 2)
        tell(f"desk.{name}", round(value, 2), unit, baseline="list p50", baseline_value=25, ratio=ratio)
