"""Benchmark: the survey page (GET) and its answer (POST) against an empty view of the same server.

gunicorn with 2 workers × 8 threads; clients are processes with kept connections on the same cores. The ratios to the
empty view are what counts: bars 0.20 for the GET and 0.10 for the POST, and 200 answers/s.
`.venv/bin/python -m tests.bench.survey [seconds]` prints JSON lines.
"""

import http.client
import json
import multiprocessing
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import timedelta
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
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.stores import make_chain, make_store

SECONDS = 5.0
CLIENTS = 4
INVITATIONS = 20_000


def empty_app() -> object:
    """The application with one more view that does nothing, behind the same middleware of the server."""
    from flask import Flask

    app = Flask("empty")
    app.add_url_rule("/empty", view_func=lambda: "")
    return app


def survey_app() -> object:
    """All clients of the benchmark share one address: its rate limit would be what is measured."""
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
    names = {"database_url": "DATABASE_URL", "secret_key": "SECRET_KEY", "log_level": "LOG_LEVEL"}
    given = asdict(config)
    environ = {**os.environ, **{name: given[field] for field, name in names.items()}}
    environ["COMPTOIR_VAR"] = str(config.var_path)
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


def _client(port: int, requests: list[tuple[str, str, bytes | None]], seconds: float) -> int:
    """How many requests were answered well in that time, one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    stop_at, done = time.perf_counter() + seconds, 0
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    while time.perf_counter() < stop_at:
        method, path, body = requests[done % len(requests)]
        connection.request(method, path, body, headers if body else {})
        response = connection.getresponse()
        response.read()
        if response.status not in {200, 303}:
            raise RuntimeError(f"{method} {path}: {response.status}")
        done += 1
    return done


def _rate(port: int, batches: list[list[tuple[str, str, bytes | None]]], seconds: float) -> float:
    with multiprocessing.get_context("spawn").Pool(len(batches)) as pool:
        pool.starmap(_client, [(port, batch[:1], 0.3) for batch in batches])
        return sum(pool.starmap(_client, [(port, batch, seconds) for batch in batches])) / seconds


def _split(requests: list[tuple[str, str, bytes | None]]) -> list[list[tuple[str, str, bytes | None]]]:
    return [requests[place::CLIENTS] for place in range(CLIENTS)]


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
    """Requests a second of the empty view, of the GET and of the POST."""
    config = _config()
    app = create_app(config)
    with app.app_context():
        tokens = _prepare()
        servers = [_serve("empty_app", config, 18_301), _serve("survey_app", config, 18_302)]
        try:
            empty = _rate(18_301, _split([("GET", "/empty", None)] * CLIENTS), seconds)
            gets = _rate(18_302, _split([("GET", f"/a/{token}/3", None) for token in tokens]), seconds)
            posts = _rate(18_302, _split(_answers(tokens)), seconds)
        finally:
            for server in servers:
                server.terminate()
                server.wait()
        confirmed = db.session.scalar(
            select(func.count()).select_from(Answer).where(Answer.state == AnswerState.CONFIRMED)
        )
        assert confirmed, "no answer was kept"
        db.session.remove()
        db.engine.dispose()
    return {"empty": empty, "get": gets, "post": posts}


if __name__ == "__main__":
    figures = run(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
    for name in ("get", "post"):
        print(
            json.dumps(
                {
                    "name": f"survey.{name}",
                    "value": round(figures[name]),
                    "unit": "requests/s",
                    "baseline": "empty view, same server and clients",
                    "baseline_value": round(figures["empty"]),
                    "ratio": round(figures[name] / figures["empty"], 3),
                    "machine": f"{platform.machine()}, {os.cpu_count()} cores",
                }
            )
        )
