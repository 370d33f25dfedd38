"""Doors of the session: log in, password, profile, change of person."""

from hub.blueprints.access import Entry
from hub.blueprints.session import alerts, entry, password, profile, switch
from hub.blueprints.session.base import blueprint

WAYS = dict.fromkeys(
    (
        "profile",
        "save_profile",
        "save_alerts",
        "join_alerts",
        "leave_alerts",
        "sign_out",
        "switch_person",
        "enter_pin",
        "save_pin",
        "save_password",
    ),
    Entry.SIGNED_IN,
)
"""For whoever is signed in; the others lead there."""

__all__ = ["WAYS", "alerts", "blueprint", "entry", "password", "profile", "switch"]
