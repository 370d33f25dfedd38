"""What happens to the customers inside a plan."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PlanEntered(Fact):
    enrolment_id: int
    plan_id: int
    arm: str


@dataclass(frozen=True, kw_only=True)
class PlanEnded(Fact):
    enrolment_id: int
    plan_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class GhostSent(Fact):
    """The control arm passed a step at which a treated customer gets a message."""

    enrolment_id: int
    step_key: str
