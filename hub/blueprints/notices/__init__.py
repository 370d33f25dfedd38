"""Doors of what a person is told: mentions, followed tickets, snoozes that woke, and what alerts add."""

from hub.blueprints.notices import pages
from hub.blueprints.notices.base import blueprint, unread_count

__all__ = ["blueprint", "pages", "unread_count"]
