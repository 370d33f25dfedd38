"""What a plan did and earned: funnel, exits, steps, and treated against control; from facts, in a handful of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.plans.models import Plan, PlanVersion
from hub.plans.results.gathering import (
    Gathered,
    Row,
    arms_by,
    arms_of,
    everybody,
    gather,
    gather_heads,
    grouped,
    narrow,
)
from hub.plans.results.keeping import Sizes, find_kept, list_large, read_sizes
from hub.plans.results.rows import (
    Ahead,
    Arms,
    Asked,
    Funnel,
    PlanHead,
    Results,
    StepFigures,
    StoreArms,
    VersionRow,
)
from hub.plans.results.statements import HORIZON_DAYS
from hub.plans.words import Anchor, Arm, EnrolmentState, ExitReason, StepOutcome, VersionState
from hub.stores.queries import get_chain, get_stores


def get_results(key: str, asked: Asked, *, past: Asked | None = None) -> Results:
    """Everything the page of a plan's results shows; `past` is another period to stand beside it.

    Raises NotFound, and Invalid when the period holds too many entries to be counted while somebody waits.
    """
    plan, versions = _get_plan(key)
    sizes = read_sizes([plan.id])
    kept = find_kept(sizes, asked).get(plan.id)
    if kept is not None:
        found = _compose(plan, versions, asked, kept.gathered, computed_at=kept.computed_at)
    else:
        gathered = gather(plan.id, since=asked.since, until=asked.until, now=asked.now)
        found = _compose(plan, versions, asked, gathered)
    return replace(found, before=_arms_before(plan.id, sizes, past)) if past else found


def _arms_before(plan_id: int, sizes: Sizes, past: Asked) -> Arms | None:
    """Of the past what is compared alone; None where it holds too many entries to be counted beside the page."""
    if list_large(sizes, replace(past, is_usual=False)):
        return None
    heads = gather_heads([plan_id], since=past.since, until=past.until, now=past.now)
    return arms_of(everybody(narrow(Gathered(heads), past).heads))


def _compose(
    plan: PlanHead,
    versions: tuple[VersionRow, ...],
    asked: Asked,
    gathered: Gathered,
    *,
    computed_at: datetime | None = None,
) -> Results:
    """The figures of the page from what was gathered."""
    seen = narrow(gathered, asked)
    opened, ahead = _parted(seen.passages)
    seen = replace(seen, passages=opened)
    by_version = arms_by(seen.heads, "number")
    return Results(
        asked=asked,
        plan=plan,
        versions=versions,
        currency=get_chain().currency,
        arms=arms_of(everybody(seen.heads)),
        by_store=_by_store(arms_by(seen.heads, "store_id")),
        by_version=tuple(sorted(by_version.items(), reverse=True)),
        funnel=_funnel(seen),
        steps=_steps(seen, versions),
        exits=_exits(opened),
        ahead=ahead,
        computed_at=computed_at,
    )


def _get_plan(key: str) -> tuple[PlanHead, tuple[VersionRow, ...]]:
    """The plan with its published versions, the newest first. Raises NotFound."""
    is_published = PlanVersion.state == VersionState.PUBLISHED
    found = db.session.execute(
        select(Plan, PlanVersion.id, PlanVersion.number, PlanVersion.definition)
        .outerjoin(PlanVersion, (PlanVersion.plan_id == Plan.id) & is_published)
        .where(Plan.key == key)
        .order_by(PlanVersion.number.desc())
    ).all()
    if not found:
        raise NotFound(N_("This plan does not exist. Please choose one of the list."))
    return head_of(found[0][0]), tuple(_version(row) for row in found if row.id is not None)


def head_of(plan: Plan) -> PlanHead:
    return PlanHead(plan.id, plan.key, plan.name_fr, plan.name_en, plan.is_on, plan.control_percent)


def _version(row: Any) -> VersionRow:
    steps = tuple(str(step["key"]) for step in row.definition["steps"])
    has_dates = any(step.get("anchor") == Anchor.DATE for step in row.definition["steps"])
    return VersionRow(
        row.id, row.number, int(row.definition.get("horizon_days") or HORIZON_DAYS), steps, has_dates
    )


def _parted(passages: Sequence[Row]) -> tuple[list[Row], Ahead]:
    """Those of the period, and those whose window has not opened."""
    ahead = [row for row in passages if row.get("is_ahead")]
    first_at = min((datetime.fromisoformat(row["first_at"]) for row in ahead), default=None)
    return [row for row in passages if not row.get("is_ahead")], Ahead(_sum(ahead), first_at)


def _by_store(found: dict[int | None, Arms]) -> tuple[StoreArms, ...]:
    """By name, never by rank; customers without a store at the end."""
    houses = get_stores([store_id for store_id in found if store_id is not None])
    rows = [
        StoreArms(store_id, houses[store_id].code, houses[store_id].name, arms)
        if store_id in houses
        else StoreArms(None, "", "", arms)
        for store_id, arms in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.name == "", row.name)))


def _funnel(seen: Gathered) -> Funnel:
    treated = [row for row in seen.passages if row["arm"] == Arm.TREATED]
    totals = [row for row in seen.messages if row["outcome"] is None]
    return Funnel(
        entered=_sum(treated),
        control=_sum(seen.passages) - _sum(treated),
        waiting=_sum(row for row in treated if row["state"] == EnrolmentState.WAITING),
        sent=_sum(totals, "sent"),
        delivered=_sum(totals, "delivered"),
        engaged=_sum(totals, "engaged"),
        unsubscribed=_sum(totals, "refused"),
        complained=_sum(totals, "complained"),
    )


def _sum(rows: Iterable[Row], name: str = "passages") -> int:
    return sum(row[name] for row in rows)


def _exits(passages: Sequence[Row]) -> dict[Arm, dict[ExitReason, int]]:
    """Who left, by arm and reason, the most frequent first."""
    found = grouped(
        (row for row in passages if row["exit_reason"]), lambda row: (row["arm"], row["exit_reason"])
    )
    counts = {key: _sum(rows) for key, rows in found.items()}
    exits: dict[Arm, dict[ExitReason, int]] = {}
    for (arm, reason), count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        exits.setdefault(Arm(arm), {})[ExitReason(reason)] = count
    return exits


def _steps(seen: Gathered, versions: Sequence[VersionRow]) -> tuple[StepFigures, ...]:
    """In the order of the newest version, then what only older ones had."""
    runs = grouped((row for row in seen.messages if row["outcome"]), lambda row: row["step_key"])
    treated = (row for row in seen.passages if row["arm"] == Arm.TREATED)
    waiting = grouped(treated, lambda row: row["step_key"])
    order = dict.fromkeys([*(key for version in versions for key in version.step_keys), *runs])
    return tuple(_step(key, waiting.get(key, ()), runs.get(key, ())) for key in order)


def _step(key: str, waiting: Sequence[Row], runs: Sequence[Row]) -> StepFigures:
    outcomes = grouped(runs, lambda row: row["outcome"])
    return StepFigures(
        step_key=key,
        waiting=_sum(waiting),
        outcomes={StepOutcome(outcome): _sum(rows) for outcome, rows in outcomes.items()},
        sent=_sum(runs, "sent"),
        delivered=_sum(runs, "delivered"),
        engaged=_sum(runs, "engaged"),
    )
