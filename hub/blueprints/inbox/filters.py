"""What a list shows, read from the address: view, store, search; and the same address written again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.inbox.queries import TicketFilters
from hub.inbox.words import InboxView, TicketState

VIEWS = {
    "waiting": (InboxView.WAITING, None),
    "late": (InboxView.LATE, None),
    "mine": (InboxView.MINE, None),
    "unassigned": (InboxView.UNASSIGNED, None),
    "unattributed": (InboxView.UNATTRIBUTED, None),
    "open": (InboxView.OPEN, None),
    "pending": (InboxView.OPEN, TicketState.PENDING),
    "solved": (InboxView.SOLVED, None),
    "all": (InboxView.ALL, None),
}
TABS = ("waiting", "mine", "open")


@dataclass(frozen=True)
class Asked:
    """The list somebody asked for; `view` is a key of VIEWS."""

    view: str = "waiting"
    store_id: int | None = None
    search: str = ""
    state: str = ""

    @property
    def filters(self) -> TicketFilters:
        view, state = VIEWS[self.view]
        if self.state in set(TicketState):
            state = TicketState(self.state)
        return TicketFilters(view=view, store_id=self.store_id, state=state, search=self.search)

    @property
    def keep(self) -> dict[str, Any]:
        """The parameters that make this list again; the usual list needs none."""
        given = {
            "view": self.view if self.view != "waiting" else None,
            "store": self.store_id,
            "q": self.search,
            "state": self.state,
        }
        return {key: value for key, value in given.items() if value}


def read_asked(args: Mapping[str, str]) -> Asked:
    """Anything unknown in the address is as if it were not there. A search without a view looks everywhere."""
    search = args.get("q", "").strip()
    view = args.get("view", "all" if search else "waiting")
    store = args.get("store", "")
    return Asked(
        view=view if view in VIEWS else "waiting",
        store_id=int(store) if store.isascii() and store.isdigit() else None,
        search=search,
        state=args.get("state", ""),
    )


def view_words(key: str) -> str:
    words = {
        "waiting": gettext("To answer"),
        "late": gettext("Late"),
        "mine": gettext("Mine"),
        "unassigned": gettext("Unassigned"),
        "unattributed": gettext("Central queue"),
        "open": gettext("All open"),
        "pending": gettext("Waiting for the customer"),
        "solved": gettext("Solved"),
        "all": gettext("All tickets"),
    }
    return words[key]


def view_choices() -> list[tuple[str, str]]:
    """The views this person has; the central queue belongs to the head office."""
    is_central = viewer().scope.is_everything
    return [(key, view_words(key)) for key in VIEWS if is_central or key != "unattributed"]


def tabs_of(asked: Asked, counts: Mapping[InboxView, int] | None) -> list[dict[str, object]]:
    """The three lists of every day; `counts` None where the figures are not shown."""
    return [
        {
            "label": view_words(key),
            "href": url_for("inbox.list_tickets", view=key, store=asked.store_id),
            "is_current": key == asked.view and not asked.search,
            "count": counts.get(VIEWS[key][0]) if counts else None,
        }
        for key in TABS
    ]
