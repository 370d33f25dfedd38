"""The rail: the rooms the signed-in person may enter, as data."""

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext

from hub.blueprints.access import find_viewer
from hub.core.text import N_
from hub.staff.rules import Viewer
from hub.staff.words import Permission

ITEMS = (
    ("inbox.list_tickets", "inbox", N_("Inbox"), Permission.READ_TICKETS),
    ("customers.list_customers", "users", N_("Customers"), Permission.READ_CUSTOMERS),
    ("plans.list_plans", "arrow-path", N_("Plans"), Permission.READ_PLANS),
    ("templates.list_templates", "envelope", N_("Messages"), Permission.READ_MESSAGES),
    ("surveys.list_touches", "clipboard-document-check", N_("Surveys"), Permission.READ_SURVEYS),
    ("reviews.list_reviews", "star", N_("Reviews"), Permission.MODERATE_REVIEWS),
    ("delivery.look_up", "truck", N_("Delivery"), Permission.LOOK_UP_ORDERS),
    ("knowledge.list_articles", "book-open", N_("Knowledge"), Permission.READ_KNOWLEDGE),
    ("statistics.index", "chart-bar", N_("Statistics"), Permission.READ_STATISTICS),
    ("routing.list_rules", "funnel", N_("Routing"), Permission.EDIT_ROUTING),
    ("settings.index", "cog-6-tooth", N_("Settings"), Permission.EDIT_SETTINGS),
)

ROOM_OF = {
    **dict.fromkeys(
        ("questionnaires", "questionnaire_links", "questionnaire_results", "questionnaire_sending"), "surveys"
    ),
    "questionnaire_results.list_results": "statistics",
    **dict.fromkeys(("messages", "loyalty", "signups", "chats"), "templates"),
    **dict.fromkeys(
        ("segments", "values", "products", "imports", "duplicates", "quality", "properties", "privacy"),
        "customers",
    ),
    **dict.fromkeys(("plan_editor", "plan_publishing", "plan_replay", "plan_files"), "plans"),
    **dict.fromkeys(
        (
            "plan_results",
            "digests",
            "figure_rules",
            "own_figures",
            "statistics_base",
            "statistics_messages",
            "figure_files",
        ),
        "statistics",
    ),
}
"""Doors, and single pages, that belong to the room of another one: its place in the rail is the current one on their pages."""

ACTS = (
    ("session.switch_person", "arrows-right-left", N_("Change person"), False),
    ("session.profile", "user-circle", N_("Your profile"), False),
    ("session.sign_out", "arrow-right-start-on-rectangle", N_("Log out"), True),
)


@dataclass(frozen=True)
class MenuItem:
    room: str
    url: str
    icon: str
    label: str
    is_current: bool


@dataclass(frozen=True)
class PersonAct:
    """`is_post`: it changes something, so it is a form and not a link."""

    url: str
    icon: str
    label: str
    is_post: bool


def menu() -> list[MenuItem]:
    """Only rooms the person may enter; nobody signed in, no menu."""
    person = find_viewer()
    if person is None:
        return []
    room = _room(person)
    return [
        MenuItem(
            endpoint.partition(".")[0],
            url_for(endpoint),
            icon,
            gettext(label),
            endpoint.startswith(f"{room}."),
        )
        for endpoint, icon, label, permission in ITEMS
        if person.may(permission) and endpoint in current_app.view_functions
    ]


def _room(person: Viewer) -> str:
    """Of this page. Results of questionnaires are figures for who sees no surveys."""
    door = (request.blueprint or "").partition(".")[0]
    room = ROOM_OF.get(request.endpoint or "") or ROOM_OF.get(door, door)
    return "statistics" if room == "surveys" and not person.may(Permission.READ_SURVEYS) else room


def acts() -> list[PersonAct]:
    """What the signed-in person may do for himself or herself, from the foot of the rail."""
    return [
        PersonAct(url_for(endpoint), icon, gettext(label), is_post)
        for endpoint, icon, label, is_post in ACTS
        if endpoint in current_app.view_functions
    ]
