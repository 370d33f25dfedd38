"""Definitions of plans and what the engine decides from them. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.plans.words import Anchor, Arm, ExitReason

DEFAULT_HOUR = time(10, 0)
BUCKETS = 10_000


@dataclass(frozen=True, kw_only=True)
class Delay:
    """Calendar days keep the local time of the anchor; minutes and hours are wall time."""

    days: int = 0
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Step:
    """One message of a plan.

    `when` names conditions that must all hold (see CONDITIONS). `template` may depend on a condition through
    `variants`, first match wins. `expires_days`: a message that could not leave by then is dropped, not sent stale.
    `is_branch` steps are reached by a jump only; the path before them ends the enrolment. `promo_pool` is the key of
    the pool that gives the message its code.
    """

    key: str
    anchor: Anchor
    delay: Delay
    template: str
    purpose: Purpose
    channel: Channel = Channel.EMAIL
    when: tuple[str, ...] = ()
    variants: tuple[tuple[str, str], ...] = ()
    expires_days: int = 7
    is_branch: bool = False
    promo_pool: str = ""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A plan as published. `exits` are the reasons that end it early."""

    enters: str
    steps: tuple[Step, ...]
    exits: tuple[ExitReason, ...]

    def find_step(self, key: str | None) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)

    def step(self, key: str) -> Step:
        found = self.find_step(key)
        if found is None:
            raise Invalid(N_("The plan has no step called %(key)s."), key=key)
        return found

    def step_after(self, key: str) -> Step | None:
        """The next step of the same path, or None at its end."""
        position = self.steps.index(self.step(key)) + 1
        following = self.steps[position : position + 1]
        return following[0] if following and not following[0].is_branch else None


def parse_definition(data: Mapping[str, Any]) -> Definition:
    """Read a stored definition. Raises Invalid on a word or a step that the engine does not know."""
    try:
        steps = tuple(_parse_step(step) for step in data["steps"])
        exits = tuple(ExitReason(reason) for reason in data["exits"])
        found = Definition(enters=str(data["enters"]), steps=steps, exits=exits)
    except (KeyError, ValueError, TypeError) as error:
        raise Invalid(N_("This plan cannot be read: %(detail)s."), detail=str(error)) from None
    if not found.steps or len({step.key for step in found.steps}) != len(found.steps):
        raise Invalid(N_("A plan needs steps, each with a name of its own."))
    return found


def _parse_step(data: Mapping[str, Any]) -> Step:
    return Step(
        key=str(data["key"]),
        anchor=Anchor(data["anchor"]),
        delay=Delay(**data["delay"]),
        template=str(data["template"]),
        purpose=Purpose(data["purpose"]),
        channel=Channel(data.get("channel", Channel.EMAIL)),
        when=tuple(data.get("when", ())),
        variants=tuple((str(when), str(template)) for when, template in data.get("variants", ())),
        expires_days=int(data.get("expires_days", 7)),
        is_branch=bool(data.get("is_branch", False)),
        promo_pool=str(data.get("promo_pool", "")),
    )


def due_moment(anchor_at: datetime, delay: Delay, *, time_zone: str, has_time: bool = True) -> datetime:
    """When a step is due: D+n is the same local time n calendar days later (10:00 where the anchor has none).

    A local time that daylight saving skips moves forward, as zoneinfo folds it.
    """
    zone = ZoneInfo(time_zone)
    local = anchor_at.astimezone(zone)
    if delay.days:
        clock_time = local.time() if has_time else DEFAULT_HOUR
        local = datetime.combine(local.date() + timedelta(days=delay.days), clock_time, tzinfo=zone)
    moment = local.astimezone(ZoneInfo("UTC")) + timedelta(minutes=delay.minutes)
    return moment.astimezone(ZoneInfo("UTC"))


def draw_arm(plan_key: str, customer_id: int, control_percent: int) -> Arm:
    """Stable hash of plan and customer, never a random number at each pass: the arm survives any re-entry."""
    digest = hashlib.sha256(f"{plan_key}:{customer_id}".encode()).digest()
    bucket = int.from_bytes(digest[:8], "big") % BUCKETS
    return Arm.CONTROL if bucket < control_percent * BUCKETS // 100 else Arm.TREATED


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What is true of one enrolment when a step is claimed."""

    is_cancelled: bool = False
    is_returned: bool = False
    has_purchased: bool = False
    has_open_ticket: bool = False
    was_asked_recently: bool = False
    has_answered: bool = False
    is_above_average: bool = False
    is_first_message_sent: bool = True


CONDITIONS: Mapping[str, str] = {
    "not_answered": "has_answered is false",
    "first_message_sent": "the plan's first message was accepted",
    "above_average": "the order is above the chain's average basket",
}

EXITS: tuple[tuple[ExitReason, str], ...] = (
    (ExitReason.CANCELLED, "is_cancelled"),
    (ExitReason.RETURNED, "is_returned"),
    (ExitReason.PURCHASED, "has_purchased"),
    (ExitReason.TICKET_OPEN, "has_open_ticket"),
    (ExitReason.ASKED_RECENTLY, "was_asked_recently"),
)


def find_exit(definition: Definition, step: Step, seen: Circumstances) -> ExitReason | None:
    """The first reason of the plan that now holds. Branch steps follow an answer: only the order's end stops them."""
    for reason, name in EXITS:
        if reason in definition.exits and getattr(seen, name) and not step.is_branch:
            return reason
    return None


def holds(condition: str, seen: Circumstances) -> bool:
    """Whether a condition of CONDITIONS is true. Raises Invalid on an unknown word."""
    if condition == "not_answered":
        return not seen.has_answered
    if condition == "first_message_sent":
        return seen.is_first_message_sent
    if condition == "above_average":
        return seen.is_above_average
    raise Invalid(N_("The plan uses an unknown condition: %(word)s."), word=condition)


def choose_template(step: Step, seen: Circumstances) -> str:
    for condition, template in step.variants:
        if holds(condition, seen):
            return template
    return step.template


def may_run(conditions: Sequence[str], seen: Circumstances) -> bool:
    return all(holds(condition, seen) for condition in conditions)
