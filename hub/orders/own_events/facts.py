"""What other systems told, as a fact: what plans may begin with."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class EventReceived(Fact):
    """Happened when the other system says; `name` is the chain's own keyword, its values stand in the row."""

    event_id: int
    name: str
