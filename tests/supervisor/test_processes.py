"""The crew: processes that come back after a fall, die with their supervisor, and stop in reverse order."""

import signal
import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from hub.supervisor.children import Child, Program, living_pid, runs
from hub.supervisor.embedded import prepare_var
from hub.supervisor.ports import LOOPBACK, choose_port, is_free
from hub.supervisor.processes import Crew, Post, answer_of, wait_ready
from hub.supervisor.waiting import until
from tests.supervisor.conftest import CHECKOUT

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"


def _program(name: str, code: str, *, grace_seconds: float = 5) -> Program:
    return Program(name=name, command=(sys.executable, "-c", code), cwd=CHECKOUT, grace_seconds=grace_seconds)


def _crew(tmp_path: Path, *programs: Program) -> Crew:
    var = prepare_var(tmp_path)
    return Crew(programs, pids=var / "pids", logs=var / "log")


def _is_up(child: Child) -> bool:
    return child.log_file.exists() and "up" in child.log_file.read_text()


def test_a_fallen_process_is_started_again_after_a_pause_that_grows(tmp_path: Path) -> None:
    crew = _crew(tmp_path, _program("brief", "print('I give up')"))
    crew.start()
    post = crew.posts[0]
    assert until(lambda: not post.child.is_running(), seconds=5)
    assert crew.fallen() == "brief ended:\nI give up"
    assert crew.tend() == []
    assert crew.tend() == ["brief"]
    assert until(lambda: not post.child.is_running(), seconds=5)
    assert [crew.tend() for _ in range(4)] == [[], [], [], ["brief"]]
    crew.stop()


def test_the_pause_never_exceeds_half_a_minute_and_a_steady_minute_shortens_it(tmp_path: Path) -> None:
    crew = _crew(tmp_path, _program("steady", SLEEPER))
    crew.start()
    post = Post(crew.posts[0].child, pause_looks=120)
    for _ in range(240):
        post.look()
    assert post.pause_looks == 2
    crew.stop()


def test_stopping_goes_in_reverse_order_and_kills_what_will_not_end(tmp_path: Path) -> None:
    crew = _crew(tmp_path, _program("first", SLEEPER), _program("second", STUBBORN, grace_seconds=0.3))
    crew.start()
    children = [post.child for post in crew.posts]
    assert until(lambda: all(_is_up(child) for child in children), seconds=10)
    processes = [child.process for child in children if child.process]
    crew.stop()
    assert [process.returncode for process in processes] == [-signal.SIGTERM, -signal.SIGKILL]
    assert not list((tmp_path / "pids").iterdir())


def test_an_orphan_of_the_same_name_is_ended_before_the_next_start(tmp_path: Path) -> None:
    first, second = (_crew(tmp_path, _program("twin", SLEEPER)) for _ in range(2))
    first.start()
    second.start()
    assert until(lambda: not first.posts[0].child.is_running(), seconds=5)
    assert second.posts[0].child.is_running()
    second.stop()


def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.supervisor import test_processes as t\n"
        f"t._crew(Path({str(tmp_path)!r}), t._program('child', t.SLEEPER)).start()\n"
        "print('started', flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    assert parent.stdout.readline() == "started\n"
    pid_file = tmp_path / "pids" / "child.json"
    assert living_pid(pid_file) is not None
    parent.kill()
    parent.communicate()
    assert until(lambda: living_pid(pid_file) is None, seconds=5)


def test_a_pid_file_counts_only_with_its_command_line() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.DEVNULL)
    command = [sys.executable, "-c", SLEEPER]
    assert until(lambda: runs(sleeper.pid, command), seconds=5)
    assert runs(sleeper.pid, ["/another/python", "-c", SLEEPER])  # a script shows its interpreter
    assert not runs(sleeper.pid, [sys.executable, "-c", "pass"])
    assert not runs(sleeper.pid, [])
    sleeper.kill()
    sleeper.wait()
    assert not runs(sleeper.pid, command)


def test_waiting_for_a_page_tells_why_it_does_not_come(tmp_path: Path) -> None:
    port = choose_port(tmp_path / "ports.json", "web")
    assert answer_of(f"http://{LOOPBACK}:{port}/") is None
    with pytest.raises(RuntimeError, match="web ended"):
        wait_ready(f"http://{LOOPBACK}:{port}/", seconds=1, fallen=lambda: "web ended: no module")
    with pytest.raises(RuntimeError, match="did not answer"):
        wait_ready(f"http://{LOOPBACK}:{port}/", seconds=0.1, fallen=lambda: None)


class _Busy(BaseHTTPRequestHandler):
    """Refuses twice, then answers."""

    statuses: ClassVar[list[int]] = [200, 503, 503]

    def do_GET(self) -> None:
        self.send_response(self.statuses.pop())
        self.end_headers()


def test_waiting_for_a_page_goes_on_until_it_answers_200() -> None:
    with HTTPServer((LOOPBACK, 0), _Busy) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        wait_ready(f"http://{LOOPBACK}:{server.server_port}/ready", seconds=10, fallen=lambda: None)
        server.shutdown()
    assert _Busy.statuses == []


def test_ports_are_remembered_until_somebody_else_has_them(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    port = choose_port(file, "web")
    assert choose_port(file, "web", wanted=1) == port
    assert choose_port(file, "other", wanted=port) != port
    with socket.create_server((LOOPBACK, port)):
        assert not is_free(port)
        assert choose_port(file, "web") != port
