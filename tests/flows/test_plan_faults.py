"""Plans under kill -9, four workers and a wiped Redis: every step exactly once, as in a run in which nothing happens."""

import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from hub import jobs
from hub.core.db import db
from hub.plans import engine
from hub.plans.models import StepRun
from hub.plans.reading import OFFERED
from tests.flows import plans_worker
from tests.flows.conftest import House
from tests.flows.nursery import Worker, start
from tests.flows.plan_crowd import KINDS, Behind, behind, fill
from tests.makers.sweeping import sweep

pytestmark = pytest.mark.faults
IS_LARGE = bool(os.environ.get("LARGE"))
CUSTOMERS = 20_000 if IS_LARGE else 600
FEW = 4_000 if IS_LARGE else 150
KILLS = 100 if IS_LARGE else 6
WORKERS, SPARES = 4, 6
BATCH = 250 if IS_LARGE else 50
SEED = 20260303
LONGEST_SECONDS = 1_800


def undisturbed(house: House, count: int) -> Behind:
    """What one process leaves behind that nothing happens to."""
    fill(house, count)
    while engine.work_plans(lambda: None):
        pass
    found = behind(house)
    assert not engine.has_due()
    sweep()
    house.redis.flushdb()
    return found


def start_worker(house: House, work: Callable[..., None] = plans_worker.main, **order: Any) -> Worker:
    return start(work, {"config": house.environ, "batch": BATCH, **order})


def at_work(worker: Worker) -> Worker:
    """Begins once it is ready: starting takes longer than a batch."""
    assert worker.hear() == "ready"
    worker.tell("go")
    return worker


def wait_for_runs(count: int) -> None:
    """Until so many steps have run."""
    stop_at = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < stop_at:
        done = db.session.scalar(select(func.count()).select_from(StepRun)) or 0
        db.session.remove()
        if done >= count:
            return
        time.sleep(0.01)
    pytest.fail("It did not get so far.")


def same(found: Behind, expected: Behind) -> None:
    for name, lines in expected.items():
        assert lines, name
        assert found[name] - lines == {}, f"{name}: more than once, or what nobody did"
        assert lines - found[name] == {}, f"{name}: lost"


def test_the_crowd_walks_through_every_kind_of_step_that_is_offered() -> None:
    assert KINDS == OFFERED


def test_four_workers_killed_at_random_points_run_every_step_once(house: House) -> None:
    """Messages, codes, properties, notices, calls, facts, limits and ends are those of the run without kills."""
    expected = undisturbed(house, CUSTOMERS)
    fill(house, CUSTOMERS)
    dice = random.Random(SEED)
    points = sorted(dice.sample(range(expected["runs"].total() * 9 // 10), KILLS))
    waiting = [start_worker(house) for _ in range(WORKERS + SPARES)]
    workers = [at_work(waiting.pop(0)) for _ in range(WORKERS)]
    for point in points:
        wait_for_runs(point)
        time.sleep(dice.random() / 50)  # somewhere within a batch
        victim = workers.pop(dice.randrange(WORKERS))
        os.kill(victim.pid, signal.SIGKILL)
        assert victim.wait(timeout=60) == -signal.SIGKILL
        workers.append(at_work(waiting.pop(0)))
        if len(waiting) < SPARES and IS_LARGE:
            waiting.append(start_worker(house))
    for spare in waiting:
        spare.kill()
    assert [worker.wait(timeout=LONGEST_SECONDS) for worker in workers] == [0] * WORKERS
    same(behind(house), expected)


def test_killed_at_each_boundary_of_a_batch_nothing_is_lost_or_doubled(house: House) -> None:
    """Before the commit nothing of the batch is there and its rows are free at once; after it all of it is."""
    expected = undisturbed(house, FEW)
    fill(house, FEW)
    for boundary in plans_worker.BOUNDARIES:
        before = behind(house)
        worker = at_work(start_worker(house, boundary=boundary))
        assert worker.wait(timeout=60) == -signal.SIGKILL
        is_committed = boundary == "committed"
        assert (behind(house) == before) is not is_committed, boundary
    while engine.work_plans(lambda: None):
        pass
    same(behind(house), expected)


def test_redis_flushed_and_a_worker_killed_in_the_middle(house: House) -> None:
    """The rows remember what the bell forgets: the sweep rings again, and nothing is done twice."""
    expected = undisturbed(house, FEW)
    workers = [start_worker(house, plans_worker.by_the_bell) for _ in range(WORKERS)]
    assert [worker.hear() for worker in workers] == ["ready"] * WORKERS
    fill(house, FEW)
    for part in (1, 2):
        wait_for_runs(expected["runs"].total() * part // 3)
        house.redis.flushdb()
        workers.pop().kill()
        jobs.sweep()
    stop_at = time.monotonic() + LONGEST_SECONDS
    while engine.has_due() and time.monotonic() < stop_at:
        db.session.remove()
        time.sleep(0.2)
        jobs.sweep()  # as the schedule does every few seconds
    for worker in workers:
        worker.kill()
    same(behind(house), expected)
