"""The tabs of the messages room: pages of several doors that a marketer sees as one room."""

from hub.blueprints.room_tabs import RoomTab, draw_tabs
from hub.core.text import N_

TABS = (
    ("templates.list_templates", N_("Templates")),
    ("messages.pressure", N_("Pressure")),
    ("messages.list_blocked", N_("Not sent")),
    ("messages.show_caps", N_("Caps and hours")),
    ("messages.show_terms", N_("Terms of the shop")),
    ("loyalty.list_pools", N_("Promo codes")),
    ("signups.list_forms", N_("Sign-up forms")),
    ("chats.show_setup", N_("Chat")),
    ("messages.show_sender", N_("Sender")),
)


def message_tabs() -> list[RoomTab]:
    """The pages of the messages room that exist."""
    return draw_tabs(TABS)
