"""What every page shares: language, time zone, security headers, template globals, sign-in, rate limits."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, Response, g, request, session
from flask_babel import Babel, get_locale
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from config import HERE, Config
from hub.blueprints.access import Door, find_viewer, viewer
from hub.blueprints.menu import acts, menu
from hub.blueprints.notices import unread_count
from hub.blueprints.phones import may_hear_calls
from hub.core import clock, live, site
from hub.core.words import Language

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
    "manifest-src 'self'"
)
DEFAULT_TIME_ZONE = "Europe/Paris"

csrf = CSRFProtect()
login = LoginManager()
limiter = Limiter(get_remote_address, strategy="moving-window", swallow_errors=True)


def set_up(app: Flask, config: Config, doors: tuple[Door, ...]) -> None:
    """Attach the shared parts to the application."""
    app.config.update(
        BABEL_DEFAULT_LOCALE=Language.FRENCH.value,
        BABEL_TRANSLATION_DIRECTORIES=str(HERE / "hub" / "translations"),
        RATELIMIT_STORAGE_URI=config.redis_url or "memory://",
        RATELIMIT_ENABLED=not app.config.get("RATELIMIT_OFF", False),
    )
    Babel(app, locale_selector=choose_language, timezone_selector=choose_time_zone)
    csrf.init_app(app)
    limiter.init_app(app)
    login.init_app(app)
    for door in doors:
        if door.is_csrf_exempt:
            csrf.exempt(door.blueprint)
    if config.demo:
        app.before_request(clock.remember_offset)
        app.teardown_request(lambda _error: clock.forget_offset())
    app.after_request(add_security_headers)
    app.jinja_env.globals.update(
        asset=asset,
        menu=menu,
        acts=acts,
        viewer=find_viewer,
        language=lambda: str(get_locale()),
        business_now=clock.business_now,
        unread_notices=unread_count,
        may_hear_calls=may_hear_calls,
        is_demo=config.demo,
        base_url=config.base_url,
    )


def choose_language() -> str:
    """The reader's own choice, then the person's profile, then the browser, then French."""
    chosen = request.args.get("lang") or getattr(g, "language", None) or session.get("language")
    if chosen in set(Language):
        return str(chosen)
    person = find_viewer()
    if person is not None:
        return person.language.value
    return request.accept_languages.best_match([language.value for language in Language]) or Language.FRENCH


def choose_time_zone() -> str:
    return getattr(g, "time_zone", None) or DEFAULT_TIME_ZONE


def add_security_headers(response: Response) -> Response:
    """Nothing inline, nothing from elsewhere; a view that needs less (a sandboxed mail) has set its own."""
    response.headers.setdefault("Content-Security-Policy", policy())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if "viewer" in g:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def policy() -> str:
    """The content policy; a page may listen to the live events, which have an origin of their own."""
    place = site.origin_of(live.address())
    if place is None or place == site.origin_of(site.base_url()):
        return POLICY
    return POLICY.replace("connect-src 'self'", f"connect-src 'self' {place}")


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    path = HERE / "hub" / "static" / "manifest.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return {name: str(file) for name, file in found.items()}


def asset(name: str) -> str:
    """The address of a built asset, by its source name: `asset('app.css')`."""
    return "/assets/" + _manifest().get(name, name)


def utc_from_form(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


__all__ = ["csrf", "limiter", "login", "set_up", "viewer"]
