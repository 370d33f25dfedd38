"""Benchmark: what a web worker holds after 500 answers of a questionnaire and its results pages.

The very gunicorn of `make run` and `make demo` (two workers, imported once, then forked). `rss` counts pages that the
workers share in each of them, `private` is what one more worker would cost; each is the largest of the workers.
`.venv/bin/python -m tests.bench.questionnaire_memory` prints JSON lines.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from config import Config
from hub.app import create_app
from hub.core.db import db, transaction
from hub.jobs import drain
from hub.questionnaires.models import Questionnaire
from hub.staff.words import Role
from hub.supervisor.crews import web
from tests.bench import questionnaire_answers as answering
from tests.bench.mail_in import _config
from tests.bench.serving import environ_of, when_up
from tests.bench.telling import tell
from tests.conftest import ROOT
from tests.makers.staff import log_in, make_agent

ANSWERS, LOOKS, PORT = 500, 40, 18_304
PAGES = ("", "/comments", "/answers.csv", "/answers.xlsx", "/answers.sav")
KINDS = {"rss": ("Rss",), "private": ("Private_Clean", "Private_Dirty"), "proportional": ("Pss",)}


def held_kb(pid: int) -> dict[str, int]:
    lines = dict(re.findall(r"(\w+):\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text()))
    return {kind: sum(int(lines[name]) for name in names) for kind, names in KINDS.items()}


def workers_of(server: subprocess.Popen[bytes]) -> list[int]:
    found = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    return [int(pid) for pid in found.split()]


def largest(pids: list[int]) -> dict[str, float]:
    held = [held_kb(pid) for pid in pids]
    return {kind: max(each[kind] for each in held) / 1024 for kind in KINDS}


@contextmanager
def as_in_production(config: Config) -> Iterator[subprocess.Popen[bytes]]:
    program = web(environ_of(config), host="127.0.0.1", port=PORT)
    server = subprocess.Popen([*program.command, "--log-level", "error"], cwd=program.cwd, env=program.env)
    try:
        yield when_up(server, PORT)
    finally:
        server.terminate()
        server.wait()


def look(cookie: str, questionnaire_id: int) -> None:
    """Each page and file of the results, so often that both workers have made each."""
    from http.client import HTTPConnection

    for number in range(LOOKS):
        connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
        path = f"/questionnaires/{questionnaire_id}/results{PAGES[number % len(PAGES)]}"
        connection.request("GET", path, headers={"Cookie": f"session={cookie}"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
        connection.close()


def run() -> dict[str, dict[str, float]]:
    from hub.supervisor.shared import shared_plant

    config = replace(_config("_memory"), redis_url=shared_plant(ROOT / "var" / "test").redis_url)
    app = create_app(config)
    found: dict[str, dict[str, float]] = {}
    with app.app_context():
        ways = [answering._way(token, nonce) for _, token, nonce in answering._prepare()[:ANSWERS]]
        cookie, questionnaire_id = _enter(app)
        with as_in_production(config) as server:
            ask_some(5)
            found["idle"] = largest(workers_of(server))
            _answer(ways)
            found["answered"] = largest(workers_of(server))
            drain("questionnaire_counts")
            look(cookie, questionnaire_id)
            found["looked_at"] = largest(workers_of(server))
        db.session.remove()
        db.engine.dispose()
    return found


def ask_some(count: int) -> None:
    for _ in range(count):
        answering._all(PORT, [("GET", "/health", None), ("GET", "/q/x", None)], 60.0, 99)


def _answer(ways: list[Any]) -> None:
    """Four at once, as four people would."""
    from multiprocessing import get_context

    with get_context("spawn").Pool(4) as pool:
        answering._begin_all(pool, PORT, ways)
        sent = [
            (PORT, [*(way[3] for way in ways[n::4]), ("GET", "/q/x", None)], 600.0, 210 + n) for n in range(4)
        ]
        assert all(pool.starmap(answering._all, sent)), "an answer was not taken"


def _enter(app: Any) -> tuple[str, int]:
    with transaction() as session:
        agent = make_agent(session, role=Role.ADMINISTRATOR)
        questionnaire_id = session.query(Questionnaire.id).scalar()
    client = log_in(app.test_client(), agent)
    found = client.get_cookie("session")
    assert found
    return found.value, questionnaire_id


if __name__ == "__main__":
    for when, held in run().items():
        for kind, megabytes in held.items():
            tell(f"questionnaire_memory.{when}.{kind}", round(megabytes, 1), "mb a worker")
