"""Twilio's media on loopback: an API that asks for credentials, and a store of files that must never see them."""

import base64
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.doubles.twilio import ACCOUNT, TOKEN

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"\1" * 60


@dataclass(frozen=True)
class Answer:
    """What a request gets. `cut_to`: the line breaks after so many bytes; `drip_seconds`: one byte in so long."""

    status: int = 200
    content: bytes = b""
    media_type: str = "application/octet-stream"
    location: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    cut_to: int | None = None
    drip_seconds: float = 0.0
    has_length: bool = True


@dataclass
class MediaDouble:
    """`answers` by path: one after the other, the last for ever. `seen`: path and Authorization of each request."""

    port: int = 0
    is_open: bool = False
    answers: dict[str, deque[Answer]] = field(default_factory=dict)
    seen: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, sid: str, *answers: Answer) -> str:
        """Serve a file; returns its address as a webhook names it."""
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/{sid}"
        self.answers[path] = deque(answers)
        return f"{self.url}{path}"


class _Handler(BaseHTTPRequestHandler):
    double: MediaDouble

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        double, login = self.double, self.headers.get("Authorization")
        double.seen.append((self.path, login))
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if not double.is_open and login != expected:
            self._send(Answer(status=401))
            return
        waiting = double.answers.get(self.path.partition("?")[0], deque([Answer(status=404)]))
        self._send(waiting.popleft() if len(waiting) > 1 else waiting[0])

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        if answer.has_length:
            self.send_header("Content-Length", str(len(answer.content)))
        if answer.location:
            self.send_header("Location", answer.location)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        if answer.drip_seconds:
            for byte in answer.content:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(answer.drip_seconds)
            return
        self.wfile.write(answer.content[: answer.cut_to])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """A client that hung up is no error of ours."""


@contextmanager
def run_media_double(*, is_open: bool = False) -> Iterator[MediaDouble]:
    """A running double; `is_open` is the store of files, which asks for no credentials."""
    double = MediaDouble(is_open=is_open)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"double": double}))
    double.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
