"""The demo's own book-keeping: what it prints, and what a killed demo leaves for the next to clear away."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import config
from hub.supervisor.children import living_pid, own_command, runs
from hub.supervisor.commands import THEN, split
from hub.supervisor.crews import machines, web
from hub.supervisor.demo import Demo, table
from hub.supervisor.embedded import Addresses
from hub.supervisor.files import take_lock, write_private
from hub.supervisor.station import CHECKOUT, COMMANDS, Station
from hub.supervisor.waiting import until

DESCRIPTION = {
    "base_url": "http://127.0.0.1:8000",
    "api_key": "secret",
    "smtp": {"host": "127.0.0.1", "port": 2525},
    "inbound_domain": "hub.example",
    "logins": [
        {"email": "ada@hub.example", "password": "word", "role": "agent", "store": "Lyon"},
        {"email": "cleo@hub.example", "password": "other", "role": "administrator", "store": None},
    ],
}


def test_the_table_shows_every_log_in_in_columns() -> None:
    lines = table(DESCRIPTION)
    assert "Comptoir is open: http://127.0.0.1:8000" in lines
    assert "  agent          Lyon   ada@hub.example   word" in lines
    assert "  administrator  –      cleo@hub.example  other" in lines
    assert "secret" not in "\n".join(lines)


def test_a_second_demo_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo = Demo(tmp_path)
    write_private(demo.description, DESCRIPTION)
    with take_lock(demo.home / "demo.lock") or pytest.fail("the lock is taken"):
        demo.run({}, port=None, fresh=False)
    assert "running already" in capsys.readouterr().out
    assert demo.description.exists()


def test_stopping_clears_what_a_killed_demo_left(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    orphan = subprocess.Popen(command)
    write_private(demo.home / "pids" / "worker-1.json", {"pid": orphan.pid, "command": command})
    write_private(demo.pid_file, {"pid": os.getpid(), "command": ["python", "-m", "hub.supervisor", "demo"]})
    write_private(demo.description, DESCRIPTION)
    assert until(lambda: runs(orphan.pid, command), seconds=5)
    demo.stop()
    assert orphan.wait(5) != 0
    assert not demo.description.exists()
    assert living_pid(demo.pid_file) is None


def test_this_process_knows_its_own_command() -> None:
    assert runs(os.getpid(), own_command())


def test_servers_come_from_the_environment_or_from_ourselves_but_not_half(tmp_path: Path) -> None:
    given = Addresses("postgresql://db/comptoir", "redis://cache/0")
    servers = {"DATABASE_URL": given.database_url, "REDIS_URL": given.redis_url}
    station = Station(tmp_path, servers)
    station.open_servers()
    assert station.plant.addresses is None
    with pytest.raises(RuntimeError, match="RESET is for the embedded servers"):
        station.open_servers(fresh=True)
    with pytest.raises(RuntimeError, match="both DATABASE_URL and REDIS_URL"):
        Station(tmp_path, {"REDIS_URL": given.redis_url}).open_servers()


def test_a_failed_step_says_which_and_why(tmp_path: Path) -> None:
    station = Station(tmp_path, {})
    assert station.step("Counting.", "-c", "print(3)") == "3\n"
    asked = "import os; print(os.environ['OPENBLAS_NUM_THREADS'])"
    assert station.step("Counting with one thread a process.", "-c", asked) == "1\n"
    with pytest.raises(RuntimeError, match=r"(?s)failed \(1\): Counting.*no such number"):
        station.step("Counting.", "-c", "raise SystemExit('no such number')")


def test_every_process_of_the_compose_file_exists() -> None:
    text = (CHECKOUT / "compose.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r"hub\.supervisor, only, (\w+)", text))
    assert asked == {
        program.name.split("-")[0] for program in [*machines({}), web({}, host="127.0.0.1", port=1)]
    }


def test_an_unknown_process_is_refused_with_the_known_ones() -> None:
    command = [sys.executable, "-m", "hub.supervisor", "only", "cook"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == "There is no process cook: choose one of mailbox, clock, worker, events, web.\n"


def test_several_commands_run_in_one_interpreter_and_a_failing_one_ends_them(tmp_path: Path) -> None:
    assert list(split(["db", "upgrade", THEN, "demo", "fill"])) == [["db", "upgrade"], ["demo", "fill"]]
    station = Station(tmp_path, config.inherited({"COMPTOIR_VAR": str(tmp_path)}))
    told = station.step("Twice.", *COMMANDS, "routes", "--sort", "rule", THEN, "routes")
    assert told.count("Endpoint ") == 2
    with pytest.raises(RuntimeError, match="No such command"):
        station.step("Wrong.", *COMMANDS, "nothing", THEN, "routes")
