"""Doors of the first-run assistant: chain, first store, first administrator, sender."""

from hub.blueprints.setup import pages
from hub.blueprints.setup.base import blueprint

__all__ = ["blueprint", "pages"]
