"""Doors of the session: log in, password, profile, change of person."""

from hub.blueprints.session import entry, password, profile, switch
from hub.blueprints.session.base import blueprint

__all__ = ["blueprint", "entry", "password", "profile", "switch"]
