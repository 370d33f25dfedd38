"""Doors of the reviews room: the queue of what customers wrote, what they are asked, and prize draws."""

from hub.blueprints.reviews import asking, draws, queue
from hub.blueprints.reviews.base import blueprint
from hub.staff.words import Permission

WAYS = dict.fromkeys(draws.EDITING, Permission.EDIT_SURVEYS)

__all__ = ["WAYS", "asking", "blueprint", "draws", "queue"]
