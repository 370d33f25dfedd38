"""Doors of the settings: chain, stores, regions, staff, contact reasons, routing, API keys."""

from hub.blueprints.settings import chain, days, keys, reasons, regions, routing, staff, stores, targets
from hub.blueprints.settings.base import blueprint

__all__ = [
    "blueprint",
    "chain",
    "days",
    "keys",
    "reasons",
    "regions",
    "routing",
    "staff",
    "stores",
    "targets",
]
