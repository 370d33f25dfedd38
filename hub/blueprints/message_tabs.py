"""The tabs of the messages room: pages of several doors that a marketer sees as one room."""

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext

from hub.core.text import N_

TABS = (
    ("templates.list_templates", N_("Templates")),
    ("messages.pressure", N_("Pressure")),
    ("messages.list_blocked", N_("Not sent")),
    ("messages.show_caps", N_("Caps and hours")),
    ("loyalty.list_pools", N_("Promo codes")),
    ("signups.list_forms", N_("Sign-up forms")),
    ("chats.show_setup", N_("Chat")),
    ("messages.show_sender", N_("Sender")),
)


@dataclass(frozen=True)
class MessageTab:
    """A link as parts/tabs.html draws it."""

    href: str
    label: str
    is_current: bool


def message_tabs() -> list[MessageTab]:
    """The tabs whose page exists, the current one marked by its door and page."""
    return [
        MessageTab(url, gettext(label), endpoint == request.endpoint or url == request.path)
        for endpoint, label in TABS
        if endpoint in current_app.view_functions and (url := url_for(endpoint))
    ]
