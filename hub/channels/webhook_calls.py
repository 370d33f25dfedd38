"""The wire to endpoints of others: one POST to a checked address, five seconds, no redirect followed."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from threading import Timer
from time import monotonic
from urllib.parse import quote, urlsplit

KEPT_CHARS = 500
READ_BYTES = 4 * KEPT_CHARS
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


@dataclass(frozen=True)
class Answer:
    """What came back: `text` is the first 500 characters; `fault` None when a status of 200 to 299 took it."""

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


def find_address(host: str, port: int, *, may_be_private: bool) -> str:
    """The IP address to connect to, so that the one checked is the one called. Raises _FaultError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _FaultError(CallFault.UNKNOWN_HOST) from None
    addresses = [str(each[4][0]) for each in found]
    if not may_be_private and not all(map(is_public, addresses)):
        raise _FaultError(CallFault.PRIVATE_ADDRESS)
    return addresses[0]


def call(
    url: str, body: bytes, headers: dict[str, str], *, may_be_private: bool, timeout_seconds: float
) -> Answer:
    """POST once; never raises. The whole call ends after `timeout_seconds`, however slowly bytes drip."""
    started = monotonic()
    status, text, fault = None, "", None
    try:
        status, text = _post(url, body, headers, may_be_private, timeout_seconds)
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
    if took >= timeout_seconds and fault in {CallFault.NO_CONNECTION, CallFault.NOT_HTTP}:
        fault = CallFault.TIMEOUT
    return Answer(status, text, fault, int(took * 1000))


def _post(
    url: str, body: bytes, headers: dict[str, str], may_be_private: bool, timeout_seconds: float
) -> tuple[int, str]:
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    host = (parts.hostname or "").encode("idna").decode()
    port = parts.port or (443 if is_tls else 80)
    address = find_address(host, port, may_be_private=may_be_private)
    connection = http.client.HTTPConnection(host, port, timeout=timeout_seconds)
    connection.default_port = 443 if is_tls else 80
    line: socket.socket = socket.create_connection((address, port), timeout=timeout_seconds)
    if is_tls:
        line = _CONTEXT.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
    watch = Timer(timeout_seconds, _hang_up, [line])
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
        text = response.read(READ_BYTES).decode("utf-8", "replace")
        return response.status, text.replace("\0", "�")[:KEPT_CHARS]
    finally:
        watch.cancel()
        connection.close()
        line.close()


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
