"""Doors of the statistics: one page a question, filters in the address, every table as a file, the tickets behind a figure."""

from hub.blueprints.statistics import files, pages, tickets
from hub.blueprints.statistics.base import blueprint

__all__ = ["blueprint", "files", "pages", "tickets"]
