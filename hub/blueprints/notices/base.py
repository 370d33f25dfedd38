"""The blueprint of the notices, and the unread count that the rail of every page shows."""

from flask import Blueprint, g

from hub.blueprints.access import find_viewer
from hub.inbox import queries
from hub.staff.words import Permission

blueprint = Blueprint("notices", __name__)


def unread_count() -> int | None:
    """Unread notices of the signed-in person, once a page; None for who reads no tickets, and on error pages."""
    person = find_viewer()
    if person is None or not person.may(Permission.READ_TICKETS) or g.get("is_error"):
        return None
    if "unread_notices" not in g:
        g.unread_notices = queries.count_unread(person)
    return int(g.unread_notices)
