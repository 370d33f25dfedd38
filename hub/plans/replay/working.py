"""The job of the replays: one at a time, some customers after others; what a dead worker had begun is begun anew."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, or_, select, text

from hub.core import clock, collecting
from hub.core.apart import reason_of
from hub.core.db import db, transaction
from hub.core.errors import HubError
from hub.loyalty.rows import PoolRow
from hub.orders.known import get_average_order_cents_at
from hub.plans.models import Plan
from hub.plans.reading import parse_definition
from hub.plans.replay import rates
from hub.plans.replay.costs import reckon_codes
from hub.plans.replay.models import Replay
from hub.plans.replay.passages import Entering
from hub.plans.replay.population import Stage, list_groups
from hub.plans.replay.reactions import Drawn
from hub.plans.replay.scripts import Script
from hub.plans.replay.tally import Tally
from hub.plans.replay.words import Reaction, ReplayState
from hub.stores.queries import get_chain

LEASE = timedelta(minutes=5)
SLICE = timedelta(seconds=45)
"""A worker goes on with something else after so long; the next one takes up where this one stopped."""
MOST_ATTEMPTS = 3
MOST_WORDS = 300
log = structlog.get_logger(__name__)


@dataclass
class Begun:
    """A replay in the hands of this worker, as far as it is. `done_count`: occurrences that are through."""

    replay_id: int
    script: Script
    given: dict[Reaction, float]
    done_count: int
    tables: dict[str, dict[str, int]]


def has_due() -> bool:
    """Whether a replay waits, or one was left by a worker."""
    return db.session.scalar(select(Replay.id).where(_is_due()).limit(1)) is not None


def _is_due() -> ColumnElement[bool]:
    is_free = or_(Replay.lease_until.is_(None), Replay.lease_until <= clock.machine_now())
    is_open = Replay.state.in_((ReplayState.WAITING, ReplayState.RUNNING))
    return and_(is_open, is_free)


def work_replays(wake: Callable[[], None]) -> int:
    """Go on with one replay for a while. Returns 1 when there was one."""
    del wake  # one after the other, as the drain asks
    with transaction():
        begun = _claim()
    if begun is None:
        return 0
    try:
        _run(begun)
    except Exception as error:
        log.exception("replay.failed", replay_id=begun.replay_id)
        with transaction():
            _fail(_get(begun.replay_id), _words_of(error))
    return 1


def _claim() -> Begun | None:
    """One whose lease ran out was in the hands of a worker that died: it goes on behind what that one had kept."""
    free = select(Replay).where(_is_due()).order_by(Replay.id).limit(1)
    row = db.session.scalars(free.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.attempt_count += row.lease_until is not None
    if row.attempt_count > MOST_ATTEMPTS:
        _fail(row, "The worker ended at each attempt.")
        return None
    row.state, row.lease_until = ReplayState.RUNNING, clock.machine_now() + LEASE
    plan = db.session.get_one(Plan, row.plan_id)
    script = Script(
        plan_id=plan.id,
        plan_key=plan.key,
        control_percent=plan.control_percent,
        definition=parse_definition(row.definition),
        since=row.since,
        until=row.until,
        time_zone=get_chain().time_zone,
    )
    given = {Reaction(kind): float(value) for kind, value in row.rates.items()}
    return Begun(row.id, script, given, row.done_count, dict(row.tables))


def _run(begun: Begun) -> None:
    script, stop_at = begun.script, clock.machine_now() + SLICE
    tally = Tally(script.time_zone, begun.tables)
    with only_looking():
        table = rates.get_rates(script.plan_id, script.definition, begun.given)
        groups = list_groups(script)
        stage = Stage(script, Drawn(script.plan_key, rates.values_of(table)), tally)
    total, place = sum(map(len, groups)), 0
    for group in groups:
        place += len(group)
        if place <= begun.done_count:
            continue
        for share in _run_group(script, stage, group):
            left = max(1, round(len(group) * (1 - share)))  # a group that is not through begins anew
            if not _keep(begun.replay_id, place - left, total):
                return
        if not _keep(begun.replay_id, place, total, tally):
            return
        if clock.machine_now() >= stop_at and place < total:
            _let_go(begun.replay_id)
            return
    with only_looking():
        result = _reckon(script, tally, table, stage.pools)
    with transaction():
        row = _get(begun.replay_id)
        if row.state is ReplayState.RUNNING:
            row.state, row.result, row.lease_until = ReplayState.DONE, result, None
            row.tables, row.total_count, row.done_count = tally.as_json(), total, total
            row.ended_at = clock.business_now()


def _run_group(script: Script, stage: Stage, group: Sequence[Entering]) -> Iterator[float]:
    """Between its days, outside the reading transaction, tells which share of the time is through."""
    days = stage.run(group)
    while True:
        with collecting.put_off(), only_looking():
            day = next(days, None)
        if day is None:
            return
        yield (day - script.since) / (script.until - script.since)


@contextmanager
def only_looking() -> Iterator[None]:
    """Whatever is read in here, the database itself refuses to write."""
    with transaction(), db.session.begin_nested() as looking:
        db.session.execute(text("SET TRANSACTION READ ONLY"))
        yield
        looking.rollback()


def _keep(replay_id: int, done_count: int, total: int, tally: Tally | None = None) -> bool:
    """Write down how far it is, and the counts when a group is through. False when somebody has stopped it."""
    with transaction():
        row = _get(replay_id)
        if row.state is not ReplayState.RUNNING:
            return False
        row.done_count, row.total_count = done_count, total
        row.tables = tally.as_json() if tally else row.tables
        row.lease_until = clock.machine_now() + LEASE
    return True


def _let_go(replay_id: int) -> None:
    with transaction():
        row = _get(replay_id)
        row.lease_until = None


def _get(replay_id: int) -> Replay:
    found = select(Replay).where(Replay.id == replay_id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _reckon(script: Script, tally: Tally, table: rates.Table, pools: Mapping[str, PoolRow]) -> dict[str, Any]:
    """What the counts come to in money, and the rates that were taken."""
    average = get_average_order_cents_at(script.until)
    tables = tally.as_json()
    return {
        "codes": reckon_codes(tables, pools, average_cents=average),
        "average_cents": average,
        "currency": get_chain().currency,
        "rates": rates.as_json(table),
    }


def _fail(row: Replay, words: str) -> None:
    row.state, row.error, row.lease_until = ReplayState.FAILED, words[:MOST_WORDS], None
    row.ended_at = clock.business_now()


def _words_of(error: Exception) -> str:
    return error.text % error.values if isinstance(error, HubError) else reason_of(error)
