"""Doors of the reviews room: the queue of what customers wrote, what they are asked, and prize draws."""

from hub.blueprints.reviews import asking, draws, queue
from hub.blueprints.reviews.base import blueprint

EDITING = draws.EDITING

__all__ = ["EDITING", "asking", "blueprint", "draws", "queue"]
