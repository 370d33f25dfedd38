"""Doors of the chat widget for visitors of the chain's sites: the script, and what it says and asks."""

from hub.blueprints.chat import looking, script, writing
from hub.blueprints.chat.base import blueprint

__all__ = ["blueprint", "looking", "script", "writing"]
