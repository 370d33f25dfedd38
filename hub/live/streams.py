"""The streams of open pages (server-sent events) as a WSGI application for gunicorn's gevent worker."""

import resource
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

import gevent
from gevent.queue import Empty

from config import Config, load
from hub.core import clock, live, log, signing
from hub.core.errors import HubError
from hub.core.live import Pass
from hub.live.exchange import Exchange

BEAT_SECONDS = 20.0
FILES_WANTED = 65_536
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
PLAIN = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
STREAM = [
    ("Content-Type", "text/event-stream; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Accel-Buffering", "no"),  # nginx would keep the lines until there are many
]
ANYWHERE = [("Access-Control-Allow-Origin", "*"), ("X-Content-Type-Options", "nosniff")]
"""Whoever holds a pass may listen from any page; nothing else is asked, no cookie is read."""


def create_streams(config: Config | None = None) -> Application:
    """The application of the one process; begins to hear Redis. RuntimeError without an address of Redis."""
    settings = config or load()
    if not settings.redis_url:
        raise RuntimeError(
            "No Redis: set REDIS_URL, or start the embedded one with `make demo` or `make run`."
        )
    log.set_up(settings.log_level)
    signing.use_key(settings.secret_key)
    _open_many_files()
    exchange = Exchange()
    gevent.spawn(exchange.hear, settings.redis_url, sleep=gevent.sleep)
    return make_application(exchange)


def make_application(exchange: Exchange) -> Application:
    """`/stream?pass=…` streams, `/health` tells whether Redis is heard and how many listen. Prefixes do not matter."""

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if path.endswith("/stream"):
            return _open_stream(exchange, environ, start_response)
        if path.endswith("/health"):
            status = "200 OK" if exchange.is_hearing else "503 Service Unavailable"
            start_response(status, [*PLAIN, *ANYWHERE])
            return [f"{exchange.count()} streams\n".encode()]
        start_response("404 Not Found", [*PLAIN, *ANYWHERE])
        return [b"There is nothing here.\n"]

    return application


def _open_stream(
    exchange: Exchange, environ: dict[str, Any], start_response: StartResponse
) -> Iterable[bytes]:
    token = parse_qs(str(environ.get("QUERY_STRING", ""))).get("pass", [""])[0]
    try:
        known = live.read_pass(token, machine_now=clock.machine_now())
    except HubError as error:
        start_response(f"{error.status} Refused", [*PLAIN, *ANYWHERE])
        return [b"This pass is not good, or not any more. Please reload the page.\n"]
    if not exchange.is_hearing:
        start_response("503 Service Unavailable", [*PLAIN, *ANYWHERE, ("Retry-After", "5")])
        return [b"There are no live events for the moment.\n"]
    start_response("200 OK", [*STREAM, *ANYWHERE])
    return _stream(exchange, known)


def _stream(exchange: Exchange, known: Pass) -> Iterator[bytes]:
    """News as they come, a beat when there are none; ends with its pass, so that the page asks for another one."""
    ends_at = monotonic() + known.seconds_left
    listener = exchange.join(known.topics)
    try:
        yield b": here\n\n"
        while (left := ends_at - monotonic()) > 0:
            try:
                news = listener.waiting.get(timeout=min(left, BEAT_SECONDS))
            except Empty:
                yield b":\n\n"
                continue
            if news is None:
                return
            yield f"data: {news}\n\n".encode()
        yield b"event: over\ndata: {}\n\n"
    finally:
        exchange.leave(listener)


def _open_many_files() -> None:
    """A stream is an open file; the usual limit of 1,024 would be the limit of listeners."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, FILES_WANTED)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
