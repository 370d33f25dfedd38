"""One claimed enrolment at its step, what is known of it, and what became of it in this batch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.core.words import Language
from hub.customers.queries import CustomerRow
from hub.orders.queries import OrderRow
from hub.plans.definitions import Step
from hub.plans.models import Enrolment
from hub.plans.walking import Decision, Knows, Position, skipped
from hub.plans.words import Skip, StepOutcome

SOURCE = "enrolment"


@dataclass
class Passage:
    """`values` are what its step adds to what the enrolment remembers; `order` is that of the entry."""

    enrolment: Enrolment
    position: Position
    customer: CustomerRow
    order: OrderRow | None
    knows: Knows
    decision: Decision
    outbound_id: int | None = None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def step(self) -> Step:
        return self.position.step

    @property
    def reference(self) -> str:
        """The key of what the step makes: posted, given or asked under it, it exists once."""
        return f"{SOURCE}:{self.enrolment.id}:{self.step.key}"

    @property
    def store_id(self) -> int | None:
        """Whose customer this is about: the store of the order, else the one he prefers."""
        return self.order.store_id if self.order else self.customer.preferred_store_id

    @property
    def language(self) -> Language:
        return Language(self.customer.language)

    @property
    def given_code(self) -> Mapping[str, Any] | None:
        """The code that an earlier step of the plan gave."""
        found: Mapping[str, Any] | None = self.enrolment.values.get("code")
        return found

    def is_to(self, outcome: StepOutcome) -> bool:
        return self.decision.outcome is outcome

    def skip(self, reason: Skip) -> None:
        """The step could not have its effect after all."""
        self.decision = skipped(self.decision, reason)
