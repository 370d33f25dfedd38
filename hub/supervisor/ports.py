"""Free loopback ports, chosen once and remembered, so that an address stays the same from day to day."""

import secrets
import socket
from pathlib import Path
from urllib.parse import urlsplit

from hub.supervisor.files import read_json, write_private

LOOPBACK = "127.0.0.1"
FIRST, LAST = 20_000, 32_000  # below the range from which the kernel takes ports for outgoing connections


def is_free(port: int) -> bool:
    """Return whether we could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def is_answering(port: int) -> bool:
    """Return whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def choose_port(file: Path, name: str, *, wanted: int | None = None) -> int:
    """Return the port remembered for `name` in `file` while it is free, else `wanted`, else any."""
    known: dict[str, int] = read_json(file) or {}
    taken = {port for other, port in known.items() if other != name}
    candidates = [port for port in (known.get(name), wanted) if port is not None and port not in taken]
    port = next((port for port in candidates if is_free(port)), None) or _any_port(taken)
    write_private(file, {**known, name: port})
    return port


def _any_port(taken: set[int]) -> int:
    """Draw ports until one is free; RuntimeError after 200 draws."""
    for _ in range(200):
        port = FIRST + secrets.randbelow(LAST - FIRST)
        if port not in taken and is_free(port):
            return port
    raise RuntimeError("No free loopback port found between 20000 and 32000.")


def port_of(url: str) -> int:
    """Return the port in an address; ValueError when it has none."""
    port = urlsplit(url).port
    if port is None:
        raise ValueError("The address names no port.")
    return port


def forget_port(file: Path, name: str) -> None:
    """Forget the port of `name`, so that another one can be wanted."""
    known: dict[str, int] = read_json(file) or {}
    known.pop(name, None)
    write_private(file, known)
