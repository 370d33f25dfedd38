"""Redis as a child: a password, loopback, no persistence (it only rings the bell), no silent eviction."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import redis

from hub.supervisor.children import Program
from hub.supervisor.owner import Owner, can_reach
from hub.supervisor.ports import LOOPBACK


@dataclass(frozen=True)
class RedisServer:
    """How to run one Redis with its settings in `home`, readable by its owner alone (the password)."""

    programs: Path
    home: Path
    owner: Owner | None
    password: str

    def configure(self, port: int) -> None:
        """Write the settings file."""
        file = self.home / "redis.conf"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(self._settings(port), encoding="utf-8")
        if self.owner:
            self.owner.take(file)

    def _settings(self, port: int) -> str:
        return "\n".join(
            [
                f"bind {LOOPBACK}",
                f"port {port}",
                "protected-mode yes",
                f"requirepass {self.password}",
                f'dir "{self.home}"',
                'save ""',
                "appendonly no",
                "maxmemory-policy noeviction",
                "daemonize no",
                "set-proc-title no",
                "",
            ]
        )

    def program(self) -> Program:
        """Return the server process."""
        binary = self.programs / "bin" / "redis-server"
        if not can_reach(self.owner, binary):
            binary = Path(shutil.copy2(binary, self.home / "redis-server"))
        return Program(
            name="redis",
            command=(str(binary), str(self.home / "redis.conf")),
            cwd=self.home,
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            owner=self.owner,
            grace_seconds=5,
        )

    def is_ready(self, port: int) -> bool:
        """Return whether the server answers PING with our password."""
        client = redis.Redis(host=LOOPBACK, port=port, password=self.password, socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def url(self, port: int) -> str:
        """Return the address with the password."""
        return f"redis://:{self.password}@{LOOPBACK}:{port}/0"
