"""Doors of the reviews room: the queue of what customers wrote, and what they are asked."""

from hub.blueprints.reviews import asking, queue
from hub.blueprints.reviews.base import blueprint

__all__ = ["asking", "blueprint", "queue"]
