"""What happens to the question why."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class WhyTold(Fact):
    """A customer said why; `reason` is a `WhyReason`. Told again when another reason or other words replace it."""

    why_id: int
    store_id: int | None
    reason: str
