"""Keeps a plan within its daily limit: who has no place today gets one on the first day that has room."""

from collections import defaultdict
from collections.abc import MutableMapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.plans import rules
from hub.plans.models import PlanDay
from hub.plans.passage import Passage
from hub.plans.walking import Decision, Position, limited
from hub.plans.words import StepOutcome
from hub.stores.queries import get_chain

COUNTED = frozenset({StepOutcome.POSTED, StepOutcome.GHOST, StepOutcome.DONE})
LONGEST_DAYS = 3_650
SLOT = "slot_on"
TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('plans.limit:' || :plan, 0))")


def keep_limits(passages: Sequence[Passage], *, now: datetime) -> None:
    """Both arms are counted, so that they stay comparable. A place that was given on a day is kept on that day."""
    wanting: dict[tuple[int, int], list[Passage]] = defaultdict(list)
    for passage in passages:
        limit = passage.position.definition.daily_limit
        if limit is not None and wants_place(passage.position, passage.decision):
            wanting[passage.enrolment.plan_id, limit].append(passage)
    zone = ZoneInfo(get_chain().time_zone) if wanting else ZoneInfo("UTC")
    today = now.astimezone(zone).date()
    for (plan_id, limit), mine in sorted(wanting.items()):
        _place(mine, plan_id, limit, today, zone)


def wants_place(position: Position, decision: Decision) -> bool:
    """A message takes a place; a notice only as the first of its passage, later it was announced and leaves on its day.

    A code that is given for the mail right after it takes the mail's place, or it would run out before the mail leaves.
    """
    step = position.definition.gives_ahead(position.step) or position.step
    if not step.is_send or decision.outcome not in COUNTED:
        return False
    return not (step.is_notice and rules.TOLD_BY & position.values.keys())


def give_place(
    position: Position, counts: MutableMapping[date, int], today: date, limit: int
) -> tuple[date, dict[str, str]]:
    """The day of its place, counted, and what the passage remembers of it: one put off, or kept for the mail to come."""
    day = take_place(counts, today, limit)
    is_kept = day != today or not position.step.is_send
    return day, {SLOT: day.isoformat()} if is_kept else {}


def has_place(position: Position, today: date) -> bool:
    return bool(position.values.get(SLOT) == today.isoformat())


def _place(mine: Sequence[Passage], plan_id: int, limit: int, today: date, zone: ZoneInfo) -> None:
    new = [passage for passage in mine if not has_place(passage.position, today)]
    if not new:
        return
    counts = _lock_days(plan_id, today)
    for passage in new:
        day, kept = give_place(passage.position, counts, today, limit)
        passage.values |= kept
        if day != today:
            passage.decision = limited(same_hour(passage.position.due_at, day, zone))
    rows = [{"plan_id": plan_id, "day": each, "run_count": count} for each, count in counts.items()]
    statement = insert(PlanDay).values(rows)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["plan_id", "day"], set_={"run_count": statement.excluded.run_count}
        )
    )


def _lock_days(plan_id: int, today: date) -> dict[date, int]:
    """One worker at a time counts for a plan, and it looks when it has its turn: the one before may have begun new days."""
    db.session.execute(TURN, {"plan": str(plan_id)})
    days = select(PlanDay.day, PlanDay.run_count).where(PlanDay.plan_id == plan_id, PlanDay.day >= today)
    return dict(db.session.execute(days).all())


def take_place(counts: MutableMapping[date, int], today: date, limit: int) -> date:
    """The first day from today on with room, which is counted."""
    day = today
    while counts.get(day, 0) >= limit and (day - today).days < LONGEST_DAYS:
        day += timedelta(days=1)
    counts[day] = counts.get(day, 0) + 1
    return day


def same_hour(due_at: datetime, day: date, zone: ZoneInfo) -> datetime:
    """The hour at which it was due, on the day that has room."""
    local: time = due_at.astimezone(zone).time()
    return datetime.combine(day, local, tzinfo=zone)
