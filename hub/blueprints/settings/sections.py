"""The sections of the settings in four groups: what each decides, and which pages belong to it."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from hub.blueprints.room_tabs import RoomTab
from hub.blueprints.settings.base import blueprint
from hub.core.text import N_


@dataclass(frozen=True)
class Section:
    """`endpoint` is its first page; `pages` are the others."""

    endpoint: str
    icon: str
    label: str
    what: str
    pages: tuple[str, ...] = ()

    def has(self, page: str) -> bool:
        return page == self.endpoint or page in self.pages


GROUPS: tuple[tuple[str, tuple[Section, ...]], ...] = (
    (
        N_("Chain and people"),
        (
            Section("chain", "building-office-2", N_("Chain"), N_("Name, sender of the mails, addresses for reviews and social profiles.")),
            Section("stores", "building-storefront", N_("Stores"), N_("Addresses, mailboxes, opening hours, exceptional days."), ("store", "new_store", "set_day")),
            Section("regions", "map-pin", N_("Regions"), N_("Which stores belong together."), ("region", "new_region", "set_region_property")),
            Section("staff", "users", N_("Staff"), N_("Invite people, give them a role and stores, part with leavers."), ("person", "invite")),
        ),
    ),
    (
        N_("Ways in"),
        (
            Section("mail_ways", "envelope", N_("Mail ways in"), N_("Mailboxes that are read here, and addresses to which your mail provider posts."), ("mailbox", "new_mailbox", "new_drop")),
            Section("phone", "phone", N_("Texts and calls"), N_("The numbers your customers text and dial, and the telephone that rings in each store."), ("phone_line",)),
            Section("takeovers", "arrow-down-tray", N_("Takeover"), N_("Bring tickets and customers of another helpdesk along."), ("takeover",)),
        ),
    ),
    (
        N_("Rules"),
        (
            Section("reasons", "list-bullet", N_("Contact reasons"), N_("The tree from which each ticket gets its reason."), ("reason", "new_reason")),
            Section("routing", "funnel", N_("Routing"), N_("In which order the store of a ticket is looked for.")),
            Section("targets", "clock", N_("Reply targets"), N_("How soon each channel should be answered.")),
            Section("alerts", "bell-alert", N_("Warnings and alerts"), N_("Who is warned of late replies, and who is told when nobody is signed in."), ("store_alert",)),
            Section("after_solving", "check-circle", N_("After solving"), N_("Whether customers are asked if the answer was good.")),
            Section("ceilings", "gift", N_("Ceilings of gestures"), N_("How much each role may give to make good.")),
            Section("tracking", "chart-bar", N_("Clicks and openings"), N_("What is measured of mails, and of whom.")),
        ),
    ),
    (
        N_("System"),
        (
            Section("operations", "signal", N_("Operations"), N_("What runs, what is stuck, and what waits for a decision."), ("work", "unknown_messages", "quarantine", "arrival", "refused_orders", "auto_replies")),
            Section("keys", "key", N_("API keys"), N_("Let your shop system send orders and contacts."), ("new_key",)),
            Section("own_events", "arrow-down-tray", N_("Own events"), N_("What other systems tell under names of their own.")),
            Section("webhooks", "signal", N_("Webhooks"), N_("Tell other systems what happens here."), ("webhook", "new_webhook", "renew_webhook_secret", "webhook_deliveries", "webhook_delivery")),
        ),
    ),
)  # fmt: skip


def group_tabs() -> list[RoomTab]:
    """The four groups; each leads to its first section."""
    here = _here()
    return [
        RoomTab(_url(sections[0]), gettext(label), any(each.has(here) for each in sections))
        for label, sections in GROUPS
    ]


def section_tabs() -> list[RoomTab]:
    """The sections of the group the page belongs to."""
    here = _here()
    for _, sections in GROUPS:
        if any(each.has(here) for each in sections):
            return [RoomTab(_url(each), gettext(each.label), each.has(here)) for each in sections]
    return []


def overview() -> list[tuple[str, list[dict[str, str]]]]:
    """Every group with its sections, for the first page of the settings."""
    return [
        (
            gettext(label),
            [
                {
                    "href": _url(each),
                    "icon": each.icon,
                    "label": gettext(each.label),
                    "what": gettext(each.what),
                }
                for each in sections
            ],
        )
        for label, sections in GROUPS
    ]


@blueprint.context_processor
def section_globals() -> dict[str, Any]:
    return {"group_tabs": group_tabs, "section_tabs": section_tabs, "overview": overview}


def _here() -> str:
    return (request.endpoint or "").rpartition(".")[2]


def _url(section: Section) -> str:
    return url_for(f"settings.{section.endpoint}")
