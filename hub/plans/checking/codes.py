"""Checks of promo codes: a pool that is there, that lasts until the code is used, and that holds enough. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from hub.plans.checking.findings import Fault, Finding, found
from hub.plans.checking.known import Known, KnownPool
from hub.plans.checking.ways import Ways
from hub.plans.definitions import Step
from hub.plans.words import StepKind

WINDOW_DAYS = 30
GIVING = frozenset({StepKind.SEND, StepKind.PROMO})


def check_codes(ways: Ways, known: Known) -> Iterator[Finding]:
    wanted: dict[str, int] = {}
    for step in ways.definition.steps:
        if not step.pool or step.kind not in GIVING or not step.is_on or step.key not in ways.reached:
            continue
        pool = known.pools.get(step.pool)
        if pool is None or not pool.is_active:
            yield found(Fault.NO_POOL, step.key, pool=pool.name if pool else step.pool)
            continue
        wanted[step.pool] = wanted.get(step.pool, 0) + expected(step, known)
        yield from _ends(ways, step, pool, known)
        yield from _room(step, pool, wanted[step.pool])


def expected(step: Step, known: Known) -> int:
    """How many codes the step will give in 30 days: entries of the last 30 × treated share × share that comes to it."""
    treated = (100 - known.control_percent) / 100
    return ceil(known.entry_count * treated * known.reached.get(step.key, 1.0))


def _room(step: Step, pool: KnownPool, wanted: int) -> Iterator[Finding]:
    if pool.left_count is None:
        return
    values = {"pool": pool.name, "left": pool.left_count, "wanted": wanted, "days": WINDOW_DAYS}
    if pool.left_count == 0:
        yield found(Fault.POOL_EMPTY, step.key, **values)
    elif pool.left_count < wanted:
        yield found(Fault.POOL_SMALL, step.key, **values)


def _ends(ways: Ways, step: Step, pool: KnownPool, known: Known) -> Iterator[Finding]:
    given_at = known.now + timedelta(minutes=ways.day_of(step))
    if pool.ends_at <= given_at:
        yield found(
            Fault.POOL_OVER, step.key, pool=pool.name, ends_at=pool.ends_at, minutes=ways.day_of(step)
        )
        return
    for later in _recalling(ways, step):
        days = (ways.day_of(later) - ways.day_of(step)) // (24 * 60)
        shown_at = known.now + timedelta(minutes=ways.day_of(later))
        if pool.valid_days is not None and days >= pool.valid_days:
            yield found(Fault.CODE_OVER, later.key, pool=pool.name, days=days, valid=pool.valid_days)
        elif pool.ends_at <= shown_at:
            yield found(
                Fault.POOL_OVER, later.key, pool=pool.name, ends_at=pool.ends_at, minutes=ways.day_of(later)
            )
    last = max((ways.day_of(each) for each in (step, *_recalling(ways, step))), default=0)
    if known.now < pool.ends_at <= known.now + timedelta(days=WINDOW_DAYS, minutes=last):
        yield found(Fault.POOL_ENDS, step.key, pool=pool.name, ends_at=pool.ends_at)


def _recalling(ways: Ways, step: Step) -> list[Step]:
    """The messages that show the code again: only a code step gives one to others."""
    if step.kind is not StepKind.PROMO:
        return []
    return [each for each in ways.ahead(step) if each.is_send and each.is_on and not each.pool]
