"""What happened to the chain and its stores; ids only."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ChainReady(Fact):
    """The first-run assistant is through: every room may bring what is built in."""

    chain_id: int


@dataclass(frozen=True, kw_only=True)
class StoresMoved(Fact):
    """Stores changed their region, and with it the people who look after it."""
