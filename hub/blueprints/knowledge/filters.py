"""What the list of articles is narrowed by, read from the address: reason, store, owner, to be read again."""

from typing import Any

from flask import request
from flask_babel import gettext

from hub.blueprints.knowledge.base import reason_choices
from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.knowledge.scoping import ArticleFilter
from hub.staff.queries import list_agents_with
from hub.staff.words import Permission
from hub.stores.queries import find_day, list_stores

TO_REVIEW = "due"


def read_filter() -> ArticleFilter:
    return ArticleFilter(
        reason_id=_id("reason"),
        store_id=_id("store"),
        owner_id=_id("owner"),
        review_until=find_day(clock.business_now()) if request.args.get("review") == TO_REVIEW else None,
    )


def filter_choices() -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """(name, label, chosen, options) of each select."""
    stores = [(str(row.id), row.name) for row in list_stores()]
    people = [(str(row.id), row.name) for row in list_agents_with(Permission.EDIT_KNOWLEDGE)]
    everything = ("", gettext("All"))
    return [
        (name, label, request.args.get(name, ""), [everything, *found])
        for name, label, found in (
            ("reason", gettext("Contact reason"), reason_choices()[1:]),
            ("store", gettext("Applies to the store"), stores),
            ("owner", gettext("Owner"), people),
            ("review", gettext("Reading again"), [(TO_REVIEW, gettext("To be read again"))]),
        )
    ]


def given_filters() -> dict[str, Any]:
    """As they stand in the address, for the next page."""
    return {
        name: request.args[name] for name in ("reason", "store", "owner", "review") if request.args.get(name)
    }


def _id(name: str) -> int | None:
    return read_id(request.args.get(name, ""))
