"""What happened to deliveries: a reply that no bridge took over."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ReplyNotTaken(Fact):
    """Everybody who asked for this reply on a social network was tried in vain, or was switched off."""

    outbound_id: int
