"""Doors of what plans did and earned: one plan's results, the year with and without plans, both as files."""

from hub.blueprints.plan_results import files, pages, people
from hub.blueprints.plan_results.base import blueprint

__all__ = ["blueprint", "files", "pages", "people"]
