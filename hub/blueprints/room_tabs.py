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
    """The tabs whose page exists, of (endpoint, label); the current one is marked by its door and page."""
    return [
        RoomTab(url, gettext(label), endpoint == request.endpoint or url == request.path)
        for endpoint, label in pages
        if endpoint in current_app.view_functions and (url := url_for(endpoint))
    ]
