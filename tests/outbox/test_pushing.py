"""Alerts to browsers against a push service of our own: encrypted, signed, tried again, forgotten when gone."""

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import http_ece
import py_vapid
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.channels.web_push import Browser, is_browser
from hub.core.errors import Invalid
from hub.outbox import pushing
from hub.outbox.push_models import PushMessage, PushSubscription
from hub.staff.models import Agent
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain

NOW = datetime.now(UTC)
PAYLOAD = {"title": "Lyon", "body": "Nouveau ticket", "url": "/inbox/T-1", "tag": "store-1"}


@dataclass
class Service:
    """A push service: keeps what was posted, answers with what it is told."""

    url: str
    status: int = 201
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.calls.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(found.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_given: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    pushing.use(may_be_private=True)
    yield found
    pushing.use(may_be_private=False)
    server.shutdown()
    server.server_close()


class Visitor:
    """A browser that subscribed: its keys, and how it reads what arrives."""

    def __init__(self, service: Service, name: str = "one") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        self.browser = Browser(
            f"{service.url}/send/{name}",
            encode(self.key.public_key().public_bytes(*form)),
            encode(self.secret),
        )

    def read(self, body: bytes) -> dict[str, str]:
        text = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        found: dict[str, str] = json.loads(text)
        return found


def encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


@pytest.fixture
def ada(session: Session) -> Agent:
    make_chain(session)
    return make_agent(session)


def subscribe(agent: Agent, browser: Browser, now: datetime = NOW) -> None:
    pushing.subscribe(agent_id=agent.id, machine_now=now, **vars(browser))


def post(ada: Agent, key: str = "one") -> int:
    return pushing.post_pushes({ada.id: PAYLOAD}, key=key, machine_now=datetime.now(UTC))


def work() -> int:
    return pushing.work_pushes(lambda: None)


def subscriptions(session: Session) -> int:
    return len(session.scalars(select(PushSubscription.id)).all())


def test_the_browser_reads_what_was_posted_and_nobody_else(
    session: Session, service: Service, ada: Agent
) -> None:
    visitor = Visitor(service)
    subscribe(ada, visitor.browser, NOW)
    assert (post(ada), post(ada)) == (1, 0)
    assert pushing.has_due()
    assert (work(), work()) == (1, 0)
    [(path, headers, body)] = service.calls
    assert path == "/send/one"
    assert visitor.read(body) == PAYLOAD
    assert b"Nouveau" not in body
    assert headers["content-encoding"] == "aes128gcm"
    assert 0 < int(headers["ttl"]) <= 3600
    assert not pushing.has_due()


def test_the_alert_is_signed_with_the_key_the_browser_was_given(
    session: Session, service: Service, ada: Agent
) -> None:
    subscribe(ada, Visitor(service).browser, NOW)
    post(ada)
    work()
    words = service.calls[0][1]["authorization"]
    assert py_vapid.Vapid02.verify(words)
    token, key = (part.partition("=")[2] for part in words.removeprefix("vapid ").split(","))
    assert key.rstrip("=") == pushing.server_key()
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["aud"] == service.url
    assert claims["sub"] == "mailto:bonjour@verel.example"
    assert NOW.timestamp() < claims["exp"] < (NOW + timedelta(days=1)).timestamp()


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    session: Session, service: Service, ada: Agent, status: int
) -> None:
    subscribe(ada, Visitor(service).browser, NOW)
    service.status = status
    post(ada)
    work()
    assert subscriptions(session) == 0
    assert post(ada, "two") == 0


def test_a_service_that_is_busy_is_tried_again_and_in_the_end_left(
    session: Session, service: Service, ada: Agent
) -> None:
    subscribe(ada, Visitor(service).browser, NOW)
    service.status = 503
    post(ada)
    for count in range(1, 6):
        work()
        session.expire_all()
        row = session.scalars(select(PushMessage)).one()
        assert row.attempt_count == min(count, 4)
        row.next_attempt_at = datetime.now(UTC)
        session.flush()
    assert row.ended_at is not None
    assert subscriptions(session) == 1


def test_another_key_of_ours_makes_the_browser_subscribe_anew(
    session: Session, service: Service, ada: Agent
) -> None:
    subscribe(ada, Visitor(service).browser, NOW)
    service.status = 403
    post(ada)
    work()
    assert subscriptions(session) == 1
    session.scalars(select(PushSubscription)).one().server_key = "of another secret"
    post(ada, "two")
    work()
    assert subscriptions(session) == 0


def test_a_browser_alerts_who_subscribed_it_last_and_a_person_ten_browsers(
    session: Session, service: Service, ada: Agent
) -> None:
    bo, visitor = make_agent(session, "Bo Petit"), Visitor(service)
    subscribe(ada, visitor.browser, NOW)
    subscribe(bo, visitor.browser, NOW)
    assert pushing.list_subscribed() == {bo.id}
    assert pushing.unsubscribe(agent_id=ada.id, endpoint=visitor.browser.endpoint) == 0
    for number in range(12):
        browser = Visitor(service, str(number)).browser
        subscribe(ada, browser, NOW + timedelta(minutes=number))
    assert pushing.count_browsers(ada.id) == 10
    assert pushing.unsubscribe(agent_id=ada.id) == 10


def test_only_addresses_of_push_services_are_taken(session: Session, service: Service, ada: Agent) -> None:
    good = Visitor(service).browser
    secure = Browser("https://push.example/1", good.p256dh, good.auth)
    assert is_browser(secure, may_be_private=False)
    assert not is_browser(good, may_be_private=False)
    for wrong in (
        Browser("file:///etc/passwd", good.p256dh, good.auth),
        Browser("https://user@push.example/1", good.p256dh, good.auth),
        Browser("https://push.example/1", "AAAA", good.auth),
        Browser("https://push.example/1", good.p256dh, "AAAA"),
        Browser("https://push.example/" + "1" * 3000, good.p256dh, good.auth),
    ):
        with pytest.raises(Invalid, match="usable"):
            subscribe(ada, wrong, NOW)


def test_a_private_address_is_never_called(session: Session, service: Service, ada: Agent) -> None:
    subscribe(ada, Visitor(service).browser, NOW)
    pushing.use(may_be_private=False)
    post(ada)
    work()
    assert service.calls == []
