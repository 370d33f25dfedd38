"""When a step is due, and which arm a customer is in. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hub.core.text import fold
from hub.plans.definitions import Definition, Delay, Entry, Step
from hub.plans.reading import parse_definition
from hub.plans.words import Anchor, Arm, StepKind, Trigger

__all__ = ["Definition", "Delay", "Step", "parse_definition"]

DEFAULT_HOUR = time(10, 0)
BUCKETS = 10_000
ORDER_STATES = frozenset(
    {
        Trigger.ORDER_PLACED,
        Trigger.ORDER_PAID,
        Trigger.ORDER_SHIPPED,
        Trigger.ORDER_READY,
        Trigger.ORDER_DELIVERED,
    }
)
TOLD_BY = frozenset({"first_outbound_id", "first_message_at"})
"""What a passage remembers of its first message, or of the ghost of it; one that has neither said nothing to anybody."""
UTC = ZoneInfo("UTC")
SINCE = "since"
SILENT_SINCE = "silent_since"
"""Under this a passage that a silence began remembers the last order or sign before it: later news of one before the entry count."""
TOLD = "told"
"""Under this a passage remembers the letter that announced its erasure (`step`), and the day that stands in it (`on`)."""
_Any = TypeVar("_Any")


def due_moment(anchor_at: datetime, delay: Delay, *, time_zone: str, has_time: bool = True) -> datetime:
    """When a step is due: D+n is the same local time n calendar days later (10:00 where the anchor has none, or `at`).

    `time_zone` is that of the customer. A local time that daylight saving skips moves forward, as zoneinfo folds it; one
    that comes twice is the first. A delay of hours or days never leads before its anchor.
    """
    zone = ZoneInfo(time_zone)
    local = anchor_at.astimezone(zone)
    hour = time.fromisoformat(delay.at) if delay.at else None
    if delay.days or hour is not None or not has_time:
        clock_time = hour or (local.time() if has_time else DEFAULT_HOUR)
        local = datetime.combine(local.date() + timedelta(days=delay.days), clock_time, tzinfo=zone)
    moment = local.astimezone(UTC) + timedelta(minutes=delay.minutes)
    is_ahead = delay.days >= 0 and delay.minutes >= 0 and has_time
    return max(moment, anchor_at.astimezone(UTC)) if is_ahead else moment


def anchor_of(
    step: Step, anchor_at: datetime, values: Mapping[str, Any], *, time_zone: str
) -> tuple[datetime, bool]:
    """What the step's delay counts from, and whether that has a time of day.

    The first message counts from its acceptance, in the control arm and until it is accepted from its planned time.
    """
    if step.anchor is Anchor.DATE and (day := values.get("date_on")):
        return datetime.combine(date.fromisoformat(day), time(), tzinfo=ZoneInfo(time_zone)), False
    if step.anchor is Anchor.FIRST_MESSAGE:
        sent = values.get("first_message_at") or values.get("first_planned_at")
        return (datetime.fromisoformat(sent), True) if sent else (anchor_at, not values.get("is_day", False))
    if step.anchor is Anchor.ANSWER and (answered := values.get("answered_at")):
        return datetime.fromisoformat(answered), True
    return anchor_at, not values.get("is_day", False)


def due_of(step: Step, anchor_at: datetime, values: Mapping[str, Any], *, time_zone: str) -> datetime:
    """When a step of a passage is due. `values["is_day"]`: the entry is a day, without a time of its own.

    A day of erasure that a letter announced is kept, whatever has become the first message since.
    """
    moment, has_time = anchor_of(step, anchor_at, values, time_zone=time_zone)
    due_at = due_moment(moment, step.delay, time_zone=time_zone, has_time=has_time)
    day = told_on(values) if step.kind is StepKind.ERASURE_DUE else None
    if day is None:
        return due_at
    zone = ZoneInfo(time_zone)
    local = due_at.astimezone(zone).time()
    return datetime.combine(day - timedelta(days=step.details["days"]), local, tzinfo=zone).astimezone(UTC)


def told_on(values: Mapping[str, Any]) -> date | None:
    """The day of erasure that a letter of the passage announced."""
    told = values.get(TOLD)
    return date.fromisoformat(told["on"]) if told else None


def notice_of(values: Mapping[str, Any], messages: Mapping[str, _Any]) -> _Any | None:
    """Of the messages of a passage, by step, the one that announced the day."""
    told = values.get(TOLD)
    return messages.get(told["step"]) if told else None


Begin = tuple[datetime, Mapping[str, Any]]
"""What delays count from, and the values of the passage."""


def begin(anchor_at: datetime, values: Mapping[str, Any], *, time_zone: str, chain_zone: str) -> Begin:
    """A day of the chain (`values["is_day"]`) is the same day where the customer lives; what came since the chain's counts."""
    if not values.get("is_day"):
        return anchor_at, values
    day = anchor_at.astimezone(ZoneInfo(chain_zone)).date()
    local = datetime.combine(day, time(), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    return local, {SINCE: anchor_at.isoformat(), **values}


def since_of(anchor_at: datetime, values: Mapping[str, Any]) -> datetime:
    """What came later came after the entry."""
    told = values.get(SINCE)
    return datetime.fromisoformat(told) if told else anchor_at


def silent_since(anchor_at: datetime, values: Mapping[str, Any]) -> datetime:
    """An order or sign of life that came later ends the silence, though it may be from before the entry and told after."""
    told = values.get(SILENT_SINCE)
    return datetime.fromisoformat(told) if told else since_of(anchor_at, values)


def put_off(anchor_at: datetime, values: Mapping[str, Any], *, days: int, time_zone: str) -> Begin:
    """The whole passage so many days later, at the same local time; what came since the first moment counts."""
    if not days:
        return anchor_at, dict(values)
    later = due_moment(anchor_at, Delay(days), time_zone=time_zone)
    return later, {SINCE: anchor_at.isoformat(), **values}


def household_of(street: str, postcode: str) -> str | None:
    """People of one address are one household, however the street is spelt; None when it is not known."""
    words = "".join(filter(str.isalnum, fold(street)))
    digits = "".join(filter(str.isalnum, fold(postcode)))
    return f"{digits}|{words}" if words and digits else None


def fits(entry: Entry, trigger: Trigger, told: Mapping[str, Any]) -> bool:
    """Whether the plan wants this occurrence of its trigger: a score low enough, an event of its name."""
    if trigger is Trigger.CHURN_BELOW:
        return bool(told.get("points", 0) < entry.params.get("points", 0))
    if trigger is Trigger.EVENT:
        return bool(told.get("name") == entry.params.get("name"))
    return True


def entry_key_of(entry: Entry, trigger: Trigger, key: str) -> str:
    """One passage an occurrence: an order whose states let in at several moments has one for each of them."""
    states = ORDER_STATES.intersection(entry.on)
    return f"{key}:{trigger}" if trigger in states and len(states) > 1 else key


def spread(plan_key: str, customer_id: int, days: int) -> int:
    """By how many days a customer's whole passage is put off, so that a crowd does not come in one day; always the same."""
    digest = hashlib.sha256(f"{plan_key}:spread:{customer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % days if days > 0 else 0


def draw_arm(plan_key: str, who: int | str, control_percent: int) -> Arm:
    """Stable hash of plan and customer (or household), never a random number at each pass: the arm survives any re-entry."""
    digest = hashlib.sha256(f"{plan_key}:{who}".encode()).digest()
    bucket = int.from_bytes(digest[:8], "big") % BUCKETS
    return Arm.CONTROL if bucket < control_percent * BUCKETS // 100 else Arm.TREATED
