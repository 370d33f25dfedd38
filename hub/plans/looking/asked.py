"""One question about one passage, and what a batch of them shares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from hub.core.questions import Question
from hub.core.words import Purpose
from hub.customers.queries import CustomerRow
from hub.orders.known import Span
from hub.orders.queries import OrderRow
from hub.plans import rules
from hub.plans.walking import Sent
from hub.plans.words import Arm

TICK = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A passage as the look-ups see it, known as far as `at`.

    `values` are those of the enrolment; `messages` the states of its messages by step key; `references` the keys under
    which its steps reserve codes; `purposes` those of the plan's messages.
    """

    customer_id: int
    arm: Arm
    anchor_at: datetime
    at: datetime
    values: Mapping[str, Any]
    time_zone: str
    messages: Mapping[str, Sent] = field(default_factory=dict)
    references: Sequence[str] = ()
    purposes: frozenset[Purpose] = frozenset()

    @cached_property
    def since(self) -> datetime:
        """What came later came after the entry: behind `values["since"]` (the last touch), else the anchor."""
        return rules.since_of(self.anchor_at, self.values) + TICK

    @cached_property
    def silent_since(self) -> datetime:
        """An order or sign of life from then on ends the silence that began the passage; else as `since`."""
        return rules.silent_since(self.anchor_at, self.values) + TICK

    @property
    def order_id(self) -> int:
        """0 for a passage that began with no order."""
        return int(self.values.get("order_id", 0))

    @property
    def basket_id(self) -> int:
        return int(self.values.get("basket_id", 0))

    def span(self, since: datetime, until: datetime) -> Span:
        return Span(self.customer_id, since, until, self.order_id or None)


@dataclass(frozen=True)
class World:
    """What many words need, looked up once a batch; `averages`: the chain's mean order by day, as far as it was asked."""

    customers: Mapping[int, CustomerRow]
    orders: Mapping[int, OrderRow]
    averages: dict[date, int] = field(default_factory=dict)


Params = Mapping[str, Any]
Answers = Sequence[bool | None]
LookUp = Callable[[Sequence[Subject], Params, World], Answers | Question[Answers]]
"""One question with its parameters about many passages: the answers, or what must be asked for them, together with what
other words ask. They stand in the order of the passages; None: nobody can know."""
