"""PostgreSQL as a child: initdb into pg.new, the settings of one machine, our role and database."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from hub.supervisor.children import Program
from hub.supervisor.owner import Owner
from hub.supervisor.ports import LOOPBACK

ADMINISTRATOR = "postgres"
DATABASE = "comptoir"
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%d ",
}
# For tests. synchronous_commit stays on: without fsync it costs little, and a killed server keeps its rows.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "max_connections": "300"}


@dataclass(frozen=True)
class Cluster:
    """One data folder and how to run it; `is_durable` False trades the safety of a power cut for speed."""

    programs: Path
    home: Path
    owner: Owner | None
    admin_password: str
    password: str
    is_durable: bool

    @property
    def data(self) -> Path:
        """Return the data folder; it exists only once it is complete."""
        return self.home / "pg"

    def create(self) -> None:
        """Run initdb into a neighbour folder and rename it, unless the data folder is there already."""
        if self.data.exists():
            return
        fresh, password_file = self.home / "pg.new", self.home / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        password_file.unlink(missing_ok=True)
        password_file.touch(mode=0o600)
        password_file.write_text(self.admin_password, encoding="ascii")
        if self.owner:
            self.owner.take(password_file)
        try:
            self._initdb(fresh, password_file)
        finally:
            password_file.unlink()
        fresh.rename(self.data)

    def _initdb(self, folder: Path, password_file: Path) -> None:
        done = subprocess.run(
            [
                *(str(self.programs / "bin" / "initdb"), "-D", str(folder), "-U", ADMINISTRATOR),
                *("--auth=scram-sha-256", f"--pwfile={password_file}", "--locale=C.UTF-8", "--encoding=UTF8"),
                *(() if self.is_durable else ("--no-sync",)),
            ],
            cwd=self.home,
            env=ENVIRONMENT,
            user=self.owner.uid if self.owner else None,
            group=self.owner.gid if self.owner else None,
            extra_groups=[] if self.owner else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def program(self, port: int) -> Program:
        """Return the server process on `port`; SIGINT is its fast shutdown."""
        settings = {**SETTINGS, "port": str(port), **({} if self.is_durable else FORGETFUL)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=(str(self.programs / "bin" / "postgres"), "-D", str(self.data), *options),
            cwd=self.home,
            env=ENVIRONMENT,
            owner=self.owner,
            stop_signal=signal.SIGINT,
            grace_seconds=30,
        )

    def forget_reused_pid(self) -> None:
        """Remove a stale postmaster.pid whose number now belongs to a process that is not this server."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="ascii").split("\n", 1)[0])
            shown = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return  # no file, or nobody has this number: PostgreSQL itself clears that
        if os.fsencode(self.data) not in shown:
            pid_file.unlink()

    def is_ready(self, port: int) -> bool:
        """Return whether the server takes our administrator's connection."""
        try:
            self._connect(port).close()
        except psycopg.OperationalError:
            return False
        return True

    def prepare(self, port: int) -> None:
        """Create our role (may create databases) and database when missing; check the extensions we need."""
        with self._connect(port) as connection:
            self._create_role(connection)
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                owner = sql.Identifier(DATABASE)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(owner, owner))
            _check_extensions(connection)

    def _create_role(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        role, password = sql.Identifier(DATABASE), sql.Literal(self.password)
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [DATABASE]).fetchone()
        verb = sql.SQL("ALTER" if known else "CREATE")
        connection.execute(sql.SQL("{} ROLE {} LOGIN CREATEDB PASSWORD {}").format(verb, role, password))

    def _connect(self, port: int) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=LOOPBACK,
            port=port,
            user=ADMINISTRATOR,
            password=self.admin_password,
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )

    def url(self, port: int) -> str:
        """Return the address in SQLAlchemy's form, with the password."""
        return f"postgresql+psycopg://{DATABASE}:{self.password}@{LOOPBACK}:{port}/{DATABASE}"


def _check_extensions(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Raise RuntimeError when the programs came without the extensions that the migrations create."""
    rows = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    missing = {"pg_trgm", "unaccent"} - {row[0] for row in rows}
    if missing:
        raise RuntimeError(f"PostgreSQL lacks the extensions {', '.join(sorted(missing))}.")
