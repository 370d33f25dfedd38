"""What is told of a plan tried with a customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from hub.customers.queries import CustomerRow
from hub.orders.queries import OrderRow
from hub.outbox.rules import Verdict
from hub.plans.definitions import Clause, Step
from hub.plans.words import Arm, ExitReason, Skip


class Fate(StrEnum):
    """What would become of a step."""

    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    SKIPPED = "skipped"
    LATE = "late"
    CHOSEN = "chosen"
    OPEN = "open"
    ENDS = "ends"
    LEAVES = "leaves"


class Lacks(StrEnum):
    """What the customer has not, so that he could not enter just now."""

    ORDER = "order"
    BASKET = "basket"
    DATE = "date"


@dataclass(frozen=True)
class Way:
    """One of the two ways of a fork that nobody can decide yet."""

    fork: Step
    is_yes: bool


@dataclass(frozen=True, kw_only=True)
class TriedStep:
    """`planned_at`: when the step is due; `at`: when its message would leave. `ifs`: what nobody can know yet, and what
    must be true for it to happen; `ways`: those of the forks before it. `verdict` is the first word of the gate.
    """

    step: Step
    planned_at: datetime
    fate: Fate
    at: datetime | None = None
    reason: Skip | None = None
    exit_reason: ExitReason | None = None
    verdict: Verdict | None = None
    ifs: tuple[Clause, ...] = ()
    failed: tuple[Clause, ...] = ()
    ways: tuple[Way, ...] = ()
    template: str = ""
    is_held: bool = False


@dataclass(frozen=True, kw_only=True)
class Seed:
    """The entry as it is made up: now, or on the customer's next day. `order`, `has_basket`, `day_on`: what it is about."""

    anchor_at: datetime
    values: Mapping[str, Any] = field(default_factory=dict)
    order: OrderRow | None = None
    has_basket: bool = False
    day_on: date | None = None
    lacks: Lacks | None = None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A plan tried with one customer. `entry`: the conditions of the entry with their answers; `language` is his;
    `is_inside`: he stands somewhere in the plan already.
    """

    customer: CustomerRow
    arm: Arm
    time_zone: str
    language: str
    seed: Seed
    entry: tuple[tuple[Clause, bool | None], ...]
    steps: tuple[TriedStep, ...]
    is_inside: bool = False
