"""What a list shows, read from the address: view, store, search, order; and the same address written again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox.queries import TicketFilters, ViewRow
from hub.inbox.words import InboxView, ListSort, TicketState

VIEWS = {
    "waiting": (InboxView.WAITING, None),
    "late": (InboxView.LATE, None),
    "mine": (InboxView.MINE, None),
    "unassigned": (InboxView.UNASSIGNED, None),
    "unattributed": (InboxView.UNATTRIBUTED, None),
    "open": (InboxView.OPEN, None),
    "pending": (InboxView.OPEN, TicketState.PENDING),
    "snoozed": (InboxView.SNOOZED, None),
    "solved": (InboxView.SOLVED, None),
    "all": (InboxView.ALL, None),
}
LONGEST_ID = 19
MOST_COUNTED = 1000
TABS = ("waiting", "mine", "open")


@dataclass(frozen=True)
class Asked:
    """The list somebody asked for; `view` is a key of VIEWS."""

    view: str = "waiting"
    store_id: int | None = None
    search: str = ""
    state: str = ""
    sort: str = ""
    saved_id: int | None = None
    is_plain: bool = False

    @property
    def filters(self) -> TicketFilters:
        view, state = VIEWS[self.view]
        if self.state in set(TicketState):
            state = TicketState(self.state)
        sort = ListSort(self.sort) if self.sort in set(ListSort) else None
        return TicketFilters(view=view, store_id=self.store_id, state=state, search=self.search, sort=sort)

    def with_search(self, search: str) -> "Asked":
        """The same list with other words; it is no saved view any more."""
        return replace(self, search=search, saved_id=None, is_plain=False)

    @property
    def keep(self) -> dict[str, Any]:
        """The parameters that make this list again; the usual list needs none."""
        if self.saved_id is not None:
            return {"saved": self.saved_id}
        given = {
            "view": None if self.is_plain else self.view,
            "store": self.store_id,
            "q": self.search,
            "state": self.state,
            "sort": self.sort,
        }
        return {key: value for key, value in given.items() if value}


def read_asked(args: Mapping[str, str]) -> Asked:
    """Anything unknown in the address is as if it were not there. A search without a view looks everywhere."""
    search = args.get("q", "").strip()
    view = args.get("view") or ("all" if search else "waiting")
    return Asked(
        view=view if view in VIEWS else "waiting",
        store_id=_number(args.get("store", "")),
        search=search,
        state=args.get("state", ""),
        sort=args.get("sort", ""),
        saved_id=_number(args.get("saved", "")),
        is_plain=not {"view", "store", "q", "state", "sort", "saved"} & set(args),
    )


def with_saved(asked: Asked, views: Sequence[ViewRow]) -> Asked:
    """The words and the order of the saved view that is meant: the one of the address, else the person's default.

    Raises NotFound for one the person does not have.
    """
    if not asked.is_plain and asked.saved_id is None:
        return asked
    chosen = [view for view in views if (view.is_default if asked.is_plain else view.id == asked.saved_id)]
    if not chosen:
        if asked.is_plain:
            return asked
        raise NotFound(N_("This saved view does not exist any more, or it is not yours."))
    view = chosen[0]
    key = "open" if view.sort is ListSort.DUE else "all"
    return Asked(view=key, search=view.query, sort=view.sort.value, saved_id=view.id)


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < LONGEST_ID else None


def view_words(key: str) -> str:
    words = {
        "waiting": gettext("To answer"),
        "late": gettext("Late"),
        "mine": gettext("Mine"),
        "unassigned": gettext("Unassigned"),
        "unattributed": gettext("Central queue"),
        "open": gettext("All open"),
        "pending": gettext("Waiting for the customer"),
        "snoozed": gettext("Snoozed"),
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
            "is_current": key == asked.view and not asked.search and asked.saved_id is None,
            "count": _count_words(counts.get(VIEWS[key][0])) if counts else None,
        }
        for key in TABS
    ]


def _count_words(count: int | None) -> str | None:
    """Counting stops at 1,000."""
    if count is None:
        return None
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
