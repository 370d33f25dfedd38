"""Who is signed in: a person and an epoch; a session of an older epoch is over."""

from flask import Blueprint, current_app, g, request, session, url_for
from flask_login import UserMixin, login_user
from sqlalchemy.exc import OperationalError

from hub.blueprints.menu import menu
from hub.blueprints.pages import login
from hub.core.words import Language
from hub.staff import queries
from hub.staff.rules import Viewer

blueprint = Blueprint("session", __name__)
COOKIE_FREE = frozenset({"public", "contact", "questionnaire_pages", "help_centre", "api", "health", "demo"})


class SessionUser(UserMixin):
    """The person of a request; the cookie carries `<agent id>.<epoch>`, signed."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer

    def get_id(self) -> str:
        return f"{self.viewer.agent_id}.{self.viewer.session_epoch}"


def load_user(text: str) -> SessionUser | None:
    """None when the person has left, or the epoch has moved on (new password, deactivation)."""
    if g.get("is_database_away"):
        return None
    agent_id, _, epoch = text.partition(".")
    try:
        viewer = queries.find_viewer(int(agent_id)) if agent_id.isdecimal() else None
    except OperationalError:
        g.is_database_away = True  # the error page asks again who is reading
        raise
    if viewer is None or str(viewer.session_epoch) != epoch:
        return None
    if viewer.time_zone:
        g.setdefault("time_zone", viewer.time_zone)
    return SessionUser(viewer)


login.user_loader(load_user)


def enter(agent_id: int) -> str:
    """Begin a new session for this person, nothing of the old one kept; returns where to go first."""
    session.clear()
    session.permanent = True
    login_user(SessionUser(queries.get_viewer(agent_id)))
    return first_room()


def first_room() -> str:
    """The address of the first room the signed-in person may enter."""
    rooms = menu()
    return rooms[0].url if rooms else url_for("session.profile")


def safe_target(target: str | None) -> str | None:
    """A path of this site, never another site's address in disguise."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    return None if any(ord(letter) < ord(" ") for letter in target) else target


@blueprint.before_app_request
def keep_language() -> None:
    """The language switch adds `?lang=`; staff pages remember it until the person logs out."""
    chosen = request.args.get("lang")
    room = (request.endpoint or "").partition(".")[0]
    if chosen in set(Language) and room not in COOKIE_FREE and room in current_app.blueprints:
        session["language"] = chosen
