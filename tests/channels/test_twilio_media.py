"""Files that Twilio keeps: fetched from Twilio and nowhere else, within limits, without telling strangers our credentials."""

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from hub.channels import twilio_media
from hub.channels.twilio_client import TwilioSettings
from hub.channels.twilio_media import MediaError, MediaFault, fetch_media
from tests.doubles.twilio import ACCOUNT, TOKEN
from tests.doubles.twilio_media import JPEG, PNG, Answer, MediaDouble, run_media_double


@pytest.fixture(scope="module")
def twilio() -> Iterator[MediaDouble]:
    with run_media_double() as found:
        yield found


@pytest.fixture(scope="module")
def store() -> Iterator[MediaDouble]:
    with run_media_double(is_open=True) as found:
        yield found


def settings_of(double: MediaDouble, **changes: Any) -> TwilioSettings:
    given = {"api_url": double.url, "timeout_seconds": 2.0, **changes}
    return TwilioSettings(ACCOUNT, ACCOUNT, TOKEN, TOKEN, "http://localhost", **given)


def fault_of(url: str, settings: TwilioSettings, limit_bytes: int = 1_000) -> MediaFault:
    with pytest.raises(MediaError) as caught:
        fetch_media(url, settings, limit_bytes)
    assert TOKEN not in str(caught.value)
    return caught.value.fault


def test_a_file_is_fetched_with_our_credentials_and_typed_by_its_content(twilio: MediaDouble) -> None:
    url = twilio.put("ME1", Answer(content=PNG, media_type="text/html"))
    found = fetch_media(url, settings_of(twilio), 1_000)
    assert (found.content, found.media_type) == (PNG, "image/png")


@pytest.mark.parametrize(
    ("content", "told", "found"),
    [
        (b"\0\1\2" * 9, "audio/aac", "audio/aac"),
        (b"\0\1\2" * 9, "image/svg+xml", "application/octet-stream"),
        (b"\0\1\2" * 9, "text/html", "application/octet-stream"),
        (b"<svg xmlns='x'></svg>", "image/png", "image/svg+xml"),
        (b"<html><script>", "image/jpeg", "text/html"),
    ],
)
def test_what_twilio_says_counts_only_where_the_content_is_silent(
    twilio: MediaDouble, content: bytes, told: str, found: str
) -> None:
    url = twilio.put("ME2", Answer(content=content, media_type=told))
    assert fetch_media(url, settings_of(twilio), 1_000).media_type == found


def test_a_redirect_to_the_store_is_followed_without_our_credentials(
    twilio: MediaDouble, store: MediaDouble
) -> None:
    store.answers["/file"] = deque([Answer(content=JPEG)])
    url = twilio.put("ME3", Answer(status=307, location=f"{store.url}/file?signature=1"))
    known = settings_of(twilio, media_stores=frozenset({store.url}))
    assert fetch_media(url, known, 1_000).media_type == "image/jpeg"
    assert store.seen == [("/file?signature=1", None)]
    before = len(store.seen)
    assert fault_of(url, settings_of(twilio)) is MediaFault.FORBIDDEN_HOST
    assert len(store.seen) == before


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:6379/",
        "http://127.0.0.1/x",
        "https://api.twilio.com.evil.example/x",
        "https://evil.example/?api.twilio.com",
        "https://api.twilio.com@evil.example/x",
        "https://evil.example\\@api.twilio.com/x",
        "http://api.twilio.com/x",
        "https://api.twilio.com:8443/x",
        "https://api.twilio.com:99999/x",
        "https://mms.twiliocdn.com/x",
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/x",
        "https://api.a.b.c.twilio.com/x",
        "//api.twilio.com/x",
    ],
)
def test_an_address_that_is_not_the_api_is_never_asked(twilio: MediaDouble, url: str) -> None:
    assert fault_of(url, settings_of(twilio)) is MediaFault.FORBIDDEN_HOST


@pytest.mark.parametrize(
    ("location", "is_allowed"),
    [
        ("https://mms.twiliocdn.com/AC/x", True),
        ("https://media.twiliocdn.com/AC/x", True),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC/x", True),
        ("https://s3-external-1.amazonaws.com/another-bucket/x", False),
        ("https://twiliocdn.com.evil.example/x", False),
        ("https://eviltwiliocdn.com/x", False),
        ("http://mms.twiliocdn.com/AC/x", False),
        ("http://127.0.0.1:1/x", False),
        ("", True),
    ],
)
def test_where_a_redirect_may_lead(twilio: MediaDouble, location: str, is_allowed: bool) -> None:
    parts = twilio_media._split(location or twilio.url)
    base = twilio_media.urlsplit(twilio.url)
    known = settings_of(twilio)
    assert (twilio_media._is_store(parts, known) or twilio_media._is_api(parts, base)) is is_allowed


def test_an_address_of_the_public_api_is_asked_where_ours_is(twilio: MediaDouble) -> None:
    twilio.put("ME4", Answer(content=PNG))
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME4"
    assert fetch_media(url, settings_of(twilio), 1_000).content == PNG


@pytest.mark.parametrize(
    ("answer", "fault", "is_final"),
    [
        (Answer(status=404), MediaFault.NOT_THERE, False),
        (Answer(status=410), MediaFault.GONE, True),
        (Answer(status=403), MediaFault.REFUSED, False),
        (Answer(status=500), MediaFault.SERVER, False),
        (Answer(status=429), MediaFault.SERVER, False),
        (Answer(content=b""), MediaFault.EMPTY, False),
        (Answer(content=b"x" * 1_001), MediaFault.TOO_LARGE, True),
        (Answer(content=b"x" * 1_001, has_length=False), MediaFault.TOO_LARGE, True),
        (Answer(content=b"x" * 500, cut_to=200), MediaFault.NO_CONNECTION, False),
        (Answer(content=PNG, headers=(("Content-Encoding", "gzip"),)), MediaFault.NOT_HTTP, False),
        (Answer(status=302, location="/2010-04-01/Accounts/loop"), MediaFault.NOT_HTTP, False),
        (Answer(status=302), MediaFault.NOT_HTTP, False),
    ],
)
def test_why_a_file_is_not_fetched(
    twilio: MediaDouble, answer: Answer, fault: MediaFault, is_final: bool
) -> None:
    twilio.answers["/2010-04-01/Accounts/loop"] = deque([answer])
    assert fault_of(twilio.put("ME5", answer), settings_of(twilio)) is fault
    assert MediaError(fault).is_final is is_final


def test_a_line_that_drips_ends_with_the_time_for_the_whole(
    twilio: MediaDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_media, "TOTAL_SECONDS", 0.3)
    url = twilio.put("ME6", Answer(content=b"x" * 100, drip_seconds=0.05))
    assert fault_of(url, settings_of(twilio)) is MediaFault.TIMEOUT


@pytest.mark.parametrize("given", [b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 302 Found\r\nLocation: /", b""])
def test_headers_that_drip_end_with_the_time_for_the_whole(
    monkeypatch: pytest.MonkeyPatch, given: bytes
) -> None:
    monkeypatch.setattr(twilio_media, "TOTAL_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        drip = threading.Thread(target=_drip, args=(server, given), daemon=True)
        drip.start()
        base = f"http://127.0.0.1:{server.getsockname()[1]}"
        known = TwilioSettings(ACCOUNT, ACCOUNT, TOKEN, TOKEN, "http://x", api_url=base, timeout_seconds=1.0)
        began = time.monotonic()
        assert fault_of(f"{base}/x", known) is MediaFault.TIMEOUT
        assert time.monotonic() - began < 2
        drip.join()


def _drip(server: socket.socket, given: bytes) -> None:
    line, _ = server.accept()
    with line, contextlib.suppress(OSError):
        line.recv(9_999)
        line.sendall(given)
        for _ in range(100):
            line.sendall(b"a")
            time.sleep(0.05)


def test_nobody_there_and_wrong_credentials(twilio: MediaDouble) -> None:
    url = twilio.put("ME7", Answer(content=PNG))
    gone = settings_of(twilio, api_url="http://127.0.0.1:9")
    assert fault_of("http://127.0.0.1:9/2010-04-01/x", gone) is MediaFault.NO_CONNECTION
    stranger = TwilioSettings(ACCOUNT, ACCOUNT, "wrong", TOKEN, "http://x", api_url=twilio.url)
    assert fault_of(url, stranger) is MediaFault.REFUSED
