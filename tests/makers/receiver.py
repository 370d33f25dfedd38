"""A receiver of webhooks: a real HTTP server on loopback that keeps what it was told and answers as it is asked to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any


@dataclass
class Told:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`status`, `answer`, `location` and `wait_seconds` are what the next callers get."""

    url: str = ""
    status: int = 204
    answer: bytes = b""
    location: str = ""
    wait_seconds: float = 0.0
    told: list[Told] = field(default_factory=list)


@contextmanager
def open_receiver() -> Iterator[Receiver]:
    """Up until the end of the block."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.told.append(Told(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            sleep(found.wait_seconds)
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", found.location)
            self.end_headers()
            self.wfile.write(found.answer)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
