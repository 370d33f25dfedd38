"""The process of the live events as it runs: many streams in little memory, passes asked for, Redis gone and back."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis

from config import Config, inherited
from hub.core import clock, live, signing
from hub.core.bell import connect_redis
from hub.core.live import News, NewsKind
from hub.supervisor.binaries import wheel_programs
from hub.supervisor.children import Child, Program
from hub.supervisor.crews import events
from hub.supervisor.ports import LOOPBACK, choose_port

STREAM_COUNT = 1000 if os.environ.get("LARGE") else 60
MOST_MEGABYTES = 160
SECRET = "only for tests"


@dataclass
class Place:
    """The running process: where it listens, and the Redis it hears."""

    port: int
    redis: Redis
    child: Child

    def open(self, url: str) -> socket.socket:
        stream = socket.create_connection((LOOPBACK, self.port), timeout=10)
        stream.sendall(f"GET {url} HTTP/1.1\r\nHost: live\r\nConnection: close\r\n\r\n".encode())
        return stream

    def tell(self, news: News) -> None:
        self.redis.publish(live.channel_of(self.redis), news.written())

    def megabytes(self) -> float:
        """Resident memory of the gunicorn master and its one worker together."""
        process = self.child.process
        assert process is not None
        pids = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True)
        return sum(_resident(int(pid)) for pid in (process.pid, *pids.stdout.split())) / 1024


def _resident(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0


def soon(look: Callable[[], object], seconds: float = 15) -> object:
    stop_at = time.monotonic() + seconds
    while time.monotonic() < stop_at:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("It did not happen in time.")


def read_until(stream: socket.socket, words: bytes) -> bytes:
    found = b""
    while words not in found:
        more = stream.recv(4096)
        if not more:
            raise AssertionError(f"The stream ended: {found!r}")
        found += more
    return found


def url_of(*topics: str, ends_in: timedelta = timedelta(0)) -> str:
    """The path of a stream, whose pass may be older."""
    signing.use_key(SECRET)
    live.connect(None, address="http://x")
    url = live.make_stream_url(
        topics, machine_now=clock.machine_now() + ends_in - live.PASS_LASTS * bool(ends_in)
    )
    live.connect(None, address="")
    return url.removeprefix("http://x")


@contextmanager
def running(redis_url: str, folder: Path) -> Iterator[Place]:
    port = choose_port(folder / "ports.json", "events")
    environ = inherited(
        {
            "REDIS_URL": redis_url,
            "SECRET_KEY": SECRET,
            "EVENTS_PORT": str(port),
            "COMPTOIR_VAR": str(folder),
            "LOG_LEVEL": "ERROR",
        }
    )
    child = Child(events(environ), pids=folder, logs=folder)
    child.start()
    place = Place(port, connect_redis(redis_url), child)
    try:
        soon(lambda: answer(place, "/health").startswith(b"HTTP/1.1 200"))
        yield place
    finally:
        child.stop()


def answer(place: Place, url: str) -> bytes:
    """All that a request is answered which opens no stream; nothing while the process is not there."""
    try:
        with place.open(url) as wire:
            return b"".join(iter(lambda: wire.recv(4096), b""))
    except OSError:
        return b""


def own_redis(port: int, folder: Path) -> Child:
    """A Redis of this test's own, to be stopped and started."""
    binary = str(wheel_programs().redis / "bin" / "redis-server")
    command = (binary, "--port", str(port), "--bind", LOOPBACK, "--save", "", "--dir", str(folder))
    return Child(Program(name="redis", command=command, cwd=folder), pids=folder, logs=folder)


@pytest.fixture(scope="module")
def place(settings: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running(str(settings.redis_url), tmp_path_factory.mktemp("live")) as found:
        yield found


def test_many_streams_hear_only_their_stores_in_little_memory(place: Place) -> None:
    before = place.megabytes()
    lyon = [place.open(url_of("store:5")) for _ in range(STREAM_COUNT // 2)]
    lille = [place.open(url_of("store:6")) for _ in range(STREAM_COUNT // 2)]
    for stream in (*lyon, *lille):
        assert b"text/event-stream" in read_until(stream, b": here")
    place.tell(News(NewsKind.TICKET, live.ticket_topics(5), 42))
    place.tell(News(NewsKind.PRESENCE, live.ticket_topics(6), 43))
    for stream in lyon:
        assert b'data: {"kind":"ticket","ticket":42}\n' in read_until(stream, b"}\n")
    for stream in lille:
        found = read_until(stream, b"}\n")
        assert b'data: {"kind":"presence","ticket":43}\n' in found
        assert b"42" not in found
    used = place.megabytes()
    print(f"{STREAM_COUNT} streams: {used:.0f} MB, {before:.0f} MB without any")
    assert used < MOST_MEGABYTES
    assert answer(place, "/live/health").count(f"{STREAM_COUNT} streams".encode()) == 1
    for stream in (*lyon, *lille):
        stream.close()


def test_a_stream_asks_for_a_good_pass_and_ends_with_it(place: Place) -> None:
    assert answer(place, "/stream").startswith(b"HTTP/1.1 404")
    assert answer(place, url_of("all")[:-4] + "abcd").startswith(b"HTTP/1.1 404")
    assert answer(place, url_of("all", ends_in=timedelta(seconds=-5))).startswith(b"HTTP/1.1 410")
    assert answer(place, "/").startswith(b"HTTP/1.1 404")
    with place.open(url_of("all", ends_in=timedelta(seconds=2.5))) as stream:
        assert b"event: over" in read_until(stream, b"over")


def test_when_redis_goes_the_streams_end_and_come_back_with_it(tmp_path: Path) -> None:
    port = choose_port(tmp_path / "ports.json", "redis")
    server = own_redis(port, tmp_path)
    server.start()
    with running(f"redis://{LOOPBACK}:{port}/0", tmp_path) as place:
        stream = place.open(url_of("all"))
        read_until(stream, b": here")
        server.stop()
        assert stream.recv(4096) in {b"", b"0\r\n\r\n"}
        assert answer(place, url_of("all")).startswith(b"HTTP/1.1 503")
        server.start()
        soon(lambda: answer(place, "/health").startswith(b"HTTP/1.1 200"))
        again = place.open(url_of("all"))
        read_until(again, b": here")
        place.tell(News(NewsKind.TICKET, live.ticket_topics(None), 7))
        assert b'"ticket":7' in read_until(again, b"}\n")
    server.stop()
