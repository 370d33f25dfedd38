"""Doors of the surveys room: the log of touches."""

from hub.blueprints.surveys import touches
from hub.blueprints.surveys.base import blueprint

EDITING = ("switch_touch",)

__all__ = ["EDITING", "blueprint", "touches"]
