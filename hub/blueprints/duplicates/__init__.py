"""Doors of the duplicates: the queue, two customers side by side, merges and their undoing."""

from hub.blueprints.duplicates import comparing, merges, pairs
from hub.blueprints.duplicates.base import blueprint

SETTING = ("change_rule",)
"""Doors that say what the house does by itself."""

__all__ = ["SETTING", "blueprint", "comparing", "merges", "pairs"]
