"""Which processes make an installation, as data: sink, mailbox, clock, workers and web."""

import sys
from collections.abc import Mapping

from hub.supervisor.children import Program
from hub.supervisor.station import CHECKOUT, FLASK

WORKER_COUNT = 2
WEB_WORKER_COUNT, WEB_THREAD_COUNT = 2, 8
WEB_GRACE_SECONDS = 5


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
    """Return the processes without a face: mailbox, clock and workers."""
    return [
        _program("mailbox", environ, "worker.py", "--mailbox"),
        _program("clock", environ, "worker.py", "--clock"),
        *(_program(f"worker-{number}", environ, "worker.py") for number in range(1, WORKER_COUNT + 1)),
    ]


def web(environ: Mapping[str, str], *, host: str, port: int) -> Program:
    """Return gunicorn with threads; it listens on `host`:`port`."""
    return _program(
        "web",
        environ,
        *("-m", "gunicorn", "hub.app:create_app()", "--bind", f"{host}:{port}"),
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
