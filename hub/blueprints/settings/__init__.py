"""Doors of the settings."""

from hub.blueprints.settings.base import blueprint

__all__ = ["blueprint"]
