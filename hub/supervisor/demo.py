"""`make demo`: an installation of its own in var/demo, filled, described in var/demo.json, until Ctrl+C."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import sleep
from typing import Any, TextIO

from hub.supervisor.children import end_group, end_orphan, living_pid, own_command
from hub.supervisor.commands import THEN
from hub.supervisor.crews import machines, sink, web
from hub.supervisor.demo_phone import phone_settings
from hub.supervisor.embedded import prepare_var
from hub.supervisor.files import read_json, take_lock, write_private
from hub.supervisor.ports import LOOPBACK, choose_port, forget_port, port_of
from hub.supervisor.signals import end_on_signals, ignore_signals
from hub.supervisor.station import CHECKOUT, COMMANDS, Station, say

STOP_SECONDS = 90.0
PORTS = {
    "web": 8000,
    "events": 8001,
    "mailbox": 2525,
    "sink": 2526,
}  # wanted; others are chosen when these are taken
SERVERS = ("DATABASE_URL", "REDIS_URL")


class Demo:
    """The demo of one checkout: data in `var`/demo, its description in `var`/demo.json while it is open."""

    def __init__(self, var: Path) -> None:
        self.home = prepare_var(var / "demo")
        self.description = self.home.parent / "demo.json"
        self.settings = self.home / "environment.json"
        self.pid_file = self.home / "demo.pid.json"

    def run(self, environ: Mapping[str, str], *, port: int | None, fresh: bool) -> None:
        """Open the demo and stay until a signal; return at once when it is open already (`fresh` ends it)."""
        if fresh:
            self.stop()
        lock = take_lock(self.home / "demo.lock")
        if lock is None:
            self._say_running()
            return
        end_on_signals()
        with lock:
            self._run_alone(environ, port=port, fresh=fresh)

    def _say_running(self) -> None:
        known = read_json(self.description)
        say("The demo is running already.", *(table(known) if known else ["It is not ready yet."]))

    def _run_alone(self, environ: Mapping[str, str], *, port: int | None, fresh: bool) -> None:
        settings = self._choose_settings(port)
        self.description.unlink(missing_ok=True)
        write_private(self.pid_file, {"pid": os.getpid(), "command": own_command()})
        station = Station(self.home, {**environ, **settings})
        try:
            description = self._fill(station, fresh=fresh)
            write_private(self.settings, {name: station.environ[name] for name in (*settings, *SERVERS)})
            self._open(station, description)
            station.keep()
        except KeyboardInterrupt:
            say("Stopping the demo.")
        finally:
            ignore_signals()
            self.description.unlink(missing_ok=True)
            self.settings.unlink(missing_ok=True)
            station.close()
            self.pid_file.unlink(missing_ok=True)

    def _choose_settings(self, port: int | None) -> dict[str, str]:
        """Return what makes a process one of the demo; the ports are remembered."""
        wanted = {**PORTS, "web": port or PORTS["web"]}
        if port is not None:
            forget_port(self.home / "ports.json", "web")
        ports = {
            name: str(choose_port(self.home / "ports.json", name, wanted=at)) for name, at in wanted.items()
        }
        base_url = f"http://{LOOPBACK}:{ports['web']}"
        return {
            **phone_settings(base_url),
            "COMPTOIR_DEMO": "1",
            "COMPTOIR_VAR": str(self.home),
            "BASE_URL": base_url,
            "EVENTS_HOST": LOOPBACK,
            "EVENTS_PORT": ports["events"],
            "EVENTS_URL": f"http://{LOOPBACK}:{ports['events']}",
            "MAILBOX_HOST": LOOPBACK,
            "MAILBOX_PORT": ports["mailbox"],
            "SINK_HOST": LOOPBACK,
            "SINK_PORT": ports["sink"],
            "SMTP_HOST": LOOPBACK,
            "SMTP_PORT": ports["sink"],
            "SMTP_SECURITY": "none",
        }

    def _fill(self, station: Station, *, fresh: bool) -> dict[str, Any]:
        """Bring the database up to date, fill it and return the demo's description."""
        station.open_servers(fresh=fresh)
        if fresh:
            shutil.rmtree(self.home / "files", ignore_errors=True)
        title = "Filling the demo chain; the first time takes a minute."
        told = station.step(title, *COMMANDS, "db", "upgrade", THEN, "demo", "fill", THEN, "demo", "describe")
        description: dict[str, Any] = json.loads(told[told.rfind("\n{") + 1 :])
        return description

    def _open(self, station: Station, description: dict[str, Any]) -> None:
        say("Opening.")
        base_url = station.environ["BASE_URL"]
        page = web(station.environ, host=LOOPBACK, port=port_of(base_url))
        station.open([sink(station.environ), *machines(station.environ), page], ready_url=f"{base_url}/ready")
        write_private(self.description, description)
        say(*table(description), "Ctrl+C here, or `make demo-stop`, ends the demo.")

    def detach(self, *, port: int | None, fresh: bool) -> None:
        """Open the demo in a session of its own; return when it is ready, RuntimeError when it ended."""
        options = [*(["--reset"] if fresh else []), *(["--port", str(port)] if port else [])]
        log_file = self.home / "log" / "demo.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "hub.supervisor", "demo", "--var", str(self.home.parent), *options],
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            with log_file.open(encoding="utf-8") as told:
                self._follow(process, told)
        except KeyboardInterrupt:
            process.terminate()
            process.wait(STOP_SECONDS)

    def _follow(self, process: subprocess.Popen[bytes], told: TextIO) -> None:
        """Repeat what the detached demo says until it is ready, or has ended."""
        while not (self.description.exists() and living_pid(self.pid_file) == process.pid):
            ended = process.poll()
            say_on(told)
            if ended:
                raise RuntimeError("The demo did not open.")
            if ended == 0:
                return  # it was running already
            sleep(0.2)
        sleep(0.2)
        say_on(told)

    def stop(self) -> None:
        """End the running demo, or what a killed one left behind; returns when it is gone."""
        pid = living_pid(self.pid_file)
        if pid is not None:
            say("Stopping the demo.")
            end_group(
                pid,
                signal.SIGTERM,
                grace_seconds=STOP_SECONDS,
                gone=lambda: living_pid(self.pid_file) is None,
            )
        for file in sorted((self.home / "pids").glob("*.json")):
            end_orphan(file, stop_signal=signal.SIGTERM, grace_seconds=5)
        for file in (self.description, self.settings, self.pid_file, self.home / "addresses.json"):
            file.unlink(missing_ok=True)


def say_on(told: TextIO) -> None:
    """Print what was added to a log since the last look."""
    sys.stdout.write(told.read())
    sys.stdout.flush()


def table(description: Mapping[str, Any]) -> list[str]:
    """Return the address and the log-ins of the demo as lines for a terminal."""
    columns = ("role", "store", "email", "password")
    rows = [columns, *([str(login.get(name) or "–") for name in columns] for login in description["logins"])]
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    mail = description["smtp"]
    return [
        "",
        f"Comptoir is open: {description['base_url']}",
        "",
        *(f"  {line.rstrip()}" for line in lines),
        "",
        f"Mail for …@{description['inbound_domain']} is taken at {mail['host']}:{mail['port']}.",
    ]
