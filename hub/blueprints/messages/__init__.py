"""Doors of what leaves: pressure on customers, what was not sent and why, caps and hours, terms, the sender's set-up."""

from hub.blueprints.messages import caps, not_sent, pressure, sender, terms
from hub.blueprints.messages.base import blueprint

EDITING = ("save_caps", "save_terms")
"""What asks for Permission.EDIT_MESSAGES."""

__all__ = ["EDITING", "blueprint", "caps", "not_sent", "pressure", "sender", "terms"]
