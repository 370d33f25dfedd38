"""The power plant: real servers, started twice, killed in every way, and stopped without a trace."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import redis

from hub.supervisor.binaries import debian_programs
from hub.supervisor.children import living_pid
from hub.supervisor.embedded import Plant, running_addresses
from hub.supervisor.ports import LOOPBACK, port_of
from hub.supervisor.waiting import until
from tests.supervisor.conftest import CHECKOUT, Apart, ask, kill_server


def test_servers_answer_with_their_passwords_and_leave_nothing(var: Path) -> None:
    plant = Plant()
    addresses = plant.start(var, durable=False)
    file = var / "addresses.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert addresses == running_addresses(var)
    ask(addresses.database_url, "CREATE EXTENSION pg_trgm")
    ask(addresses.database_url, "CREATE EXTENSION unaccent")
    assert ask(addresses.database_url, "SELECT lower('ÉTÉ'), current_setting('server_encoding')") == [
        ("été", "UTF8")
    ]
    assert ask(addresses.database_url, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = user") == [
        (False, True)
    ]
    client = redis.Redis.from_url(addresses.redis_url)
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    client.close()

    second = Plant()
    assert second.start(var) == addresses
    assert second.is_attached
    second.stop()
    assert running_addresses(var) == addresses

    plant.stop()
    assert not file.exists()
    assert not list((var / "pids").iterdir())


def test_killed_servers_come_back_with_every_row(var: Path) -> None:
    with Plant() as plant:
        addresses = plant.start(var, durable=False)
        ask(addresses.database_url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        kill_server(var, "postgres")
        kill_server(var, "redis")
        restarted: list[str] = []
        while len(restarted) < 2:  # a killed process needs a moment to be dead
            restarted += plant.tend()
        assert sorted(restarted) == ["postgres", "redis"]
        assert running_addresses(var) == addresses
        assert ask(addresses.database_url, "SELECT count(*) FROM kept") == [(1000,)]


def test_servers_die_with_a_killed_supervisor_and_the_next_start_has_the_rows(var: Path) -> None:
    apart = Apart(var)
    addresses = running_addresses(var)
    assert addresses is not None
    ask(addresses.database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    assert apart.end(signal.SIGKILL) == -signal.SIGKILL
    pid_files = [var / "pids" / f"{name}.json" for name in ("postgres", "redis")]
    assert until(lambda: not any(living_pid(file) for file in pid_files), seconds=10)

    apart.start()
    assert running_addresses(var) == addresses  # same ports, same passwords
    assert ask(addresses.database_url, "SELECT number FROM kept") == [(7,)]
    twice = Apart(var)
    assert twice.process.communicate(timeout=10)[0].strip().endswith("are running already.")
    assert apart.end(signal.SIGTERM) == 0
    assert not (var / "addresses.json").exists()
    assert not list((var / "pids").iterdir())


def test_a_stale_pid_file_whose_number_was_reused_does_not_stop_the_start(var: Path) -> None:
    with Plant() as plant:
        plant.start(var, durable=False)
        home = plant.home
    (home / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{home / 'pg'}\n", encoding="ascii")
    (var / "pids" / "postgres.json").write_text(
        f'{{"pid": {os.getpid()}, "command": ["postgres"]}}', encoding="ascii"
    )
    with Plant() as plant:
        addresses = plant.start(var, durable=False)
        assert ask(addresses.database_url, "SELECT 1") == [(1,)]


def test_half_made_data_and_a_taken_port_do_not_stop_the_start(var: Path) -> None:
    with Plant() as plant:
        first = plant.start(var, durable=False)
        home = plant.home
        plant.stop(forget=True)
    (home / "pg.new").mkdir(parents=True)
    (home / "pg.new" / "PG_VERSION").write_text("18\n", encoding="ascii")
    with socket.create_server((LOOPBACK, port_of(first.database_url))), Plant() as plant:
        second = plant.start(var, durable=False)
        assert port_of(second.database_url) != port_of(first.database_url)
        assert ask(second.database_url, "SELECT 1") == [(1,)]


def test_a_command_can_run_on_debians_own_servers() -> None:
    told = "import config; c = config.load(); print(c.database_url.split(':')[0], c.redis_url.split(':')[0])"
    command = [sys.executable, "-m", "hub.supervisor", "servers", sys.executable, "-c", told]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True, timeout=60)
    if debian_programs() is None:
        assert done.stdout.startswith("Left out:")
    else:
        assert done.stdout == "postgresql+psycopg redis\n"
