"""Pictures, films and recordings that Twilio keeps for us, fetched from Twilio and from nowhere else.

Twilio answers the address of a webhook (MediaUrl0, RecordingUrl) with the file, or with one redirect to its store of
files, whose address carries its own signature and must not get our credentials. Source:
www.twilio.com/docs/messaging/api/media-resource and help.twilio.com, "Protect Media Access with HTTP Basic Authentication".
"""

import contextlib
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Event, Thread
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from hub.channels.mail_parsing.file_types import sniff_type
from hub.channels.twilio_client import TwilioSettings

TOTAL_SECONDS = 60.0
SHUT_AGAIN_SECONDS = 0.5
MOST_REDIRECTS = 3
CHUNK_BYTES = 65_536
_API_HOST = re.compile(r"api(\.[a-z0-9-]+){0,2}\.twilio\.com")
_STORE_HOST = re.compile(r"([a-z0-9-]+\.)*twiliocdn\.com")
_BUCKET_HOST, _BUCKET_PATH = "s3-external-1.amazonaws.com", "/media.twiliocdn.com/"
_OK = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DECLARED_KINDS = ("image/", "audio/", "video/")


class MediaFault(StrEnum):
    """Why a file could not be fetched. FORBIDDEN_HOST: the address, or a redirect, leads away from Twilio."""

    FORBIDDEN_HOST = "forbidden_host"
    REFUSED = "refused"
    NOT_THERE = "not_there"
    GONE = "gone"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    TIMEOUT = "timeout"
    NO_CONNECTION = "no_connection"
    SERVER = "server"
    NOT_HTTP = "not_http"


_FINAL = frozenset({MediaFault.FORBIDDEN_HOST, MediaFault.GONE, MediaFault.TOO_LARGE})


class MediaError(Exception):
    """A file was not fetched; `detail` is technical English without an address or a secret."""

    def __init__(self, fault: MediaFault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault = fault
        self.detail = detail

    @property
    def is_final(self) -> bool:
        """Whether asking again cannot help. A file that is not there may not be there yet."""
        return self.fault in _FINAL


@dataclass(frozen=True, slots=True)
class Media:
    """A file: `media_type` is that of its first bytes; what Twilio says only counts for pictures, sound and film that they do not tell."""

    content: bytes
    media_type: str


def fetch_media(url: str, settings: TwilioSettings, limit_bytes: int) -> Media:
    """Fetch one file with the account's credentials, at most `limit_bytes` long. Raises MediaError.

    The whole takes at most a minute, however slowly bytes drip. An address of Twilio's public API is asked at
    `settings.api_url` where that is not one of Twilio's own hosts.
    """
    base = urlsplit(settings.api_url)
    parts = _at_base(_split(url), base)
    if not _is_api(parts, base):
        raise MediaError(MediaFault.FORBIDDEN_HOST, parts.hostname or "no host")
    watch = _Watch(TOTAL_SECONDS)
    with requests.Session() as session:
        session.mount("http://", watch)
        session.mount("https://", watch)
        try:
            found = _follow(session, watch, parts, base, settings, limit_bytes)
        except MediaError as error:
            if watch.is_over and not error.is_final:
                raise MediaError(MediaFault.TIMEOUT, f"not in {TOTAL_SECONDS:.0f} s") from error
            raise
        finally:
            watch.done.set()
    if watch.is_over:
        raise MediaError(MediaFault.TIMEOUT, f"{len(found.content)} bytes in {TOTAL_SECONDS:.0f} s")
    return found


class _Watch(HTTPAdapter):
    """Opens the lines of one fetch, and shuts them when its time is over: a line's own timeout starts anew with each byte.

    What a shut line still gives may look whole, so `is_over` is asked after it.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.is_over = False
        self.done = Event()
        self.shuts: list[Callable[[], object]] = []
        Thread(target=self._look_on, args=(seconds,), name="media-watch", daemon=True).start()

    def get_connection_with_tls_context(self, *given: Any, **named: Any) -> Any:
        """As that of the parent; the connections it makes are known here."""
        pool: Any = super().get_connection_with_tls_context(*given, **named)
        make = pool.ConnectionCls

        def make_known(**settings: Any) -> Any:
            line = make(**settings)
            self.shuts.append(lambda: line.sock.shutdown(socket.SHUT_RDWR))
            return line

        pool.ConnectionCls = make_known
        return pool

    def _look_on(self, seconds: float) -> None:
        """Again each second, since a line may only now come about."""
        self.is_over = not self.done.wait(seconds)
        while not self.done.is_set():
            for shut in tuple(self.shuts):
                with contextlib.suppress(OSError, AttributeError, ValueError, RuntimeError):
                    shut()
            self.done.wait(SHUT_AGAIN_SECONDS)


def _follow(
    session: requests.Session,
    watch: _Watch,
    parts: SplitResult,
    base: SplitResult,
    settings: TwilioSettings,
    limit_bytes: int,
) -> Media:
    for _ in range(MOST_REDIRECTS + 1):
        found = _ask(session, watch, parts, base, settings, limit_bytes)
        if isinstance(found, Media):
            return found
        parts = found
        if not (_is_api(parts, base) or _is_store(parts, settings)):
            raise MediaError(MediaFault.FORBIDDEN_HOST, f"redirect to {parts.hostname or 'no host'}")
    raise MediaError(MediaFault.NOT_HTTP, "too many redirects")


def _split(url: str) -> SplitResult:
    """Raises MediaError for what is no address at all, or tries to be two."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise MediaError(MediaFault.FORBIDDEN_HOST, "not an address") from None
    if "@" in parts.netloc or "\\" in url:
        raise MediaError(MediaFault.FORBIDDEN_HOST, "not a plain address")
    return parts._replace(netloc=parts.netloc.lower(), fragment="")


def _at_base(parts: SplitResult, base: SplitResult) -> SplitResult:
    if _API_HOST.fullmatch(base.netloc) or not (
        parts.scheme == "https" and _API_HOST.fullmatch(parts.netloc)
    ):
        return parts
    return parts._replace(
        scheme=base.scheme, netloc=base.netloc.lower(), path=base.path.rstrip("/") + parts.path
    )


def _is_api(parts: SplitResult, base: SplitResult) -> bool:
    """Whether our credentials may go there."""
    if (parts.scheme, parts.netloc) == (base.scheme, base.netloc.lower()):
        return True
    return parts.scheme == "https" and bool(_API_HOST.fullmatch(parts.netloc))


def _is_store(parts: SplitResult, settings: TwilioSettings) -> bool:
    """Whether a redirect may lead there, without our credentials."""
    if f"{parts.scheme}://{parts.netloc}" in settings.media_stores:
        return True
    if parts.scheme != "https":
        return False
    is_bucket = parts.netloc == _BUCKET_HOST and parts.path.startswith(_BUCKET_PATH)
    return bool(_STORE_HOST.fullmatch(parts.netloc)) or is_bucket


def _ask(
    session: requests.Session,
    watch: _Watch,
    parts: SplitResult,
    base: SplitResult,
    settings: TwilioSettings,
    limit_bytes: int,
) -> Media | SplitResult:
    """The file, or where it is instead."""
    url = urlunsplit(parts)
    login = (settings.username, settings.password) if _is_api(parts, base) else None
    try:
        with session.get(
            url,
            auth=login or _no_login,
            headers={"Accept-Encoding": "identity"},
            timeout=settings.timeout_seconds,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code in _REDIRECTS:
                return _split(urljoin(url, answer.headers.get("Location", "")))
            watch.shuts.append(answer.raw.shutdown)
            _check(answer, limit_bytes)
            return _read(answer, limit_bytes)
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise MediaError(MediaFault.TIMEOUT, type(error).__name__) from error
    except (requests.ConnectionError, urllib3.exceptions.HTTPError, OSError) as error:
        raise MediaError(MediaFault.NO_CONNECTION, type(error).__name__) from error
    except ValueError as error:
        raise MediaError(MediaFault.NOT_HTTP, type(error).__name__) from error


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Asks without credentials, also without those that a file of the machine may name for the host."""
    return request


_FAULTS = {401: MediaFault.REFUSED, 403: MediaFault.REFUSED, 404: MediaFault.NOT_THERE, 410: MediaFault.GONE}


def _check(answer: requests.Response, limit_bytes: int) -> None:
    status = answer.status_code
    if status != _OK:
        raise MediaError(_FAULTS.get(status, MediaFault.SERVER), f"HTTP {status}")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise MediaError(MediaFault.NOT_HTTP, "compressed although not asked for")
    length = answer.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > limit_bytes:
        raise MediaError(MediaFault.TOO_LARGE, f"{length} bytes")


def _read(answer: requests.Response, limit_bytes: int) -> Media:
    content = bytearray()
    while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=False):
        content += chunk
        if len(content) > limit_bytes:
            raise MediaError(MediaFault.TOO_LARGE, f"more than {limit_bytes} bytes")
    if not content:
        raise MediaError(MediaFault.EMPTY)
    return Media(bytes(content), _type_of(bytes(content), answer.headers.get("Content-Type", "")))


def _type_of(content: bytes, declared: str) -> str:
    found, told = sniff_type(content), declared.partition(";")[0].strip().lower()
    if found == "application/octet-stream" and told.startswith(_DECLARED_KINDS) and "svg" not in told:
        return told
    return found
