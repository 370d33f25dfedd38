"""Doors of the promo codes: pools, codes, what they brought."""

from hub.blueprints.loyalty import pools
from hub.blueprints.loyalty.base import blueprint

EDITING = ("new_pool", "edit_pool", "switch_pool", "generate_codes", "add_codes", "export_codes")
"""Doors that change something, or that hand out codes."""

__all__ = ["EDITING", "blueprint", "pools"]
