"""Doors of what leaves: pressure on customers, what was not sent and why, the sender's set-up."""

from hub.blueprints.messages.base import blueprint

__all__ = ["blueprint"]
