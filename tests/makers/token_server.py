"""A provider of tokens: a real HTTP server on loopback that gives them out, and tells a mail server whose they are."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

SECRET = "ein-geheimnis"
REFRESH = "refresh-1"


@dataclass
class TokenServer:
    """`asked` are the forms that asked for a token; `good` the tokens that a mail server takes, by user."""

    user: str
    url: str = ""
    introspection_url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    good: dict[str, str] = field(default_factory=dict)
    lasts_seconds: int = 3600
    refusal: dict[str, str] | None = None
    refusal_status: int = 400
    wait_seconds: float = 0.0
    refresh_token: str = ""
    gives_good: bool = True

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path == "/introspect":
            user = self.good.get(form.get("token", ""))
            return 200, {"active": user is not None, "username": user or ""}
        self.asked.append(form)
        time.sleep(self.wait_seconds)
        if self.refusal is not None or form.get("client_secret") != SECRET:
            return self.refusal_status, self.refusal or {
                "error": "invalid_client",
                "error_description": "unknown secret",
            }
        token = f"token-{len(self.asked)}"
        if self.gives_good:
            self.good = {token: self.user}
        more = {"refresh_token": self.refresh_token} if self.refresh_token else {}
        return 200, {"token_type": "Bearer", "access_token": token, "expires_in": self.lasts_seconds, **more}


@contextmanager
def open_token_server(user: str = "") -> Iterator[TokenServer]:
    """Up until the end of the block."""
    found = TokenServer(user)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(text).items()}
            status, said = found.answer(self.path, form)
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    found.url, found.introspection_url = f"{base}/token", f"{base}/introspect"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
