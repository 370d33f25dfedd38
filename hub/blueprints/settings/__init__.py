"""Doors of the settings: chain, stores, regions, staff, contact reasons, routing, API keys, operations."""

from hub.blueprints.settings import (
    after_solving,
    alerts,
    chain,
    days,
    keys,
    mail_ways,
    operations,
    reasons,
    regions,
    routing,
    staff,
    stores,
    stuck,
    targets,
    tracking,
    webhooks,
)
from hub.blueprints.settings.base import blueprint

__all__ = [
    "after_solving",
    "alerts",
    "blueprint",
    "chain",
    "days",
    "keys",
    "mail_ways",
    "operations",
    "reasons",
    "regions",
    "routing",
    "staff",
    "stores",
    "stuck",
    "targets",
    "tracking",
    "webhooks",
]
