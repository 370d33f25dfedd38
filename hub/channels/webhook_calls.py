"""The wire to endpoints of others: one POST to a checked address within seconds in all, no redirect followed."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from threading import BoundedSemaphore, Event, Thread, Timer
from time import monotonic
from urllib.parse import quote, urlsplit

KEPT_CHARS = 500
MOST_ADDRESSES = 4
MOST_QUESTIONS = 32
_QUESTIONS = BoundedSemaphore(MOST_QUESTIONS)
"""Names asked for at once, those included that a silent resolver never answers."""
OK = range(200, 300)
REDIRECT = range(300, 400)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOW_32 = 0xFFFFFFFF
_CONTEXT = ssl.create_default_context()


class CallFault(StrEnum):
    """Why a call was not taken, when it is not only the status."""

    UNKNOWN_HOST = "unknown_host"
    PRIVATE_ADDRESS = "private_address"
    NO_CONNECTION = "no_connection"
    BAD_CERTIFICATE = "bad_certificate"
    TIMEOUT = "timeout"
    REDIRECT = "redirect"
    STATUS = "status"
    NOT_HTTP = "not_http"


CUT_SHORT = frozenset({CallFault.NO_CONNECTION, CallFault.NOT_HTTP, CallFault.BAD_CERTIFICATE})
"""What a call looks like from inside that ended because its time was over."""


@dataclass(frozen=True)
class Answer:
    """What came back: `text` is its beginning (500 characters unless asked for more); `fault` None when a status of 200 to 299 took it."""

    status: int | None
    text: str
    fault: CallFault | None
    duration_ms: int

    @property
    def is_taken(self) -> bool:
        return self.fault is None


class _FaultError(Exception):
    def __init__(self, fault: CallFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also inside the ways IPv6 carries IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & _LOW_32)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def find_addresses(host: str, port: int, *, may_be_private: bool, until: float) -> list[str]:
    """The IP addresses of a host, asked for once: those that are checked are those that are called. `until`: monotonic.

    A name that changes its address between look and call changes nothing. Raises _FaultError, TimeoutError.
    """
    addresses = _look_up(host, port, until)
    if not may_be_private and not all(map(is_public, addresses)):
        raise _FaultError(CallFault.PRIVATE_ADDRESS)
    return addresses[:MOST_ADDRESSES]


def _look_up(host: str, port: int, until: float) -> list[str]:
    """In a thread of its own, since the resolver of the system knows no deadline; one that hangs is left behind."""
    found: list[str] = []
    answered = Event()

    def ask() -> None:
        try:
            with contextlib.suppress(OSError, UnicodeError):
                given = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                found.extend(dict.fromkeys(str(each[4][0]) for each in given))
        finally:
            _QUESTIONS.release()
            answered.set()

    if not _QUESTIONS.acquire(timeout=_left(until)):
        raise TimeoutError
    Thread(target=ask, name="look-up", daemon=True).start()
    if not answered.wait(_left(until)):
        raise TimeoutError
    if not found:
        raise _FaultError(CallFault.UNKNOWN_HOST)
    return found


def _connect(addresses: list[str], port: int, *, until: float) -> socket.socket:
    """To the first address that answers; each gets its share of the time that is left. Raises OSError."""
    for place, address in enumerate(addresses):
        share = _left(until) / (len(addresses) - place)
        try:
            return socket.create_connection((address, port), timeout=share)
        except OSError:
            if place == len(addresses) - 1:
                raise
    raise _FaultError(CallFault.UNKNOWN_HOST)


def _left(until: float) -> float:
    """Seconds that are left. Raises TimeoutError when none are."""
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def call(
    url: str,
    body: bytes,
    headers: dict[str, str],
    *,
    may_be_private: bool,
    timeout_seconds: float,
    most_chars: int = KEPT_CHARS,
) -> Answer:
    """POST once; never raises. Name, connection and answer take `timeout_seconds` together, however slowly bytes drip."""
    started = monotonic()
    status, text, fault = None, "", None
    try:
        status, raw = _post(url, body, headers, may_be_private, timeout_seconds, 4 * most_chars)
        text = raw.decode("utf-8", "replace").replace("\0", "�")[:most_chars]
        if status in REDIRECT:
            fault = CallFault.REDIRECT
        elif status not in OK:
            fault = CallFault.STATUS
    except _FaultError as error:
        fault = error.fault
    except TimeoutError:
        fault = CallFault.TIMEOUT
    except ssl.SSLError:
        fault = CallFault.BAD_CERTIFICATE
    except (http.client.HTTPException, ValueError):
        fault = CallFault.NOT_HTTP
    except OSError:
        fault = CallFault.NO_CONNECTION
    took = monotonic() - started
    if took >= timeout_seconds and fault in CUT_SHORT:
        fault = CallFault.TIMEOUT
    return Answer(status, text, fault, int(took * 1000))


def _post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    may_be_private: bool,
    timeout_seconds: float,
    most_bytes: int,
) -> tuple[int, bytes]:
    until = monotonic() + timeout_seconds
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    host = (parts.hostname or "").encode("idna").decode()
    port = parts.port or (443 if is_tls else 80)
    addresses = find_addresses(host, port, may_be_private=may_be_private, until=until)
    connection = http.client.HTTPConnection(host, port, timeout=timeout_seconds)
    connection.default_port = 443 if is_tls else 80
    line = _connect(addresses, port, until=until)
    if is_tls:
        line = _CONTEXT.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
    watch = Timer(_left(until), _hang_up, [line])
    watch.daemon = True
    watch.start()
    try:
        if isinstance(line, ssl.SSLSocket):
            line.do_handshake()
        connection.sock = line
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
            f"?{parts.query}" if parts.query else ""
        )
        connection.request("POST", path, body=body, headers={**headers, "Connection": "close"})
        response = connection.getresponse()
        return response.status, response.read(most_bytes)
    finally:
        watch.cancel()
        connection.close()
        line.close()


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
