"""Benchmark: the pages of statistics over HTTP with very many tickets a year, the tickets behind their figures, and their files.

`SIZE=1000000 .venv/bin/python -m tests.bench.statistics_pages` makes so many tickets and orders in each of two years (without
SIZE 50,000) and asks every page in turn, as one reader over one connection. Bar at 1,000,000: p95 ≤ 300 ms.
"""

import http.client
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html import unescape
from statistics import median, quantiles
from typing import Any

from flask import Flask
from sqlalchemy import text

from config import Config
from hub.app import create_app
from hub.core import clock
from hub.core.db import db, transaction
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.statistics.columns import rebuilding
from tests.bench.mail_in import _config
from tests.bench.many_figures import fill, fill_messages
from tests.bench.serving import SERVERS, serving
from tests.bench.telling import tell
from tests.conftest import ROOT, TUESDAY
from tests.makers.staff import log_in, make_agent

SIZE = int(os.environ.get("SIZE") or 50_000)
WARM, TIMES, FILES, BAR = 2, 20, 6, 300
SERVER = "unlimited_app"
UNTIL = TUESDAY.date()
YEAR = f"since={UNTIL - timedelta(days=364)}&until={UNTIL}"
LAST_YEAR, PREVIOUS, ALONE = f"{YEAR}&compare=year", f"{YEAR}&compare=previous", f"{YEAR}&compare=none"
FILE = re.compile(r'href="(/statistics/[^"]+\.csv[^"]*)"')
NEXT = re.compile(r'href="(/statistics/tickets[^"]+after=[^"]+)"')
BASELINE = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY business_seconds) FROM reply_waits
    WHERE ended_at >= CAST(:now AS timestamptz) - interval '365 days' AND NOT is_transferred
"""
CLICKS = {
    "waits": "measure=waits",
    "median": "measure=median_reply",
    "missed": "measure=within_target&part=1",
    "bucket": "measure=median_reply&bucket=3",
    "slot": "measure=median_reply&weekday=2&hour=10",
    "central": "measure=waits&central=1",
    "dropped": "measure=dropped&drop=solved_without_reply",
    "first_contact": "measure=first_contact",
    "first_solved": "measure=first_resolution",
    "last_solved": "measure=last_resolution",
    "reopened": "measure=reopened&part=1",
    "tickets": "measure=tickets",
    "tickets_unnamed": "measure=tickets&unnamed=1",
    "routed": "measure=routed&source=order_number",
    "moved": "measure=reroute_rate&part=1",
    "unattributed": "measure=unattributed",
    "waiting": "measure=waiting_now",
    "late": "measure=waiting_now&part=1",
    "rated": "measure=ticket_csat&score=1",
    "without_article": "measure=without_article&part=1",
}
Pages = Mapping[str, tuple[str, str]]
"""Who asks, and the address."""


def pages(begin: Mapping[str, int]) -> Pages:
    reason, agent = begin["first_reason"], begin["first_agent"]
    times = "/statistics/response-times?"
    asked = {
        "overview": f"/statistics/?{LAST_YEAR}",
        "response_times": times + ALONE,
        "response_times_beside_previous": times + PREVIOUS,
        "response_times_beside_year": times + LAST_YEAR,
        "response_times_of_store": f"{times}{LAST_YEAR}&store=M07",
        "response_times_of_reason_and_channel": f"{times}{LAST_YEAR}&reason={reason}&channel=email",
        "reasons": f"/statistics/reasons?{LAST_YEAR}",
        "stores": f"/statistics/stores?{LAST_YEAR}",
        "card_of_store": f"/statistics/stores?{LAST_YEAR}&store=M07",
        "satisfaction": f"/statistics/satisfaction?{LAST_YEAR}",
        "after_answers": f"/statistics/after-answers?{LAST_YEAR}",
        "messages": f"/statistics/messages/?{LAST_YEAR}",
        "base": "/statistics/base/",
        "routing": f"/statistics/routing?{LAST_YEAR}",
        "gestures": f"/statistics/gestures?{LAST_YEAR}",
        "gaps": f"/statistics/gaps?{LAST_YEAR}",
    }
    clicked = {f"behind_{name}": f"/statistics/tickets?{ALONE}&{click}" for name, click in CLICKS.items()}
    clicked |= {
        "behind_tickets_of_reason": f"/statistics/tickets?{ALONE}&measure=tickets&reason={reason}&alone=1",
        "behind_slot_of_reason": f"/statistics/tickets?{ALONE}&{CLICKS['slot']}&reason={reason}",
    }
    of_manager = {
        "manager_overview": asked["overview"],
        "manager_response_times": asked["response_times_beside_year"],
        "manager_stores": asked["stores"],
        "manager_response_times_of_person": f"{times}{LAST_YEAR}&agent={agent}",
        "manager_behind_solved_by_person": f"/statistics/tickets?{ALONE}&measure=first_resolution&agent={agent}",
        "manager_person": f"/statistics/people/{agent}?{LAST_YEAR}",
        "manager_messages": asked["messages"],
        "manager_gaps": asked["gaps"],
        **{f"manager_{name}": clicked[name] for name in ("behind_waits", "behind_first_solved", "behind_tickets", "behind_routed")},
    }  # fmt: skip
    return {name: ("head", path) for name, path in (asked | clicked).items()} | {
        name: ("manager", path) for name, path in of_manager.items()
    }


class Reader:
    """One connection, kept, with the cookies of each person."""

    def __init__(self, cookies: Mapping[str, str]) -> None:
        self.cookies = cookies
        self.wire = http.client.HTTPConnection("127.0.0.1", SERVERS[SERVER], timeout=120)

    def ask(self, who: str, path: str) -> tuple[float, str]:
        """Milliseconds and the body."""
        start = time.perf_counter()
        self.wire.request("GET", path, headers={"Cookie": self.cookies[who], "X-Forwarded-For": "10.0.0.1"})
        response = self.wire.getresponse()
        body = response.read().decode()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status}")
        return (time.perf_counter() - start) * 1000, body


def cookies_of(app: Flask, begin: Mapping[str, int]) -> dict[str, str]:
    """Of somebody of the head office, and of who manages twelve stores."""
    stores = tuple(begin["first_store"] + number for number in range(12))
    with transaction() as session:
        people = {
            "head": make_agent(session, "Cleo Bench", role=Role.HEAD_OFFICE),
            "manager": make_agent(session, "Ines Bench", role=Role.STORE_MANAGER, store_ids=stores),
        }
    return {name: _cookie(app, agent) for name, agent in people.items()}


def _cookie(app: Flask, agent: Agent) -> str:
    name = app.config["SESSION_COOKIE_NAME"]
    found = log_in(app.test_client(), agent).get_cookie(name)
    return f"{name}={found.value}" if found else ""


def measure(asked: Pages, reader: Reader) -> dict[str, list[float]]:
    """Round by round, so that what slows the machine slows all; `sql` is one median of the year, asked of the rows."""
    times: dict[str, list[float]] = defaultdict(list)
    for turn in range(WARM + TIMES):
        found = {name: reader.ask(who, path)[0] for name, (who, path) in asked.items()}
        found["sql"] = _ask_rows()
        if turn >= WARM:
            for name, each in found.items():
                times[name].append(each)
    return times


def _ask_rows() -> float:
    start = time.perf_counter()
    db.session.execute(text(BASELINE), {"now": TUESDAY}).one()
    db.session.remove()
    return (time.perf_counter() - start) * 1000


def measure_files(asked: Pages, reader: Reader) -> dict[str, list[float]]:
    """Every CSV that a page offers, and the second page of tickets behind a figure."""
    times: dict[str, list[float]] = {}
    for name, (who, path) in asked.items():
        _, body = reader.ask(who, path)
        files = [unescape(each) for each in FILE.findall(body)]
        further = [unescape(each) for each in NEXT.findall(body)]
        for kind, paths in (("csv", files), ("further", further[:1])):
            if paths:
                times[f"{name}.{kind}"] = [
                    reader.ask(who, each)[0] for _ in range(max(1, FILES // len(paths)) + 1) for each in paths
                ][len(paths) :]
    return times


def tell_times(size: int, times: Mapping[str, list[float]]) -> None:
    sql = median(times["sql"])
    for name, each in times.items():
        for part, value in (("p50", median(each)), ("p95", quantiles(each, n=20, method="inclusive")[-1])):
            more: dict[str, Any] = {
                "baseline": "one median of a year in SQL, p50 of the same run",
                "baseline_value": round(sql, 1),
            }
            tell(f"statistics_pages.{size}.{name}_{part}_ms", round(value, 1), "ms", **more, ratio=round(value / sql, 2))  # fmt: skip


def run(size: int = SIZE, config: Config | None = None) -> dict[str, list[float]]:
    from hub.supervisor.shared import shared_plant

    config = replace(config or _config("_pages"), redis_url=shared_plant(ROOT / "var" / "test").redis_url)
    app = create_app(config)
    with app.app_context():
        clock.use(movable=True)
        with transaction():
            clock.set_business_now(TUESDAY)
        begin = fill(size)
        for piece in list(rebuilding.list_pieces()):
            with transaction():
                rebuilding.rebuild(piece)
        fill_messages(begin["first_store"])
        asked, cookies = pages(begin), cookies_of(app, begin)
        db.session.remove()
        with serving((SERVER,), config):
            reader = Reader(cookies)
            times = measure(asked, reader) | measure_files(asked, reader)
        db.session.remove()
        db.engine.dispose()
    return times


if __name__ == "__main__":
    asked_size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    tell_times(asked_size, run(asked_size))
