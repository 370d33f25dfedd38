"""Doors of the surveys room: the log of touches."""

from hub.blueprints.surveys.base import blueprint

__all__ = ["blueprint"]
