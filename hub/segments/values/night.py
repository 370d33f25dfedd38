"""The night: adds all orders up, draws the yardsticks, then scores customers range by range; each step a transaction."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select, text

from hub.core import clock
from hub.core.db import db, transaction
from hub.customers.models import Customer
from hub.segments.values import measuring, sampling, scoring
from hub.segments.values.defining import find_zone, get_definitions
from hub.segments.values.models import CustomerBuying, ScoreRun
from hub.segments.values.rules import Yardsticks, next_night, read_yardsticks
from hub.segments.values.words import RunState
from hub.stores.queries import find_chain

CHUNK = 50_000
"""Customers scored in one transaction: their rows are locked for less than a second."""
KEPT_RUNS = 400


def begin_run(*, is_silent: bool = False, as_of: datetime, machine_now: datetime) -> int:
    """Ask for a computation of the whole base as of a moment; `is_silent`: it tells no facts. Returns its id."""
    run = ScoreRun(as_of=as_of, state=RunState.SUMMING, is_silent=is_silent, started_at=machine_now)
    db.session.add(run)
    db.session.flush()
    return run.id


TURN = text("SELECT pg_try_advisory_xact_lock(hashtextextended('values.night', 0))")


def take_step(*, machine_now: datetime) -> int:
    """Do one step of the oldest run under way. Returns how many customers it scored, 1 for a step without, 0 for no run.

    A run that died goes on where it stopped. One process at a time: two runs may be under way, and share their sums.
    """
    if not db.session.scalar(TURN):
        return 0
    run = db.session.scalar(
        select(ScoreRun)
        .where(ScoreRun.state != RunState.DONE)
        .order_by(ScoreRun.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if run is None:
        return 0
    done = STEPS[run.state](run)
    if run.state is RunState.DONE:
        run.finished_at = machine_now
    db.session.flush()
    return done or 1


def _sum_up(run: ScoreRun) -> int:
    _give_memory()
    scoring.sum_up(by=get_definitions(), now=run.as_of)
    run.state = RunState.MEASURING
    return 0


def _measure(run: ScoreRun) -> int:
    _give_memory()
    db.session.execute(text("ANALYZE customer_buying"))
    found = measuring.measure(get_definitions())
    run.yardsticks = vars(found) | {"r": list(found.r), "f": list(found.f), "m": list(found.m)}
    run.last_id = db.session.scalar(select(func.max(Customer.id))) or 0
    run.after_id, run.state = 0, RunState.SCORING
    return 0


def _score(run: ScoreRun) -> int:
    """A range of customers. Sums that are gone (a crash empties a table that is not logged) are made anew."""
    with_ = read_yardsticks(run.yardsticks)
    if with_.buyer_count and db.session.scalar(select(CustomerBuying.customer_id).limit(1)) is None:
        run.state = RunState.SUMMING
        return 0
    _give_memory()
    upto = run.after_id + CHUNK
    scored = scoring.score_range(
        run.after_id + 1, upto, by=get_definitions(), with_=with_, is_silent=run.is_silent, now=run.as_of
    )
    run.after_id = upto
    run.changed_count += scored.added_count + scored.changed_count
    if upto >= run.last_id:
        _end(run)
    return scored.found_count


def _end(run: ScoreRun) -> None:
    """The planner hears at once when most rows are new (the first night); else PostgreSQL looks by itself, in its own time."""
    run.state = RunState.DONE
    run.customer_count = db.session.scalar(select(func.count()).select_from(Customer)) or 0
    sampling.sample(get_definitions(), now=run.as_of)
    db.session.execute(text("TRUNCATE customer_buying"))
    if run.changed_count * 2 > run.customer_count:
        db.session.execute(text("ANALYZE customer_scores"))
    old = select(ScoreRun.id).order_by(ScoreRun.id.desc()).offset(KEPT_RUNS).scalar_subquery()
    db.session.execute(
        text("DELETE FROM score_runs WHERE id <= :old"), {"old": db.session.scalar(select(old)) or 0}
    )


STEPS: dict[RunState, Callable[[ScoreRun], int]] = {
    RunState.SUMMING: _sum_up,
    RunState.MEASURING: _measure,
    RunState.SCORING: _score,
}


def _give_memory() -> None:
    """Sums and sorts of the whole base in memory, for this transaction only."""
    db.session.execute(text("SET LOCAL work_mem = '128MB'"))


def find_yardsticks() -> Yardsticks:
    """Those of the latest night; without one nothing is measured yet."""
    kept = db.session.scalar(
        select(ScoreRun.yardsticks)
        .where(ScoreRun.state.in_((RunState.SCORING, RunState.DONE)))
        .order_by(ScoreRun.as_of.desc(), ScoreRun.id.desc())
        .limit(1)
    )
    return read_yardsticks(kept or {})


def work_scores(wake: Callable[[], None]) -> int:
    """One step of the run under way; begins one when it is night and the day has none."""
    del wake
    now, machine_now = clock.business_now(), clock.machine_now()
    with transaction():
        if _is_time(now):
            begin_run(as_of=now, machine_now=machine_now)
        return take_step(machine_now=machine_now)


def has_due() -> bool:
    """Whether a run is under way, or it is time for the next."""
    return _is_under_way() or _is_time(clock.business_now())


def next_due_at() -> datetime | None:
    """When the next night is due."""
    last = _last_as_of()
    return None if last is None else next_night(last, find_zone())


def _is_under_way() -> bool:
    return db.session.scalar(select(ScoreRun.id).where(ScoreRun.state != RunState.DONE).limit(1)) is not None


def _is_time(now: datetime) -> bool:
    if _is_under_way() or find_chain() is None:
        return False
    last = _last_as_of()
    return last is None or next_night(last, find_zone()) <= now


def _last_as_of() -> datetime | None:
    return db.session.scalar(select(func.max(ScoreRun.as_of)))
