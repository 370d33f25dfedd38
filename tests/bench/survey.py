"""Benchmark: the survey page (GET) and its answer (POST) against an empty view of the same server.

gunicorn with 2 workers × 8 threads; clients are processes with kept connections on the same cores. The rate limit is
on, with Redis: each request comes from an address of its own, behind a proxy. Empty view, GET and POST take turns, and
the ratios are the medians of the rounds: bars 0.20 for the GET and 0.10 for the POST, and 200 answers/s.
`.venv/bin/python -m tests.bench.survey [seconds of a turn]` prints JSON lines.
"""

import http.client
import json
import multiprocessing
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict, replace
from datetime import timedelta
from multiprocessing.pool import Pool
from statistics import median
from urllib.parse import urlencode

from sqlalchemy import func, insert, select

from config import Config
from hub.app import create_app
from hub.blueprints.pages import limiter
from hub.core import clock, signing
from hub.core.db import db, transaction
from hub.core.words import Language
from hub.surveys.actions import add_builtin_survey
from hub.surveys.links import token_of
from hub.surveys.models import Answer, Invitation
from hub.surveys.queries import get_survey_id
from hub.surveys.words import AnswerState, InvitationState
from tests.bench.mail_in import _config
from tests.conftest import ROOT, TUESDAY
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.stores import make_chain, make_store

SECONDS = 3.0
ROUNDS = 4
CLIENTS = 4
INVITATIONS = 60_000
SERIES = ("get", "post", "get.unlimited", "post.unlimited")
SERVERS = {"empty_app": 18_301, "survey_app": 18_302, "unlimited_app": 18_303}
Request = tuple[str, str, bytes | None]


def empty_app() -> object:
    """The application with one more view that does nothing, behind the same middleware of the server."""
    from flask import Flask

    app = Flask("empty")
    app.add_url_rule("/empty", view_func=lambda: "")
    return app


def survey_app() -> object:
    return create_app()


def unlimited_app() -> object:
    """Without the rate limit, which costs two calls of Redis a request: what the page itself takes."""
    app = create_app()
    limiter.enabled = False
    return app


def _prepare() -> list[str]:
    """One store, one order an invitation. Returns the tokens."""
    with transaction() as session:
        make_chain(session)
        store = make_store(session)
        customer = make_customer(session)
        add_builtin_survey(now=TUESDAY)
        order = make_order(session, customer_id=customer.id, store_id=store.id)
        columns = {c.name: getattr(order, c.name) for c in order.__table__.columns if c.name != "id"}
        rows = [{**columns, "external_id": f"S{n}", "event_key": f"bench:{n}"} for n in range(INVITATIONS)]
        ids = session.scalars(insert(type(order)).returning(type(order).id), rows).all()
        now = clock.machine_now()
        invitation = {
            "survey_id": get_survey_id(),
            "customer_id": customer.id,
            "store_id": store.id,
            "language": Language.FRENCH,
            "state": InvitationState.OPEN,
            "created_at": now,
            "expires_at": now + timedelta(days=30),
        }
        found = session.scalars(
            insert(Invitation).returning(Invitation.id), [invitation | {"order_id": each} for each in ids]
        ).all()
    return [token_of(each) for each in found]


def _serve(application: str, config: Config, port: int) -> subprocess.Popen[bytes]:
    names = {
        "database_url": "DATABASE_URL",
        "redis_url": "REDIS_URL",
        "secret_key": "SECRET_KEY",
        "log_level": "LOG_LEVEL",
    }
    given = asdict(config)
    environ = {**os.environ, **{name: given[field] for field, name in names.items()}}
    environ |= {"COMPTOIR_VAR": str(config.var_path), "TRUSTED_PROXIES": "1"}
    arguments = [
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--worker-class",
        "gthread",
        "--threads",
        "8",
    ]
    command = [sys.executable, "-m", "gunicorn", f"tests.bench.survey:{application}()", *arguments]
    server = subprocess.Popen([*command, "--keep-alive", "30", "--log-level", "error"], env=environ)
    for _ in range(200):
        time.sleep(0.1)
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/health")
        except OSError:
            continue
        return server
    raise RuntimeError("The server did not start.")


def _client(port: int, requests: list[Request], seconds: float, number: int) -> int:
    """How many requests were answered well in that time, one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    stop_at = time.perf_counter() + seconds
    for done, (method, path, body) in enumerate(requests):
        if time.perf_counter() >= stop_at:
            return done
        headers = {"X-Forwarded-For": f"10.{number}.{done // 250}.{done % 250}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.read()
        if response.status not in {200, 303}:
            raise RuntimeError(f"{method} {path}: {response.status}")
    raise RuntimeError("There were too few requests for the time: more invitations are needed.")


def _rate(pool: Pool, port: int, requests: list[Request], seconds: float, turn: int) -> float:
    """Requests a second of all clients together; each address is used once in a turn."""
    batches = [(port, requests[place::CLIENTS], seconds, turn * CLIENTS + place) for place in range(CLIENTS)]
    return sum(pool.starmap(_client, batches)) / seconds


def _answers(tokens: list[str]) -> list[tuple[str, str, bytes | None]]:
    """A page opened five seconds ago for each token, as its signed nonce says."""
    opened = clock.machine_now().timestamp() - 5
    found: list[tuple[str, str, bytes | None]] = []
    for number, token in enumerate(tokens):
        nonce = signing.sign("survey-page", {"token": token, "page": f"p{number}", "at": opened})
        body = urlencode({"nonce": nonce, "choice": "3", "comment": "Bien"}).encode()
        found.append(("POST", f"/a/{token}/3", body))
    return found


def run(seconds: float = SECONDS) -> dict[str, float]:
    """Requests a second of the empty view, of the GET and of the POST, and the ratios of the two to the first."""
    from hub.supervisor.shared import shared_plant

    config = replace(_config(), redis_url=shared_plant(ROOT / "var" / "test").redis_url)
    app = create_app(config)
    with app.app_context():
        tokens = _prepare()
        servers = [_serve(name, config, port) for name, port in SERVERS.items()]
        try:
            rounds = _take_turns(tokens, seconds)
        finally:
            for server in servers:
                server.terminate()
                server.wait()
        answers = db.session.scalar(
            select(func.count()).select_from(Answer).where(Answer.state == AnswerState.CONFIRMED)
        )
        assert answers, "no answer was kept"
        db.session.remove()
        db.engine.dispose()
    found = {name: median(each[name] for each in rounds) for name in rounds[0]}
    ratios = {f"{name}_ratio": median(each[name] / each["empty"] for each in rounds) for name in SERIES}
    return found | ratios


def _take_turns(tokens: list[str], seconds: float) -> list[dict[str, float]]:
    """Each answer is the first one of its invitation: every round has its own share of them."""
    empty: list[Request] = [("GET", "/empty", None)] * 100_000
    looks: list[Request] = [("GET", f"/a/{token}/3", None) for token in tokens]
    answers = _answers(tokens)
    share = len(tokens) // (2 * ROUNDS + 2)
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool:
        rounds = []
        for turn in range(ROUNDS + 1):  # the first one warms up
            mine = slice(2 * turn * share, (2 * turn + 1) * share)
            other = slice((2 * turn + 1) * share, (2 * turn + 2) * share)
            limited, unlimited = SERVERS["survey_app"], SERVERS["unlimited_app"]
            length = seconds if turn else 0.3
            rounds.append(
                {
                    "empty": _rate(pool, SERVERS["empty_app"], empty, length, turn),
                    "get": _rate(pool, limited, looks[mine], length, 10 + turn),
                    "post": _rate(pool, limited, answers[mine], length, 20 + turn),
                    "get.unlimited": _rate(pool, unlimited, looks[other], length, 30 + turn),
                    "post.unlimited": _rate(pool, unlimited, answers[other], length, 40 + turn),
                }
            )
    return rounds[1:]


if __name__ == "__main__":
    figures = run(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
    for name in SERIES:
        print(
            json.dumps(
                {
                    "name": f"survey.{name}",
                    "value": round(figures[name]),
                    "unit": "requests/s",
                    "baseline": "empty view, same server and clients",
                    "baseline_value": round(figures["empty"]),
                    "ratio": round(figures[f"{name}_ratio"], 3),
                    "machine": f"{platform.machine()}, {os.cpu_count()} cores",
                }
            )
        )
