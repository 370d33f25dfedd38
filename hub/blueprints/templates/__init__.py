"""Doors of the message templates: list, editor, preview, versions, test send."""

from hub.blueprints.templates.base import blueprint

__all__ = ["blueprint"]
