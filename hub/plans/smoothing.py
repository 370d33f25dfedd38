"""Keeps a plan within its daily limit: who has no place today gets one on the first day that has room."""

from collections import defaultdict
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.plans import rules
from hub.plans.models import PlanDay
from hub.plans.passage import Passage
from hub.plans.walking import Decision, Position, advance, limited
from hub.plans.words import StepOutcome
from hub.stores.queries import get_chain

COUNTED = frozenset({StepOutcome.POSTED, StepOutcome.GHOST, StepOutcome.DONE})
LONGEST_DAYS = 3_650
SLOT = "slot_on"
TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('plans.limit:' || :plan, 0))")
MINE = text("""
    SELECT id FROM plans WHERE is_on AND CASE
        WHEN EXISTS (SELECT FROM plan_versions WHERE plan_id = plans.id AND definition ->> 'daily_limit' IS NOT NULL)
        THEN pg_try_advisory_xact_lock(hashtextextended('plans.limit:' || id, 0)) ELSE true END
""")


def take_turns() -> list[int]:
    """The plans that are on and this worker may go on with: one with a daily limit is in one hand at a time.

    It is this one's until the end of the transaction, so that its places go in the order of the claims.
    """
    return list(db.session.scalars(MINE))


def keep_limits(passages: Sequence[Passage], *, now: datetime) -> list[Passage]:
    """Both arms are counted, so that they stay comparable. A place that was given on a day is kept on that day.

    Places go by the moment a step is due, then by customer, then by who entered first. Returns those that go on: who wants
    a place is left to the next batch while somebody before him may want another one at once.
    """
    limited: dict[int, list[Passage]] = defaultdict(list)
    for passage in passages:
        if passage.position.definition.daily_limit is not None:
            limited[passage.enrolment.plan_id].append(passage)
    if not limited:
        return list(passages)
    zone = ZoneInfo(get_chain().time_zone)
    left = {
        passage.enrolment.id
        for plan_id, mine in sorted(limited.items())
        for passage in _place(sorted(mine, key=_turn), plan_id, now, zone)
    }
    return [passage for passage in passages if passage.enrolment.id not in left]


def _turn(passage: Passage) -> tuple[datetime, int, int]:
    return passage.position.due_at, passage.customer.id, passage.enrolment.id


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


def wants_anew(position: Position, decision: Decision, today: date) -> bool:
    """It has no place for today yet."""
    return wants_place(position, decision) and not has_place(position, today)


def next_want_at(position: Position, decision: Decision, at: datetime) -> datetime | None:
    """No sooner than then the passage may want another place, whatever becomes of this step; None: never.

    A mail whose code has just taken its place wants none.
    """
    place = advance(position, decision)
    if place.step_key is None or place.wait:
        return place.due_at
    definition = position.definition
    following = definition.step(place.step_key)
    mail = definition.gives_ahead(position.step) if decision.outcome in COUNTED else None
    coming = {following, *definition.ahead[following.key]} - {mail}
    moments = [
        rules.due_of(step, position.anchor_at, place.values, time_zone=position.time_zone)
        for step in coming
        if step.is_on and (step.is_send or definition.gives_ahead(step))
    ]
    return max(at, min(moments)) if moments else None


def _place(mine: Sequence[Passage], plan_id: int, now: datetime, zone: ZoneInfo) -> list[Passage]:
    """Gives places to those of one plan, in their order. Returns those that must wait for the next batch."""
    today = now.astimezone(zone).date()
    wanting = {each.enrolment.id for each in mine if wants_anew(each.position, each.decision, today)}
    if not wanting:
        return []
    counts, left, is_open = _lock_days(plan_id, today), list[Passage](), False
    for passage in mine:
        if passage.enrolment.id in wanting:
            if is_open:
                left.append(passage)
                continue
            _give(passage, counts, today, zone)
        soonest = None if is_open else next_want_at(passage.position, passage.decision, now)
        is_open = is_open or (soonest is not None and soonest <= now)
    if counts:
        _count(plan_id, counts)
    return left


def _give(passage: Passage, counts: MutableMapping[date, int], today: date, zone: ZoneInfo) -> None:
    limit = passage.position.definition.daily_limit or 0
    day, kept = give_place(passage.position, counts, today, limit)
    passage.values |= kept
    if day != today:
        passage.decision = limited(same_hour(passage.position.due_at, day, zone))


def _count(plan_id: int, counts: Mapping[date, int]) -> None:
    rows = [{"plan_id": plan_id, "day": each, "run_count": count} for each, count in counts.items()]
    statement = insert(PlanDay).values(rows)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["plan_id", "day"], set_={"run_count": statement.excluded.run_count}
        )
    )


def _lock_days(plan_id: int, today: date) -> dict[date, int]:
    """Its turn is this worker's already, unless the plan got its limit since the claim: then it waits for who counts."""
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
