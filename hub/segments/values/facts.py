"""What happened to a customer's standing."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class StageChanged(Fact):
    """The lifecycle stage is another one now."""

    from_stage: str
    to_stage: str


@dataclass(frozen=True, kw_only=True)
class ChurnThresholdCrossed(Fact):
    """The churn score fell below a threshold: `level` is rescue, or call for a customer of high lifetime value.

    `last_order_on` (ISO date) names the silence it is about.
    """

    level: str
    points: int
    last_order_on: str
