"""When the session's cookie is written: a request in the background never renews it."""

from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class PageSession(SecureCookieSessionInterface):
    """Only pages prolong a session, and `renew` where nobody loads one.

    The answer to a request in the background may come after that of the next page, and would bring back what the
    cookie held before: the former language, or the person who has just left.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        is_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        return session.modified or (is_page and super().should_set_cookie(app, session))


def renew() -> None:
    """Prolong the session by this answer, also in the background: for work that loads no page for days."""
    session.modified = True
