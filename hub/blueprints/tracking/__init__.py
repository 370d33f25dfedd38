"""Doors behind tracked links and pixels of mails: redirect, note, never decide."""

from hub.blueprints.tracking import following
from hub.blueprints.tracking.base import blueprint

__all__ = ["blueprint", "following"]
