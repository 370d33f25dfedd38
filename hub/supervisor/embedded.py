"""The plant: an embedded PostgreSQL and Redis of our own, safe to start twice, back after any kill."""

import secrets
import shutil
import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import Self, TextIO

from hub.supervisor.binaries import Programs, wheel_programs
from hub.supervisor.children import Child, end_orphan
from hub.supervisor.files import read_json, take_lock, write_private
from hub.supervisor.owner import can_reach, choose_owner, data_home, make_private, reachable_copy
from hub.supervisor.ports import choose_port, is_answering, port_of
from hub.supervisor.postgres import Cluster
from hub.supervisor.redis_server import RedisServer
from hub.supervisor.waiting import until

READY_SECONDS = 120.0  # crash recovery after a large import may take a while
ATTEMPTS = 6  # after kill -9 the old backends may need a moment to let go of the shared memory
PAUSE_SECONDS = 0.3


@dataclass(frozen=True)
class Addresses:
    """Where the servers listen, passwords included; never print them."""

    database_url: str
    redis_url: str


@dataclass(frozen=True)
class Server:
    """A child that has to be asked whether it is ready."""

    child: Child
    is_ready: Callable[[], bool]
    before_start: Callable[[], None]

    def start(self) -> None:
        """Start and wait until ready; RuntimeError with the end of the log when it keeps failing."""
        for _ in range(ATTEMPTS):
            self.before_start()
            self.child.start()
            until(lambda: not self.child.is_running() or self.is_ready(), seconds=READY_SECONDS)
            if self.child.is_running():
                return
            sleep(PAUSE_SECONDS)
        raise RuntimeError(f"{self.child.program.name} did not start:\n{self.child.last_words()}")


class Plant:
    """PostgreSQL and Redis as our direct children: `start`, then `tend` now and then, then `stop`.

    Start and tend from one long-lived thread: the servers end when the thread that started them does.
    """

    def __init__(self) -> None:
        self.var = Path()
        self.home = Path()
        self.addresses: Addresses | None = None
        self.is_attached = False
        self._lock: TextIO | None = None
        self._servers: list[Server] = []

    def start(
        self, var: Path, *, durable: bool = True, fresh: bool = False, programs: Programs | None = None
    ) -> Addresses:
        """Start both servers with their data below `var`, or attach to the plant that already runs there.

        `durable=False` is for tests: a power cut may cost the data. `fresh` removes former data first (not
        that of a running plant). `programs` default to those of the wheels.
        RuntimeError says why a server did not come up.
        """
        self.var = prepare_var(var)
        self.addresses = self._attach_or_lock()
        self.is_attached = self.addresses is not None
        if self.addresses is None:
            try:
                self.addresses = self._start_servers(
                    programs or wheel_programs(), is_durable=durable, is_fresh=fresh
                )
            except BaseException:
                self.stop()
                raise
            write_private(self.var / "addresses.json", asdict(self.addresses))
        return self.addresses

    def tend(self) -> list[str]:
        """Start again what died since the last look; return the names of the servers concerned."""
        fallen = [server for server in self._servers if not server.child.is_running()]
        for server in fallen:
            server.start()
        return [server.child.program.name for server in fallen]

    def stop(self, *, forget: bool = False) -> None:
        """Stop the servers that we started and let go of the lock; an attached plant is left alone.

        `forget` removes the data too.
        """
        if self._lock is not None:
            (self.var / "addresses.json").unlink(missing_ok=True)
            for server in reversed(self._servers):
                server.child.stop()
            if forget:
                _erase(self.home)
            self._lock.close()
        self._lock, self._servers, self.addresses = None, [], None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def _attach_or_lock(self) -> Addresses | None:
        """Take the lock and return None, or return the addresses of the plant that holds it."""
        for _ in range(round(READY_SECONDS / PAUSE_SECONDS)):
            self._lock = take_lock(self.var / "plant.lock")
            if self._lock is not None:
                return None
            running = running_addresses(self.var)
            if running is not None:
                return running
            sleep(PAUSE_SECONDS)
        raise RuntimeError(
            f"Another process holds {self.var / 'plant.lock'} but its servers do not answer: end it first."
        )

    def _start_servers(self, programs: Programs, *, is_durable: bool, is_fresh: bool) -> Addresses:
        owner = choose_owner()
        self.home = data_home(self.var, owner)
        if is_fresh:
            _end_orphans(self.var)
            _erase(self.home)
        make_private(self.home, owner)
        passwords, ports = _kept_passwords(self.var), self.var / "ports.json"
        cluster = Cluster(
            programs=reachable_copy(programs.postgres, self.home, owner),
            home=self.home,
            owner=owner,
            admin_password=passwords["administrator"],
            password=passwords["database"],
            is_durable=is_durable,
        )
        cluster.create()
        store = RedisServer(programs.redis, self.home, owner, passwords["redis"])
        return self._run(cluster, choose_port(ports, "postgres"), store, choose_port(ports, "redis"))

    def _run(self, cluster: Cluster, database_port: int, store: RedisServer, redis_port: int) -> Addresses:
        store.configure(redis_port)
        pids, logs = self.var / "pids", self.var / "log"
        self._servers = [
            Server(
                Child(cluster.program(database_port), pids=pids, logs=logs),
                is_ready=lambda: cluster.is_ready(database_port),
                before_start=cluster.forget_reused_pid,
            ),
            Server(
                Child(store.program(), pids=pids, logs=logs),
                is_ready=lambda: store.is_ready(redis_port),
                before_start=lambda: store.configure(redis_port),
            ),
        ]
        for server in self._servers:
            server.start()
        cluster.prepare(database_port)
        return Addresses(cluster.url(database_port), store.url(redis_port))


def prepare_var(var: Path) -> Path:
    """Create `var` with its folders, closed to other users except for walking through; return it resolved."""
    var.mkdir(parents=True, exist_ok=True, mode=0o711)
    for name in ("pids", "log"):
        (var / name).mkdir(exist_ok=True, mode=0o700)
    return var.resolve()


def running_addresses(var: Path) -> Addresses | None:
    """Return the addresses of the plant that runs in `var`, or None when it does not answer."""
    known = read_json(var / "addresses.json")
    if not isinstance(known, dict):
        return None
    addresses = Addresses(**known)
    is_up = all(is_answering(port_of(url)) for url in (addresses.database_url, addresses.redis_url))
    return addresses if is_up else None


def erase(var: Path) -> None:
    """Remove the data of the plant in `var`, wherever it lies; RuntimeError while it runs."""
    lock = take_lock(prepare_var(var) / "plant.lock")
    if lock is None:
        raise RuntimeError(f"The servers in {var} are running: stop them first.")
    with lock:
        _end_orphans(var)
        _erase(data_home(var, choose_owner()))


def _end_orphans(var: Path) -> None:
    """End servers that outlived a killed supervisor, before their data goes."""
    for name in ("redis", "postgres"):
        end_orphan(var / "pids" / f"{name}.json", stop_signal=signal.SIGINT, grace_seconds=10)


def _erase(home: Path) -> None:
    if home.exists():
        shutil.rmtree(home)


def explain_place(var: Path) -> str | None:
    """Return a sentence naming the data folder when it had to lie outside `var`, else None."""
    owner = choose_owner()
    home = data_home(var, owner)
    if owner is None or can_reach(owner, var.resolve() / "data"):
        return None
    return f"The user {owner.name} cannot reach {var}: the data lies in {home}."


def _kept_passwords(var: Path) -> dict[str, str]:
    """Return the passwords in `var`, made up at the first start."""
    file = var / "passwords.json"
    known: dict[str, str] = read_json(file) or {}
    for name in ("administrator", "database", "redis"):
        known.setdefault(name, secrets.token_urlsafe(24))
    write_private(file, known)
    return known
