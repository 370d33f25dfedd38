"""Doors of the replay: a version of a plan run on the chain's own past, its progress and what came of it."""

from hub.blueprints.plan_replay import files, pages
from hub.blueprints.plan_replay.base import blueprint
from hub.staff.words import Permission

__all__ = ["WAYS", "blueprint", "files", "pages"]

WAYS = {"start": Permission.EDIT_PLANS, "stop": Permission.EDIT_PLANS}
