"""A call to a receiver takes seconds in all, whatever hangs, and goes to the address that was checked."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

import pytest

from hub.channels.webhook_calls import Answer, CallFault, call
from tests.makers.receiver import open_receiver

SECONDS = 0.4
SLACK = 0.6


def timed(url: str, **fields: Any) -> tuple[Answer, float]:
    began = monotonic()
    answer = call(url, b"{}", {}, **{"may_be_private": True, "timeout_seconds": SECONDS, **fields})
    return answer, monotonic() - began


@contextmanager
def black_hole() -> Iterator[int]:
    """A port whose queue is full: whoever connects waits for ever."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        try:
            yield port
        finally:
            for each in waiting:
                each.close()


@contextmanager
def talker(words: bytes, pause_seconds: float) -> Iterator[int]:
    """Takes the call and lets its answer drip, byte by byte."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(4)

        def talk() -> None:
            try:
                line, _ = listener.accept()
                with line:
                    for place in range(len(words)):
                        line.sendall(words[place : place + 1])
                        sleep(pause_seconds)
                    sleep(10 * pause_seconds)
            except OSError:
                return

        threading.Thread(target=talk, daemon=True).start()
        yield listener.getsockname()[1]


def test_a_connection_that_never_comes_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with black_hole() as port:
        answer, took = timed(f"http://127.0.0.1:{port}/")
    assert answer.fault is CallFault.TIMEOUT
    assert took < SECONDS + SLACK


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_one_who_is_silent_or_drips_ends(scheme: str) -> None:
    """By https it is the handshake that drips."""
    with talker(b"HTTP/1.1 200 OK\r\n" * 20, 0.05) as port:
        answer, took = timed(f"{scheme}://127.0.0.1:{port}/", timeout_seconds=SECONDS)
    assert not answer.is_taken
    assert took < SECONDS + SLACK
    with talker(b"", 1) as port:
        answer, took = timed(f"{scheme}://127.0.0.1:{port}/")
    assert answer.fault is CallFault.TIMEOUT
    assert took < SECONDS + SLACK


def test_a_resolver_that_is_silent_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: may_end.wait(20) and [])
    answer, took = timed("https://shop.example/hook")
    may_end.set()
    assert answer.fault is CallFault.TIMEOUT
    assert took < SECONDS + SLACK


def addresses(*given: str) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in given]


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "192.168.1.1", "100.64.0.1"])
def test_a_name_with_a_private_address_among_others_is_not_called(
    monkeypatch: pytest.MonkeyPatch, inner: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: addresses("93.184.216.34", inner))
    answer, _ = timed("https://shop.example/hook", may_be_private=False)
    assert answer.fault is CallFault.PRIVATE_ADDRESS


def test_a_name_that_changes_its_address_is_called_where_it_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: public when it is looked at, private afterwards."""
    asked: list[str] = []
    called: list[Any] = []

    def rebind(host: str, *_a: Any, **_k: Any) -> list[Any]:
        asked.append(host)
        return addresses("93.184.216.34" if len(asked) == 1 else "127.0.0.1")

    def refuse(self: socket.socket, address: Any) -> None:
        called.append(address)
        raise ConnectionRefusedError

    with open_receiver() as receiver:
        monkeypatch.setattr(socket, "getaddrinfo", rebind)
        monkeypatch.setattr(socket, "create_connection", lambda address, timeout: refuse(None, address))  # type: ignore[arg-type]
        answer, _ = timed("https://shop.example/hook", may_be_private=False)
        assert receiver.told == []
    assert answer.fault is CallFault.NO_CONNECTION
    assert (asked, called) == (["shop.example"], [("93.184.216.34", 443)])


def test_the_second_address_is_tried_when_the_first_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    with black_hole() as dead, open_receiver() as receiver:
        alive = int(receiver.url.split(":")[2].split("/")[0])
        connect, ask = socket.create_connection, socket.getaddrinfo
        ports = iter((dead, alive))

        def resolve(host: str, *given: Any, **named: Any) -> list[Any]:
            is_name = host == "shop.example"
            return addresses("127.0.0.1", "127.0.0.2") if is_name else ask(host, *given, **named)

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        monkeypatch.setattr(
            socket, "create_connection", lambda _a, timeout: connect(("127.0.0.1", next(ports)), timeout)
        )
        answer, took = timed("http://shop.example/hook", timeout_seconds=2 * SECONDS)
        assert answer.is_taken
        assert len(receiver.told) == 1
    assert took < 2 * SECONDS + SLACK
