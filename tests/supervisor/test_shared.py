"""The plant that test processes share: started once, ended with its last user."""

import subprocess
import sys
from pathlib import Path

from hub.supervisor.embedded import running_addresses
from hub.supervisor.files import take_lock
from hub.supervisor.waiting import until
from tests.supervisor.conftest import CHECKOUT

USER = """
import sys
from pathlib import Path
from hub.supervisor.shared import shared_plant
print(shared_plant(Path(sys.argv[1])).database_url, flush=True)
sys.stdin.read()
"""


def _user(var: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", USER, str(var)]
    return subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _has_ended(var: Path) -> bool:
    lock = take_lock(var / "plant.lock")
    if lock is not None:
        lock.close()
    return lock is not None


def test_users_share_one_plant_that_ends_after_the_last_was_killed(var: Path) -> None:
    users = [_user(var) for _ in range(2)]
    told = [user.stdout.readline() for user in users if user.stdout]
    assert len(told) == 2
    assert len(set(told)) == 1
    users[0].communicate()
    assert running_addresses(var) is not None
    users[1].kill()
    users[1].communicate()
    assert until(lambda: _has_ended(var), seconds=20)
    late = _user(var)
    assert late.stdout
    assert late.stdout.readline() == told[0]
    late.communicate()
    assert until(lambda: _has_ended(var), seconds=20)
    assert not list((var / "pids").iterdir())
