"""A server as in production, and clients that ask it one request after the other: what the benchmarks of public pages share.

gunicorn with 2 workers × 8 threads; clients are processes with kept connections on the same cores. The rate limit is on,
with Redis: each request comes from an address of its own, behind a proxy.
"""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from multiprocessing.pool import Pool

from config import Config
from hub.app import create_app
from hub.blueprints.pages import limiter
from tests.bench.telling import tell

CLIENTS = 4
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


@contextmanager
def serving(names: Sequence[str], config: Config) -> Iterator[None]:
    """Servers of these applications, ended with the block."""
    servers = [serve(name, config, SERVERS[name]) for name in names]
    try:
        yield
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def environ_of(config: Config) -> dict[str, str]:
    """Of a server of this configuration, behind a proxy."""
    names = {
        "database_url": "DATABASE_URL",
        "redis_url": "REDIS_URL",
        "secret_key": "SECRET_KEY",
        "log_level": "LOG_LEVEL",
    }
    given = asdict(config)
    environ = {**os.environ, **{name: given[field] for field, name in names.items()}}
    return environ | {"COMPTOIR_VAR": str(config.var_path), "TRUSTED_PROXIES": "1"}


def serve(application: str, config: Config, port: int) -> subprocess.Popen[bytes]:
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
    command = [sys.executable, "-m", "gunicorn", f"tests.bench.serving:{application}()", *arguments]
    whole = [*command, "--keep-alive", "30", "--log-level", "error"]
    return when_up(subprocess.Popen(whole, env=environ_of(config)), port)


def when_up(server: subprocess.Popen[bytes], port: int) -> subprocess.Popen[bytes]:
    for _ in range(200):
        time.sleep(0.1)
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/health")
        except OSError:
            continue
        return server
    raise RuntimeError("The server did not start.")


def ask_one_by_one(port: int, requests: list[Request], seconds: float, number: int) -> int:
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


def rate(pool: Pool, port: int, requests: list[Request], seconds: float, turn: int) -> float:
    """Requests a second of all clients together; each address is used once in a turn."""
    batches = [(port, requests[place::CLIENTS], seconds, turn * CLIENTS + place) for place in range(CLIENTS)]
    return sum(pool.starmap(ask_one_by_one, batches)) / seconds


def tell_beside_empty(bench: str, series: Sequence[str], figures: dict[str, float], unit: str) -> None:
    """Each series beside the empty view of the same rounds."""
    for name in series:
        tell(
            f"{bench}.{name}",
            round(figures[name]),
            unit,
            baseline="empty view, same server and clients",
            baseline_value=round(figures["empty"]),
            ratio=round(figures[f"{name}_ratio"], 3),
        )
