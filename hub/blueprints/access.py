"""Who may enter: each door of hub/app.py names what it asks for, and this is where it is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.blueprints import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user as _current_user

from hub.staff.rules import Viewer
from hub.staff.words import ApiScope, Permission


class Entry(StrEnum):
    """What a door asks for when it is not one permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    MACHINE = "machine"


Asks = Entry | Permission | ApiScope


@dataclass(frozen=True)
class Door:
    """A blueprint, its prefix and what it asks for; `ways` names endpoints that ask for something else.

    `large` names endpoints that take a whole export: from who may enter, a larger request than everywhere else.
    """

    blueprint: Blueprint
    prefix: str | None
    asks: Asks
    ways: Mapping[str, Asks] = field(default_factory=dict)
    is_csrf_exempt: bool = False
    large: frozenset[str] = frozenset()

    def asks_for(self, endpoint: str) -> Asks:
        return self.ways.get(endpoint.rpartition(".")[2], self.asks)


current_user: Any = _current_user


def viewer() -> Viewer:
    """The signed-in person of this request. Only behind a door that asks for one."""
    found: Viewer = current_user.viewer
    return found


def find_viewer() -> Viewer | None:
    return current_user.viewer if current_user.is_authenticated else None


def guard(app: Flask, doors: tuple[Door, ...]) -> None:
    """Ask at each request. An endpoint that stands in no door is closed."""
    by_blueprint = {door.blueprint.name: door for door in doors}
    app.extensions["doors"] = by_blueprint

    @app.before_request
    def ask() -> ResponseReturnValue | None:
        endpoint = request.endpoint
        if endpoint is None or endpoint == "static":
            return None
        door = by_blueprint.get(endpoint.partition(".")[0])
        if door is None:
            abort(404)
        answer = _answer(door.asks_for(endpoint))
        if answer is None and endpoint.rpartition(".")[2] in door.large:
            request.max_content_length = app.config["COMPTOIR"].max_takeover_bytes
        return answer


def asks_of(app: Flask, endpoint: str) -> Asks | None:
    """What an endpoint asks for; the route test walks every route with it."""
    door: Door | None = app.extensions["doors"].get(endpoint.partition(".")[0])
    return door.asks_for(endpoint) if door else None


def _answer(asks: Asks) -> ResponseReturnValue | None:
    if asks is Entry.PUBLIC:
        return None
    if asks is Entry.MACHINE or isinstance(asks, ApiScope):
        check: Callable[[Any], None] = current_app.extensions["api_key_check"]
        check(asks)
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("session.sign_in", next=request.full_path.rstrip("?")))
    if isinstance(asks, Permission) and not viewer().may(asks):
        abort(403)
    g.viewer = viewer()
    return None
