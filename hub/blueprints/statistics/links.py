"""Addresses that a page of figures leads to: the same filters, and the tickets behind a figure."""

from typing import Any
from urllib.parse import urlencode

from flask import url_for

from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.filter_words import NARROWINGS
from hub.blueprints.statistics.tables import Table
from hub.staff.words import Permission

PERIOD = ("period", "since", "until")


def kept(asked: Asked, **changed: Any) -> dict[str, Any]:
    """The filters that the page used, with some changed; None takes one away."""
    args = {name: value for name, value in asked.args.items() if name not in NARROWINGS - asked.uses}
    if "since" in changed:
        args = {name: value for name, value in args.items() if name not in PERIOD}
    return _without_none(args | changed)


def _without_none(args: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in args.items() if value is not None}


def to_page(asked: Asked, endpoint: str, **changed: Any) -> str:
    return url_for(endpoint, **kept(asked, **changed))


def behind(asked: Asked, measure: str, **clicked: Any) -> str:
    """The tickets behind a figure; nothing for who reads no tickets. A page has hundreds: what all share is written once."""
    if not asked.viewer.may(Permission.READ_TICKETS):
        return ""
    return _list_of(asked, "statistics.tickets", {"measure": measure, **clicked})


def behind_messages(asked: Asked, measure: str, **clicked: Any) -> str:
    """The messages behind a figure; nothing for who reads no customers."""
    if not asked.viewer.may(Permission.READ_CUSTOMERS):
        return ""
    return _list_of(asked, "statistics_messages.list_behind", {"measure": measure, **clicked})


def _list_of(asked: Asked, endpoint: str, changed: dict[str, Any]) -> str:
    place = (endpoint, frozenset(changed))
    if place not in asked.lists:
        query = urlencode(kept(asked, **dict.fromkeys(changed)))
        asked.lists[place] = f"{url_for(endpoint)}?{query}{'&' if query else ''}"
    return asked.lists[place] + urlencode(_without_none(changed))


def to_person(asked: Asked, agent_id: int) -> str:
    """The page of a person whose figures stand here."""
    return to_page(asked, "own_figures.show_person", agent_id=agent_id, agent=None)


def to_file(asked: Asked, table: Table, ext: str) -> str:
    """The table of this page as `csv` or `xlsx`."""
    return url_for("statistics.download", page=table.page, table=table.key, ext=ext, **kept(asked))
