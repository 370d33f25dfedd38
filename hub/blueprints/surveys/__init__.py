"""Doors of the surveys room: the log of touches, and why customers leave."""

from hub.blueprints.surveys import touches, whys
from hub.blueprints.surveys.base import blueprint

EDITING = ("switch_touch",)

__all__ = ["EDITING", "blueprint", "touches", "whys"]
