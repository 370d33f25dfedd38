"""Doors of the surveys room: the log of touches, what was learnt of mail filters, and why customers leave."""

from hub.blueprints.surveys import filters, touches, whys
from hub.blueprints.surveys.base import blueprint

EDITING = ("switch_touch",)

__all__ = ["EDITING", "blueprint", "filters", "touches", "whys"]
