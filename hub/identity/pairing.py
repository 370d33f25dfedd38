"""The nightly walk that finds pairs, and the merging of pairs that are exact: by one press, or by the chain's rule."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from hub.core import clock
from hub.core.actor import SYSTEM, Actor
from hub.core.db import db, transaction
from hub.customers.duplicates.finding import ask_comparison, work_on
from hub.customers.duplicates.queries import find_latest_run, list_exact
from hub.customers.duplicates.rows import PairLine
from hub.customers.duplicates.scoring import SURE_POINTS
from hub.customers.imports.models import CustomerImport
from hub.customers.merging.actions import forget_old_merges
from hub.identity.merging import list_being_erased, merge_customers
from hub.stores.actions import change_setting
from hub.stores.queries import find_chain

SETTING = "duplicates"
EVERY = timedelta(days=1)
AT_ONCE = 50


def merges_exact(settings: Mapping[str, Any]) -> bool:
    """Whether exact pairs merge by themselves after the nightly walk; not before somebody said so."""
    return bool(settings.get(SETTING, {}).get("merges_exact", False))


def change_rule(*, is_on: bool, by: Actor, now: datetime) -> None:
    """Say whether exact pairs merge by themselves."""
    change_setting(SETTING, {"merges_exact": is_on}, by=by, now=now)


def merge_exact_pairs(*, by: Actor, now: datetime, limit: int = AT_ONCE) -> list[int]:
    """Merge the open exact pairs of at least `SURE_POINTS`, the older customer survives. Returns the merges.

    All of one press are one batch. A customer in two pairs is merged once: the other pair is looked at anew.
    """
    merges: list[int] = []
    touched: set[int] = set()
    for line in _list_mergeable(limit):
        both = {line.left.id, line.right.id}
        if touched.isdisjoint(both):
            first = merges[0] if merges else None
            merges += merge_customers(line.left.id, [line.right.id], batch_id=first, by=by, now=now)
            touched |= both
    return merges


def _list_mergeable(limit: int) -> list[PairLine]:
    """Exact pairs of which nobody is being erased."""
    lines = list_exact(least=SURE_POINTS, limit=limit)
    leaving = list_being_erased(each.id for line in lines for each in (line.left, line.right))
    return [line for line in lines if leaving.isdisjoint({line.left.id, line.right.id})]


def has_due() -> bool:
    """A walk is under way, the last one began a day ago, a file of contacts was applied since, or exact pairs that the
    chain's rule merges are left.
    """
    return _is_due(clock.business_now()) or _has_exact()


def _has_exact() -> bool:
    chain = find_chain()
    return chain is not None and merges_exact(chain.settings) and bool(_list_mergeable(AT_ONCE))


def _is_due(now: datetime) -> bool:
    if find_chain() is None:
        return False
    run = find_latest_run()
    if run is None or run.ended_at is None or run.asked_at <= now - EVERY:
        return True
    return _was_imported_since(run.asked_at)


def _was_imported_since(moment: datetime) -> bool:
    """Whether a file of contacts was applied after this moment: its customers are to be compared."""
    applied = select(CustomerImport.id).where(CustomerImport.applied_at > moment)
    return db.session.scalar(applied.limit(1)) is not None


def work_duplicates(wake: Callable[[], None]) -> int:
    """One batch of the walk; after it exact pairs merge where the chain says so, some at once.

    Returns 1 while there is more.
    """
    now = clock.business_now()
    with transaction():
        if _is_due(now):
            _walk_on(now)
        elif _has_exact():
            merge_exact_pairs(by=SYSTEM, now=now, limit=AT_ONCE)
        else:
            return 0
    wake()
    return 1


def _walk_on(now: datetime) -> None:
    run = find_latest_run()
    if run is None or run.ended_at is not None:
        ask_comparison(by_id=None, now=now)
        forget_old_merges(now=now)
    work_on(now=now)
