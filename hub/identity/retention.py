"""Terms of retention: shown with what they would remove, switched on by a person, kept each night in batches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core import clock
from hub.core.actor import SYSTEM, Actor
from hub.core.audit import note_change
from hub.core.db import db, transaction
from hub.core.errors import Invalid, NotFound
from hub.core.loose_files import drop_unnamed, note_loose
from hub.core.text import N_
from hub.customers.quality.months import months_before
from hub.identity import activity, announced
from hub.identity.erasing import JUST_IN, ask_erasure
from hub.identity.merging import hold_customers
from hub.identity.privacy_models import RetentionRule, RetentionRun
from hub.identity.removing import EXAMPLES, Found, find_old, remove_old
from hub.identity.terms import (
    ANNOUNCED,
    BY_KEY,
    INACTIVE,
    LONGEST_MONTHS,
    SHORTEST_MONTHS,
    TERMS,
    Term,
)
from hub.stores.queries import find_chain

BATCH = 1000
FEW = 100
"""Customers a batch asks to be erased."""
FROM_HOUR = 2
LOGGED = 60


@dataclass(frozen=True)
class TermRow:
    """A term as it stands: months and switch as set or by default. `is_by_day`: months say nothing."""

    key: str
    title: str
    what: str
    months: int
    is_on: bool
    is_default: bool
    is_by_day: bool = False


@dataclass(frozen=True)
class RunRow:
    key: str
    title: str
    started_at: datetime
    before_at: datetime
    oldest_at: datetime | None
    row_count: int
    is_ended: bool


def list_terms() -> list[TermRow]:
    """Every term in the order of the page."""
    rules = {rule.kind: rule for rule in db.session.scalars(select(RetentionRule))}
    return [_term_row(term, rules.get(term.key)) for term in TERMS]


def get_term(key: str) -> TermRow:
    """Raises NotFound."""
    if key not in BY_KEY:
        raise NotFound(N_("This kind of data does not exist."))
    return _term_row(BY_KEY[key], db.session.get(RetentionRule, key))


def _term_row(term: Term, rule: RetentionRule | None) -> TermRow:
    months, is_on = (rule.months, rule.is_on) if rule else (term.months, term.is_by_day)
    return TermRow(term.key, term.title, term.what, months, is_on, rule is None, term.is_by_day)


def set_term(key: str, *, months: int, is_on: bool, by: Actor, now: datetime) -> None:
    """Keep this kind of data so long; nothing is removed while it is off. Raises NotFound, Invalid."""
    get_term(key)
    if not SHORTEST_MONTHS <= months <= LONGEST_MONTHS:
        raise Invalid(N_("Please give a number of months from 1 to 120."), field="months")
    row = db.session.get(RetentionRule, key, with_for_update=True)
    if row is None:
        row = RetentionRule(kind=key)
        db.session.add(row)
    row.months, row.is_on, row.changed_at, row.changed_by_id = months, is_on, now, by.agent_id
    if not is_on:
        _end_run(key, now)
    note_change(
        "retention.changed",
        subject_kind="retention",
        subject_id=None,
        by=by,
        now=now,
        kind=key,
        months=months,
        is_on=is_on,
    )
    db.session.flush()


def _end_run(key: str, now: datetime) -> None:
    under_way = RetentionRun.kind == key, RetentionRun.ended_at.is_(None)
    db.session.execute(update(RetentionRun).where(*under_way).values(ended_at=now))


def try_term(key: str, months: int, *, now: datetime) -> list[Found]:
    """The dry run: what would go, were the term so long. Nothing is changed."""
    term, before = BY_KEY[get_term(key).key], months_before(now, months)
    if key == INACTIVE:
        return [_found_customers(before)]
    if key == ANNOUNCED:
        return [announced.find_announced()]
    return [find_old(part, before) for part in term.parts]


def _found_customers(before: datetime) -> Found:
    count, oldest_at = activity.count_silent(before)
    return Found("customers", count, oldest_at, tuple(activity.list_silent(before, EXAMPLES)))


def has_due() -> bool:
    """Whether a term that is on has not been kept today, from two in the morning on."""
    return _next_key(clock.business_now()) is not None


def work_retention(wake: Callable[[], None]) -> int:
    """One batch of one term. Returns how many rows it removed, or 1 for a term that had none."""
    now = clock.business_now()
    files: set[str] = set()
    with transaction():
        key = _next_key(now)
        if key is None:
            return 0
        run = _open_run(key, now)
        if run is None:
            return 0
        count = _work(key, run, files, now)
        run.row_count += count
        if not count:
            run.ended_at = now
        note_loose(files, machine_now=clock.machine_now())
    with transaction():
        drop_unnamed(files, kept_before=clock.machine_now() - JUST_IN)
    wake()
    return max(count, 1)


def _work(key: str, run: RetentionRun, files: set[str], now: datetime) -> int:
    if key == INACTIVE:
        return _erase_silent(run, now)
    if key == ANNOUNCED:
        return announced.erase_announced(_night_of(now), now=now)
    return _remove(BY_KEY[key], run, files)


def _next_key(now: datetime) -> str | None:
    """A term that is on and whose latest run is not over, or began before today's night; then announced erasures."""
    night = _night_of(now)
    if announced.has_due(night) and get_term(ANNOUNCED).is_on:
        return ANNOUNCED
    latest = (
        select(RetentionRun.kind, func.max(RetentionRun.started_at).label("started_at")).group_by(
            RetentionRun.kind
        )
    ).subquery()
    open_runs = select(RetentionRun.kind).where(RetentionRun.ended_at.is_(None))
    found = (
        select(RetentionRule.kind)
        .outerjoin(latest, latest.c.kind == RetentionRule.kind)
        .where(
            RetentionRule.is_on,
            RetentionRule.kind.in_(BY_KEY.keys() - {ANNOUNCED}),
            or_(
                latest.c.started_at.is_(None), latest.c.started_at < night, RetentionRule.kind.in_(open_runs)
            ),
        )
        .order_by(RetentionRule.kind)
    )
    return db.session.scalar(found.limit(1))


def _night_of(now: datetime) -> datetime:
    """The last time it was two in the morning in the chain's zone."""
    chain = find_chain()
    local = now.astimezone(ZoneInfo(chain.time_zone if chain else "UTC"))
    night = local.replace(hour=FROM_HOUR, minute=0, second=0, microsecond=0)
    return night if night <= local else night - timedelta(days=1)


def _open_run(key: str, now: datetime) -> RetentionRun | None:
    """The run under way, or a new one when there is none or the term was changed since it began.

    None while a neighbour works on this term, or when it was switched off a moment ago.
    """
    if key == ANNOUNCED:
        _keep_rule(now)
    found = select(RetentionRule).where(RetentionRule.kind == key, RetentionRule.is_on)
    rule = db.session.scalar(
        found.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    )
    if rule is None:
        return None
    run = db.session.scalar(
        select(RetentionRun)
        .where(RetentionRun.kind == key, RetentionRun.ended_at.is_(None))
        .with_for_update()
    )
    if run is not None and rule.changed_at > run.started_at:
        run.ended_at, run = now, None
    if run is None:
        empty = delete(RetentionRun).where(RetentionRun.kind == key, RetentionRun.row_count == 0)
        db.session.execute(empty)
        run = RetentionRun(kind=key, started_at=now, before_at=months_before(now, rule.months), row_count=0)
        db.session.add(run)
        db.session.flush()
        if key == INACTIVE:
            activity.note_clicks(since=run.before_at)
    return run


def _keep_rule(now: datetime) -> None:
    """Its row, which is what workers take turns at: on without anybody's word."""
    rule = {"kind": ANNOUNCED, "months": SHORTEST_MONTHS, "is_on": True, "changed_at": now}
    db.session.execute(insert(RetentionRule).values(rule).on_conflict_do_nothing())


def _remove(term: Term, run: RetentionRun, files: set[str]) -> int:
    """At most a batch, from the first part that has something left."""
    for part in term.parts:
        removed = remove_old(part, run.before_at, BATCH)
        if removed is not None:
            files.update(removed.files)
            run.oldest_at = min(filter(None, (run.oldest_at, removed.oldest_at)))
            return removed.count
    return 0


def _erase_silent(run: RetentionRun, now: datetime) -> int:
    silent = activity.list_silent(run.before_at, FEW)
    hold_customers([customer_id for customer_id, _ in silent])
    for customer_id, last_at in silent:
        ask_erasure(customer_id, by=SYSTEM, now=now, is_planned=True)
        run.oldest_at = min(filter(None, (run.oldest_at, last_at)))
    return len(silent)


def list_runs() -> list[RunRow]:
    """What was removed lately, the latest first; nights that found nothing are left out but for the last."""
    found = (
        select(RetentionRun).order_by(RetentionRun.started_at.desc(), RetentionRun.id.desc()).limit(LOGGED)
    )
    return [
        RunRow(
            run.kind,
            BY_KEY[run.kind].title if run.kind in BY_KEY else run.kind,
            run.started_at,
            run.before_at,
            run.oldest_at,
            run.row_count,
            run.ended_at is not None,
        )
        for run in db.session.scalars(found)
    ]


def get_months() -> Mapping[str, tuple[int, bool]]:
    """Months (0: a day of each customer's own) and whether it is on, by key, for the register."""
    return {row.key: (0 if row.is_by_day else row.months, row.is_on) for row in list_terms()}
