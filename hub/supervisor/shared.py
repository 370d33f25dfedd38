"""One plant for many test processes: the first starts it, it ends by itself when the last user is gone."""

import subprocess
import sys
from pathlib import Path
from time import sleep
from typing import TextIO

from hub.supervisor.embedded import READY_SECONDS, Addresses, Plant, prepare_var, running_addresses
from hub.supervisor.files import take_lock
from hub.supervisor.signals import end_on_signals, ignore_signals

CHECKOUT = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 0.2

_held: dict[
    Path, TextIO
] = {}  # the locks by which this process says that it uses a plant; they last as long as it


def shared_plant(var: Path) -> Addresses:
    """Return the addresses of a fast, forgetful plant in `var`, started when nobody uses it yet.

    Every process that calls this counts as a user until it ends, however it ends; after the last one the
    plant stops and its data is removed. RuntimeError when it does not come up.
    """
    var = prepare_var(var)
    if var not in _held:
        _held[var] = _become_user(var)
    running = running_addresses(var)
    return running or _start_apart(var)


def _become_user(var: Path) -> TextIO:
    """Hold a shared lock; wait while a former plant with the same folder is being stopped."""
    for _ in range(round(READY_SECONDS / LOOK_SECONDS)):
        lock = take_lock(var / "users.lock", shared=True)
        if lock is not None:
            return lock
        sleep(LOOK_SECONDS)
    raise RuntimeError(f"The former test servers in {var} do not end.")


def _start_apart(var: Path) -> Addresses:
    with (var / "log" / "shared.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub.supervisor", "shared", "--var", str(var)],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    for _ in range(round(READY_SECONDS / LOOK_SECONDS)):
        running = running_addresses(var)
        if running is not None:
            return running
        if process.poll():
            break
        sleep(LOOK_SECONDS)
    raise RuntimeError(f"The test servers did not start: read the logs in {var / 'log'}.")


def run_shared(var: Path) -> None:
    """Be the process that keeps the plant of `shared_plant` and ends after its last user."""
    plant = Plant()
    end_on_signals()
    last_lock = None
    try:
        plant.start(var, durable=False, fresh=True)
        if not plant.is_attached:
            last_lock = _tend_while_used(plant, var)
    except KeyboardInterrupt:
        ignore_signals()
    finally:
        plant.stop(forget=True)
        if last_lock:
            last_lock.close()


def _tend_while_used(plant: Plant, var: Path) -> TextIO:
    """Return the lock that keeps new users waiting, once the last one is gone."""
    while True:
        lock = take_lock(var / "users.lock")
        if lock is not None:
            return lock
        plant.tend()
        sleep(LOOK_SECONDS)
