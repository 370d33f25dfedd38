"""The year with and without plans, computed from their results: what the same customers would have spent without them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.db import db
from hub.plans.models import Plan
from hub.plans.results.gathering import Gathered, arms_of, everybody, gather_heads, grouped, narrow
from hub.plans.results.keeping import find_kept, read_sizes
from hub.plans.results.queries import head_of
from hub.plans.results.rows import Arms, Asked, PlanHead
from hub.plans.results.rules import Money
from hub.plans.results.words import Benefit
from hub.stores.queries import get_chain

PLANS: tuple[tuple[Benefit, str], ...] = (
    (Benefit.CUSTOMERS_WON, "welcome_pack"),
    (Benefit.MADE_LOYAL, "welcome_pack"),
    (Benefit.KEPT_ACTIVE, "anti_churn"),
    (Benefit.KEPT_ACTIVE, "churn_rescue"),
    (Benefit.KEPT_ACTIVE, "reactivation"),
    (Benefit.YEARLY_VALUE, "cross_sell"),
    (Benefit.YEARLY_VALUE, "abandoned_basket"),
    (Benefit.YEARLY_VALUE, "birthday"),
    (Benefit.YEARLY_VALUE, "replenishment"),
    (Benefit.YEARLY_VALUE, "renewal"),
    (Benefit.YEARLY_VALUE, "review_request"),
)
"""What each plan with a control group is for; the welcome of prospects stands apart from that of new customers."""


@dataclass(frozen=True)
class GainLine:
    """One plan in its row; `plan` is None while the chain has no such plan."""

    benefit: Benefit
    plan_key: str
    plan: PlanHead | None
    arms: Arms


@dataclass(frozen=True)
class Gains:
    """`total`: the sum of the gains that can be said, with its interval; None without any. `computed_at`: of the oldest kept figures."""

    asked: Asked
    lines: tuple[GainLine, ...]
    total: Money | None
    currency: str
    computed_at: datetime | None


def get_gains(asked: Asked) -> Gains:
    """All rows of the table, those without a plan or with too few customers too."""
    keys = {key for _, key in PLANS}
    plans = {plan.key: head_of(plan) for plan in db.session.scalars(select(Plan).where(Plan.key.in_(keys)))}
    plan_ids = [plan.id for plan in plans.values()]
    kept = find_kept(read_sizes(plan_ids), asked)
    live = [plan_id for plan_id in plan_ids if plan_id not in kept]
    rows = gather_heads(live, since=asked.since, until=asked.until, now=asked.now)
    rows += [row for each in kept.values() for row in each.gathered.heads]
    heads = everybody(narrow(Gathered(rows), asked).heads)
    groups = grouped(heads, lambda row: (row["plan_id"], row["is_prospect"]))
    lines = []
    for benefit, key in PLANS:
        plan = plans.get(key)
        of_prospects = benefit is Benefit.CUSTOMERS_WON
        arms = arms_of(groups.get((plan.id, of_prospects), ())) if plan else Arms()
        lines.append(GainLine(benefit, key, plan, arms))
    total = add_up([line.arms for line in lines])
    oldest = min((each.computed_at for each in kept.values()), default=None)
    return Gains(asked, tuple(lines), total, get_chain().currency, oldest)


def add_up(parts: Sequence[Arms]) -> Money | None:
    """The sum of gains. The arms of two plans are drawn apart, so that their errors are added as squares."""
    said = [found for arms in parts if (found := arms.gain.in_all) is not None]
    if not said:
        return None
    value = sum(each.value for each in said)
    below = math.sqrt(sum((each.value - each.low) ** 2 for each in said))
    above = math.sqrt(sum((each.high - each.value) ** 2 for each in said))
    return Money(value - below, value, value + above)
