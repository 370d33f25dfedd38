"""Doors of the store's tablet: a contact at the counter is noted, also while the network is away."""

from hub.blueprints.counter import offline, taking
from hub.blueprints.counter.base import blueprint

__all__ = ["blueprint", "offline", "taking"]
