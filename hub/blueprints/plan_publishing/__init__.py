"""Doors of publishing plans: checks and differences, trying with a customer, the history of versions."""

from hub.blueprints.plan_publishing import pages, trying, versions
from hub.blueprints.plan_publishing.base import blueprint

__all__ = ["blueprint", "pages", "trying", "versions"]
