"""Doors of the data quality: the report with its trend, lists, repairs, the archive, the settings."""

from hub.blueprints.quality import archive, lists, overview
from hub.blueprints.quality.base import blueprint

__all__ = ["archive", "blueprint", "lists", "overview"]
