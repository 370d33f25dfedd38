"""Twilio as a real HTTP server on loopback: credentials, documented errors, signed callbacks, a list, silences.

The shapes are those of the Messages resource of Twilio's REST API (2010-04-01). Nothing of the hub is used here.
"""

import base64
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from twilio.request_validator import RequestValidator

from tests.doubles.twilio_calls import answer_of_calls

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "the token of the double"
NUMBER = "+33644600001"
WORDS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    21211: (400, "Invalid 'To' Phone Number"),
    21408: (
        403,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    ),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number is not a valid mobile number"),
    21602: (400, "Message body is required."),
    63016: (400, "Failed to send freeform message because you are outside the allowed window."),
    20500: (500, "Internal Server Error"),
    20503: (503, "Service unavailable"),
}


@dataclass
class Sent:
    """A message Twilio made. `price` is what it charges, known later, as the real one's."""

    sid: str
    fields: dict[str, str]
    made_at: datetime
    status: str = "queued"
    error_code: int | None = None
    price: str | None = None

    @property
    def to(self) -> str:
        return self.fields["To"]

    @property
    def body(self) -> str:
        return self.fields.get("Body", "")

    @property
    def uuid(self) -> str:
        """Our reference, from the address of the callback."""
        return self.fields["StatusCallback"].rpartition("/")[2]


@dataclass
class Double:
    """What the double does is set by the test.

    `refusals`: error codes by recipient. `next_errors`: codes for the next requests, whatever they are. `silent_at`: the
    n-th message is taken but never answered; `failed_at`: it is taken, and answered with an error of the server. `callbacks`: which statuses are called back, in this order; None calls
    nothing back until `call_back` is used. `is_early`: they are called before the request is answered. `recordings`: by
    their sid what each look finds, None for "not there yet". `calls`: status of a call, and those of its legs.
    """

    port: int = 0
    sent: list[Sent] = field(default_factory=list)
    refusals: dict[str, int] = field(default_factory=dict)
    next_errors: deque[int] = field(default_factory=deque)
    silent_at: set[int] = field(default_factory=set)
    dropped_at: set[int] = field(default_factory=set)
    failed_at: set[int] = field(default_factory=set)
    callbacks: tuple[str, ...] | None = None
    is_early: bool = False
    request_count: int = 0
    create_count: int = 0
    retry_after: str | None = None
    has_taken: threading.Event = field(default_factory=threading.Event)
    is_stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    log: list[tuple[str, int]] = field(default_factory=list)
    recordings: dict[str, deque[bytes | None]] = field(default_factory=dict)
    calls: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count_by_uuid(self) -> Counter[str]:
        return Counter(each.uuid for each in self.sent)

    def make(self, fields: dict[str, str]) -> Sent:
        with self.lock:
            sid = f"SM{len(self.sent) + 1:032x}"
            sent = Sent(sid, fields, datetime.now(UTC))
            self.sent.append(sent)
        return sent

    def shape(self, sent: Sent) -> dict[str, Any]:
        body = sent.body
        return {
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": body,
            "date_created": format_datetime(sent.made_at),
            "date_sent": format_datetime(sent.made_at) if sent.status != "queued" else None,
            "date_updated": format_datetime(sent.made_at),
            "direction": "outbound-api",
            "error_code": sent.error_code,
            "error_message": None,
            "from": sent.fields.get("From"),
            "messaging_service_sid": sent.fields.get("MessagingServiceSid"),
            "num_media": "0",
            "num_segments": "1" if "MessagingServiceSid" not in sent.fields else "0",
            "price": sent.price,
            "price_unit": "EUR",
            "sid": sent.sid,
            "status": sent.status if "MessagingServiceSid" not in sent.fields else "accepted",
            "subresource_uris": {},
            "to": sent.to,
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sent.sid}.json",
        }

    def call_back(
        self, sent: Sent, status: str, *, error_code: int | None = None, token: str = TOKEN, tries: int = 3
    ) -> int:
        """POST a signed status callback, again when the answer is not 2xx. Returns the last HTTP status (0: none)."""
        sent.status, sent.error_code = status, error_code or sent.error_code
        fields = {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "From": sent.fields.get("From", NUMBER),
            "MessageSid": sent.sid,
            "MessageStatus": status,
            "SmsSid": sent.sid,
            "SmsStatus": status,
            "To": sent.to,
        }
        if error_code:
            fields["ErrorCode"] = str(error_code)
        return self.post_signed(sent.fields["StatusCallback"], fields, token=token, tries=tries)

    def post_signed(self, url: str, fields: dict[str, str], *, token: str = TOKEN, tries: int = 3) -> int:
        answer = 0
        for _ in range(tries):
            answer = self._post(url, fields, token)
            self.log.append((fields.get("MessageStatus", "inbound"), answer))
            if 200 <= answer < 300:
                break
            time.sleep(0.05)
        return answer

    def _post(self, url: str, fields: dict[str, str], token: str) -> int:
        try:
            return requests.post(
                url, data=fields, headers=sign(url, fields, token=token), timeout=10
            ).status_code
        except requests.RequestException:
            return 0


def sign(url: str, fields: dict[str, str], *, token: str = TOKEN) -> dict[str, str]:
    """The header Twilio adds to a webhook."""
    validator: Any = RequestValidator
    return {"X-Twilio-Signature": validator(token).compute_signature(url, fields)}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double: Double

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if self._refuse_stranger():
            return
        if "/Recordings/" in asked.path or "/Calls" in asked.path:
            self._tell_of_calls(asked.path, parse_qs(asked.query).get("ParentCallSid", [""])[0])
            return
        wanted = parse_qs(asked.query).get("To", [None])[0]
        found = [each for each in self.double.sent if wanted in {None, each.to}]
        self._answer(
            200, {"messages": [self.double.shape(each) for each in reversed(found)], "next_page_uri": None}
        )

    def do_POST(self) -> None:
        double = self.double
        length = int(self.headers["Content-Length"])
        given = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
        fields = {name: values[0] for name, values in given.items()}
        with double.lock:
            double.request_count += 1
        if self._refuse_stranger():
            return
        if urlsplit(self.path).path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            self._error(20404)
            return
        if double.next_errors:
            self._error(double.next_errors.popleft())
            return
        code = double.refusals.get(fields["To"]) or (
            None if "Body" in fields or "ContentSid" in fields else 21602
        )
        if code:
            self._error(code)
            return
        self._take(fields)

    def _take(self, fields: dict[str, str]) -> None:
        double = self.double
        sent = double.make(fields)
        with double.lock:
            double.create_count += 1
            number = double.create_count
        if double.callbacks and double.is_early:
            self._call_back(sent)
        if number in double.silent_at:
            double.has_taken.set()
            double.is_stopped.wait(60)
            self.close_connection = True
            return
        if number in double.dropped_at:
            self.close_connection = True
            return
        if number in double.failed_at:
            self._error(20500)
            return
        self._answer(201, double.shape(sent))
        if double.callbacks and not double.is_early:
            threading.Thread(target=self._call_back, args=(sent,), daemon=True).start()

    def _tell_of_calls(self, path: str, parent: str) -> None:
        double = self.double
        found = answer_of_calls(
            path, parent, account=ACCOUNT, calls=double.calls, recordings=double.recordings
        )
        if found is None:
            self._error(20404)
        elif isinstance(found, bytes):
            self._send(200, found, "audio/mpeg")
        else:
            self._answer(200, found)

    def _call_back(self, sent: Sent) -> None:
        for status in self.double.callbacks or ():
            self.double.call_back(sent, status)

    def _refuse_stranger(self) -> bool:
        expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {expected}":
            return False
        self._error(20003)
        return True

    def _error(self, code: int) -> None:
        status, words = WORDS[code]
        more = f"https://www.twilio.com/docs/errors/{code}"
        self._answer(status, {"code": code, "message": words, "more_info": more, "status": status})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, json.dumps(body).encode(), "application/json")

    def _send(self, status: int, raw: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(raw)))
        if self.double.retry_after is not None:
            self.send_header("Retry-After", self.double.retry_after)
        self.end_headers()
        self.wfile.write(raw)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no error of ours."""


@contextmanager
def run_double() -> Iterator[Double]:
    """A running double; ended afterwards."""
    double = Double()
    handler = type("Handler", (_Handler,), {"double": double})
    server = _Server(("127.0.0.1", 0), handler)
    double.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        double.is_stopped.set()
        server.shutdown()
        server.server_close()
