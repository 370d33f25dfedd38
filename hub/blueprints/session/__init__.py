"""Doors of the session: log in, password, profile, change of person."""

from hub.blueprints.session import alerts, entry, password, profile, switch
from hub.blueprints.session.base import blueprint

__all__ = ["alerts", "blueprint", "entry", "password", "profile", "switch"]
