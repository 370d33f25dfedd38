"""Who enters a plan: once per entry key, when the plan is on and its conditions hold, in an arm that is never redrawn."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, text
from sqlalchemy.dialects.postgresql import insert

from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db, ring_after_commit
from hub.core.facts import record_many
from hub.customers.queries import CustomerRow, get_customers
from hub.orders.queries import OrderRow, get_orders
from hub.plans import rules
from hub.plans.definitions import Definition
from hub.plans.facts import PlanEntered
from hub.plans.gather import Zones
from hub.plans.looking.asked import LookUp, Subject, World
from hub.plans.looking.table import LOOK_UPS, look_up
from hub.plans.models import Enrolment, Plan
from hub.plans.product_dates import DUE_BY, list_end_days
from hub.plans.queries import BELL, find_plan, get_definition, list_plans_on
from hub.plans.walking import all_hold
from hub.plans.windows import find_window
from hub.plans.words import Arm, Ask, EnrolmentState, Trigger

AT_ONCE = 1_000
ROW = ("plan_id", "version_id", "customer_id", "entry_key", "arm", "state", "step_key", "anchor_at", "due_at", "values",
    "entered_at", "opens_at", "closes_at")  # fmt: skip
ENTER = (
    insert(table_of(Enrolment))
    .from_select(ROW, select(*given_rows(table_of(Enrolment), ROW).c))
    .on_conflict_do_nothing(index_elements=["plan_id", "customer_id", "entry_key"])
    .returning(table_of(Enrolment).c.id, table_of(Enrolment).c.customer_id, table_of(Enrolment).c.arm)
)
TURN = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('plans.enter:' || :plan || ':' || id, 0))"
    " FROM unnest(CAST(:ids AS bigint[])) AS id"
)


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody who may enter. `entry_key` is the occurrence (`order:12`, `birthday:2026`), `anchor_at` what delays count from.

    `values`: ids that the steps need (order_id, basket_id); `since` (ISO time): what came later came after the entry;
    `date_on` (ISO date): the day that steps anchored to a date count from; `is_day`: the anchor has no time of day.
    Letters say `erasure_on` (ISO date), and by `anniversary_of` (birth_on, first_order, registered, property:<key>) of what
    it is one.
    """

    customer_id: int
    entry_key: str
    anchor_at: datetime
    values: Mapping[str, Any] = field(default_factory=dict)


def enter(
    trigger: Trigger,
    *,
    customer_id: int,
    entry_key: str,
    anchor_at: datetime,
    values: Mapping[str, Any],
    now: datetime,
    told: Mapping[str, Any] | None = None,
) -> list[int]:
    """Let the customer into every plan that is on and waits for this. Returns the ids of the enrolments made.

    `told`: what the occurrence says that a plan may have an opinion on (points of a score, name of an event). A plan
    that waits for several states of an order takes the order once in each; else the key alone says what is once.
    """
    made = []
    for plan in list_plans_on():
        definition = get_definition(plan.published_version_id or 0)
        if trigger not in definition.entry.on or not rules.fits(definition.entry, trigger, told or {}):
            continue
        newcomer = Newcomer(customer_id=customer_id, entry_key=entry_key, anchor_at=anchor_at, values=values)
        made += _let_in(plan, [as_told(definition, trigger, newcomer)], now=now)
    return made


def as_told(definition: Definition, trigger: Trigger, each: Newcomer) -> Newcomer:
    """Who enters by this trigger: the passage remembers it, and its key is that of the plan."""
    return replace(
        each,
        entry_key=rules.entry_key_of(definition.entry, trigger, each.entry_key),
        values={**each.values, "trigger": trigger.value},
    )


def enrol(
    *,
    plan_key: str,
    customer_id: int,
    entry_key: str,
    anchor_at: datetime,
    values: Mapping[str, Any],
    now: datetime,
) -> int | None:
    """Let the customer in, once per entry key. The enrolment's id; None when off, not wanted or already inside.

    `anchor_at` is what the delays count from (business time); `values` holds the ids that the steps need.
    """
    newcomer = Newcomer(customer_id=customer_id, entry_key=entry_key, anchor_at=anchor_at, values=values)
    made = enter_many(plan_key, [newcomer], now=now)
    return made[0] if made else None


def enter_many(plan_key: str, newcomers: Sequence[Newcomer], *, now: datetime) -> list[int]:
    """As `enrol` for many, in a handful of statements a thousand. Returns the ids of the enrolments made."""
    plan = find_plan(plan_key)
    if plan is None or not plan.is_on or plan.published_version_id is None:
        return []
    made = []
    for start in range(0, len(newcomers), AT_ONCE):
        made += _let_in(plan, newcomers[start : start + AT_ONCE], now=now)
    return made


def _let_in(plan: Plan, newcomers: Sequence[Newcomer], *, now: datetime) -> list[int]:
    definition = get_definition(plan.published_version_id or 0)
    people = get_customers({each.customer_id for each in newcomers})
    zones = Zones.of(people.values())
    known = [
        each for each in newcomers if each.customer_id in people and not people[each.customer_id].is_erased
    ]
    wanted = _wanted(definition, _rested(plan, definition, known, now=now), people, zones, now=now)
    if not wanted:
        return []
    arms = _draw(plan, wanted, people)
    rows = [
        _row(plan, definition, each, zones.zone_of(people[each.customer_id]), zones.chain_zone, now=now)
        | {"arm": arms[each.customer_id]}
        for each in wanted
    ]
    return _write(plan.id, rows, now=now)


def _rested(
    plan: Plan, definition: Definition, newcomers: Sequence[Newcomer], *, now: datetime
) -> list[Newcomer]:
    """Who has not entered within the cool-down; two at once of one customer take turns.

    A passage that ended before any message of it does not count: nobody heard of it, and its next occasion comes but once.
    """
    hours = definition.entry.cooldown_hours
    if not hours or not newcomers:
        return list(newcomers)
    ids = sorted({each.customer_id for each in newcomers})
    db.session.execute(TURN, {"plan": str(plan.id), "ids": ids})
    found = select(Enrolment.customer_id).where(
        Enrolment.plan_id == plan.id,
        among(Enrolment.customer_id, ids),
        Enrolment.entered_at > now - timedelta(hours=hours),
        or_(
            Enrolment.state == EnrolmentState.WAITING,
            *(Enrolment.values.has_key(key) for key in rules.TOLD_BY),
        ),
    )
    resting = set(db.session.scalars(found))
    kept: dict[int, Newcomer] = {}
    for each in newcomers:
        if each.customer_id not in resting:
            kept.setdefault(each.customer_id, each)
    return list(kept.values())


def _wanted(
    definition: Definition,
    newcomers: Sequence[Newcomer],
    people: Mapping[int, CustomerRow],
    zones: Zones,
    *,
    now: datetime,
) -> list[Newcomer]:
    """Whom the conditions of the entry let in."""
    when, due_by = definition.entry.when, definition.entry.params.get(DUE_BY)
    if not (when or due_by) or not newcomers:
        return list(newcomers)
    orders = get_orders({each.values["order_id"] for each in newcomers if "order_id" in each.values})
    newcomers = dated(definition, newcomers, orders, time_zone=zones.chain_zone)
    subjects = [
        subject_of(definition, each, zones.zone_of(people[each.customer_id]), now) for each in newcomers
    ]
    are_in = let_in(definition, subjects, World(people, orders))
    return [each for each, is_in in zip(newcomers, are_in, strict=True) if is_in]


def dated(
    definition: Definition,
    newcomers: Sequence[Newcomer],
    orders: Mapping[int, OrderRow],
    *,
    time_zone: str,
) -> list[Newcomer]:
    """Those whose order brought something that ends, where the plan asks for it: steps anchored to a date count from there."""
    due_by = definition.entry.params.get(DUE_BY)
    if not due_by:
        return list(newcomers)
    days = list_end_days(orders.values(), due_by, time_zone=time_zone)
    found = [(each, days.get(int(each.values.get("order_id", 0)))) for each in newcomers]
    return [replace(each, values={**each.values, "date_on": day.isoformat()}) for each, day in found if day]


def let_in(
    definition: Definition,
    subjects: Sequence[Subject],
    world: World,
    look_ups: Mapping[Ask, LookUp] = LOOK_UPS,
) -> list[bool]:
    """For each whether the conditions of the entry let him in."""
    when = definition.entry.when
    questions = list(dict.fromkeys(leaf for clause in when for leaf in clause.leaves))
    known = look_up([(subject, questions) for subject in subjects], world, look_ups)
    return [all_hold(when, knows) for knows in known]


def subject_of(definition: Definition, each: Newcomer, time_zone: str, now: datetime) -> Subject:
    """Somebody at the door as the look-ups see him."""
    return Subject(
        customer_id=each.customer_id,
        arm=Arm.TREATED,
        anchor_at=each.anchor_at,
        at=now,
        values=each.values,
        time_zone=time_zone,
        purposes=definition.purposes,
    )


def _draw(plan: Plan, newcomers: Sequence[Newcomer], people: Mapping[int, CustomerRow]) -> dict[int, Arm]:
    """By household where it is known; who was inside before keeps his arm, also after moving house."""
    ids = {each.customer_id for each in newcomers}
    before = _find_arms(plan.id, ids) if plan.control_percent else {}
    return {
        each: before.get(each)
        or rules.draw_arm(
            plan.key,
            rules.household_of(people[each].street, people[each].postcode) or each,
            plan.control_percent,
        )
        for each in ids
    }


def _find_arms(plan_id: int, customer_ids: Collection[int]) -> dict[int, Arm]:
    found = (
        select(Enrolment.customer_id, Enrolment.arm)
        .where(Enrolment.plan_id == plan_id, among(Enrolment.customer_id, customer_ids))
        .order_by(Enrolment.id.desc())
    )
    return dict(db.session.execute(found).all())


def _row(
    plan: Plan, definition: Definition, each: Newcomer, time_zone: str, chain_zone: str, *, now: datetime
) -> dict[str, Any]:
    first = definition.steps[0]
    begin = rules.begin(each.anchor_at, each.values, time_zone=time_zone, chain_zone=chain_zone)
    days = rules.spread(plan.key, each.customer_id, definition.spread_days)
    anchor_at, values = rules.put_off(*begin, days=days, time_zone=time_zone)
    window = find_window(definition, anchor_at, values, entered_at=now, time_zone=time_zone)
    return {
        "plan_id": plan.id,
        "version_id": plan.published_version_id,
        "customer_id": each.customer_id,
        "entry_key": each.entry_key,
        "state": EnrolmentState.WAITING,
        "step_key": first.key,
        "anchor_at": anchor_at,
        "due_at": rules.due_of(first, anchor_at, values, time_zone=time_zone),
        "values": values,
        "entered_at": now,
        "opens_at": window.opens_at if window else None,
        "closes_at": window.closes_at if window else None,
    }


def _write(plan_id: int, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> list[int]:
    """The unique key decides, not a look before: two workers let one customer in once."""
    made = db.session.execute(ENTER, rows_given(rows)).all()
    entered = [
        PlanEntered(customer_id=row.customer_id, enrolment_id=row.id, plan_id=plan_id, arm=Arm(row.arm).value)
        for row in made
    ]
    record_many(entered, now=now)
    if made and any(row["due_at"] <= now for row in rows):
        ring_after_commit(BELL)
    return [row.id for row in made]
