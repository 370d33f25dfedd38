"""What happens with the figures."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class DigestMade(Fact):
    """The digest of a person for a period is written and may be mailed."""

    digest_id: int
    agent_id: int


@dataclass(frozen=True, kw_only=True)
class FigureAlerted(Fact):
    """A figure rose above the threshold of an alert rule; `store_id` None: all stores of the rule together."""

    rule_id: int
    store_id: int | None
    value: float
