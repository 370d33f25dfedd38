"""Tabs of a room that is made of several doors: its pages as one row of links, as parts/tabs.html draws them."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext


@dataclass(frozen=True)
class RoomTab:
    href: str
    label: str
    is_current: bool


def draw_tabs(pages: Iterable[tuple[str, str]]) -> list[RoomTab]:
    """The tabs whose page exists, of (endpoint, label).

    Current is the page itself, and the only tab of a door on all pages of that door.
    """
    known = [(endpoint, label) for endpoint, label in pages if endpoint in current_app.view_functions]
    doors = [_door(endpoint) for endpoint, _ in known]
    here = _door(request.endpoint or "")
    return [
        RoomTab(
            url := url_for(endpoint),
            gettext(label),
            endpoint == request.endpoint
            or url == request.path
            or (_door(endpoint) == here and doors.count(here) == 1),
        )
        for endpoint, label in known
    ]


def _door(endpoint: str) -> str:
    return endpoint.partition(".")[0]
