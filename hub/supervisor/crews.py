"""Which processes make an installation, as data: sink, mailbox, clock, workers, live events and web."""

import sys
from collections.abc import Mapping

from hub.supervisor.children import Program
from hub.supervisor.ports import LOOPBACK
from hub.supervisor.station import CHECKOUT, FLASK

WORKER_COUNT = 2
WEB_WORKER_COUNT, WEB_THREAD_COUNT = 2, 8
WEB_GRACE_SECONDS = 5
EVENTS_GRACE_SECONDS = 2
EVENTS_PORT = "8001"
MOST_STREAMS = 10_000


def _program(name: str, environ: Mapping[str, str], *arguments: str, grace_seconds: float = 10.0) -> Program:
    return Program(
        name=name,
        command=(sys.executable, *arguments),
        cwd=CHECKOUT,
        env=environ,
        grace_seconds=grace_seconds,
    )


def sink(environ: Mapping[str, str]) -> Program:
    """Return the SMTP server that keeps every mail of the demo."""
    return _program("sink", environ, *FLASK, "demo", "sink")


def machines(environ: Mapping[str, str]) -> list[Program]:
    """Return the processes without a face: mailbox, clock, workers and live events."""
    return [
        _program("mailbox", environ, "worker.py", "--mailbox"),
        _program("clock", environ, "worker.py", "--clock"),
        *(_program(f"worker-{number}", environ, "worker.py") for number in range(1, WORKER_COUNT + 1)),
        events(environ),
    ]


def events(environ: Mapping[str, str]) -> Program:
    """Return the process of the live events: one gunicorn worker of gevent, since a stream would hold a thread of the web."""
    place = f"{environ.get('EVENTS_HOST', LOOPBACK)}:{environ.get('EVENTS_PORT', EVENTS_PORT)}"
    return _program(
        "events",
        environ,
        *("-m", "gunicorn", "hub.live.streams:create_streams()", "--bind", place),
        *("--workers", "1", "--worker-class", "gevent", "--worker-connections", str(MOST_STREAMS)),
        *("--graceful-timeout", str(EVENTS_GRACE_SECONDS), "--no-control-socket"),
        grace_seconds=EVENTS_GRACE_SECONDS + 3,
    )


def web(environ: Mapping[str, str], *, host: str, port: int) -> Program:
    """Return gunicorn with threads; it listens on `host`:`port`."""
    return _program(
        "web",
        environ,
        *("-m", "gunicorn", "hub.app:create_app()", "--bind", f"{host}:{port}", "--config", "python:hub.web"),
        *(
            "--workers",
            str(WEB_WORKER_COUNT),
            "--worker-class",
            "gthread",
            "--threads",
            str(WEB_THREAD_COUNT),
        ),
        *("--graceful-timeout", str(WEB_GRACE_SECONDS), "--keep-alive", "5", "--no-control-socket"),
        "--preload",  # import once, then fork: faster on two cores, and the workers share the memory
        *("--max-requests", "20000", "--max-requests-jitter", "2000"),
        grace_seconds=WEB_GRACE_SECONDS + 5,
    )
