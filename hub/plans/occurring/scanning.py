"""The job that looks for what nobody tells, a batch a transaction: each plan has a row that says how far it is."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hub.core import clock
from hub.core.db import db, transaction
from hub.plans.definitions import Definition
from hub.plans.entering import as_told, enter_many
from hub.plans.models import Plan, PlanScan
from hub.plans.occurring.baskets import find_last_told, find_next_left
from hub.plans.occurring.legs import DAY, Batch, midnight
from hub.plans.occurring.listing import begun_today, first_look, list_occurrences, looked_for
from hub.plans.queries import get_definition, list_plans_on
from hub.plans.words import Trigger
from hub.stores.queries import get_chain

LOOK_FOR_BASKETS = timedelta(minutes=5)
Key = tuple[int, Trigger]


def work_scans(wake: Callable[[], None]) -> int:
    """One batch of what is due, or the rows of plans that have none yet. Returns how many occurrences or rows.

    A crash loses and doubles nothing: who has entered and how far it was looked are of one transaction, and the entry
    key makes an occurrence that comes again the same passage.
    """
    del wake  # the drain asks again until nothing is due
    now = clock.business_now()
    with transaction():
        if done := _take_batch(now):
            return done
        missing = _find_missing()
        for plan_id, trigger in missing:
            _begin(plan_id, [trigger], get_definition(missing[plan_id, trigger]), now=now)
        return len(missing)


def has_due() -> bool:
    due = select(PlanScan.plan_id).where(PlanScan.due_at <= clock.business_now()).limit(1)
    return db.session.scalar(due) is not None or bool(_find_missing())


def next_due_at() -> datetime | None:
    """Business time of the next look at which something may be found; baskets nobody has touched are not waited for."""
    moments = [
        scan.due_at if scan.trigger is not Trigger.BASKET_LEFT or scan.reaching else _next_left(scan)
        for scan in db.session.scalars(select(PlanScan))
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def _next_left(scan: PlanScan) -> datetime | None:
    plan = db.session.get_one(Plan, scan.plan_id)
    params = get_definition(plan.published_version_id or 0).entry.params
    return find_next_left(params, after=scan.looked_until)


def _find_missing() -> Mapping[Key, int]:
    """Plans that are on and look for something, without a row: with the version that says so."""
    wanted = {
        (plan.id, trigger): plan.published_version_id or 0
        for plan in list_plans_on()
        for trigger in looked_for(get_definition(plan.published_version_id or 0))
    }
    if not wanted:
        return {}
    known = {
        (row.plan_id, row.trigger) for row in db.session.execute(select(PlanScan.plan_id, PlanScan.trigger))
    }
    return {key: version_id for key, version_id in wanted.items() if key not in known}


def begin_scans(plan_id: int, *, now: datetime) -> None:
    """A plan is switched on: what happens from now on, and in the days before that it catches up with."""
    plan = db.session.get_one(Plan, plan_id)
    if plan.published_version_id is not None:
        definition = get_definition(plan.published_version_id)
        _begin(plan_id, looked_for(definition), definition, now=now)


def end_scans(plan_id: int) -> None:
    """A plan is switched off: what happens until it is on again lets nobody in."""
    db.session.execute(delete(PlanScan).where(PlanScan.plan_id == plan_id))


def _begin(plan_id: int, triggers: Collection[Trigger], definition: Definition, *, now: datetime) -> None:
    since = first_look(definition, now)
    for trigger in triggers:
        row = insert(PlanScan).values(
            plan_id=plan_id,
            trigger=trigger,
            begun_at=now,
            looked_until=since,
            reaching=now if since < now else None,
            due_at=now,
        )
        db.session.execute(row.on_conflict_do_nothing())


def _take_batch(now: datetime) -> int:
    order = PlanScan.due_at, PlanScan.plan_id, PlanScan.trigger
    due = select(PlanScan).where(PlanScan.due_at <= now).order_by(*order).limit(1)
    scan = db.session.scalar(due.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    if scan is None:
        return 0
    plan = db.session.get_one(Plan, scan.plan_id, populate_existing=True)
    definition = get_definition(plan.published_version_id) if plan.published_version_id else None
    if not plan.is_on or definition is None or scan.trigger not in definition.entry.on:
        db.session.delete(scan)
        return 1
    scan.reaching = scan.reaching or max(now, scan.looked_until)
    batch = _next_batch(scan, plan, definition)
    if batch is None:
        _end_look(scan, scan.reaching, definition)
        return 1
    newcomers = batch.newcomers
    if scan.looked_until < scan.begun_at:
        newcomers = [begun_today(each, scan.begun_at) for each in newcomers]
    enter_many(plan.key, [as_told(definition, scan.trigger, each) for each in newcomers], now=now)
    scan.position = {**batch.position, "version": plan.published_version_id}
    return len(newcomers)


def _next_batch(scan: PlanScan, plan: Plan, definition: Definition) -> Batch | None:
    """The next one of the look under way; begun anew when another version was published meanwhile: keys are the same."""
    position = scan.position or {}
    is_same = position.get("version") == plan.published_version_id
    is_catching_up = scan.looked_until < scan.begun_at
    batches = list_occurrences(
        scan.trigger,
        definition.entry.params,
        since=scan.looked_until,
        until=scan.reaching or scan.looked_until,
        known_at=scan.begun_at if is_catching_up else None,
        seen_id=scan.seen_id,
        after=position if is_same else None,
    )
    return next(batches, None)


def _end_look(scan: PlanScan, until: datetime, definition: Definition) -> None:
    """Days begin at midnight of the chain; a basket that is known already is looked for when it will have been left."""
    scan.looked_until, scan.reaching, scan.position = until, None, None
    if scan.trigger is Trigger.BASKET_LEFT:
        scan.seen_id = find_last_told()
        known = find_next_left(definition.entry.params, after=until)
        latest = until + LOOK_FOR_BASKETS
        scan.due_at = min(known or latest, latest)
    else:
        zone = ZoneInfo(get_chain().time_zone)
        scan.due_at = midnight(until.astimezone(zone).date() + DAY, zone)
