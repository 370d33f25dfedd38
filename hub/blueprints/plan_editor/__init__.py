"""Doors of the plans' editor: drafts as timelines, forms of steps and rules, plans of the chain's own."""

from hub.blueprints.plan_editor import pages, planning, rules, steps
from hub.blueprints.plan_editor.base import blueprint

__all__ = ["blueprint", "pages", "planning", "rules", "steps"]
