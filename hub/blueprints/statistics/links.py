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
    return {name: value for name, value in (args | changed).items() if value is not None}


def to_page(asked: Asked, endpoint: str, **changed: Any) -> str:
    return url_for(endpoint, **kept(asked, **changed))


def behind(asked: Asked, measure: str, **clicked: Any) -> str:
    """The tickets behind a figure; nothing for who reads no tickets. A page has hundreds: the path is found once."""
    if not asked.viewer.may(Permission.READ_TICKETS):
        return ""
    query = urlencode(kept(asked, measure=measure, **clicked))
    return f"{asked.path_of_tickets}?{query}"


def to_person(asked: Asked, agent_id: int) -> str:
    """The page of a person whose figures stand here."""
    return to_page(asked, "own_figures.show_person", agent_id=agent_id, agent=None)


def to_file(asked: Asked, table: Table, ext: str) -> str:
    """The table of this page as `csv` or `xlsx`."""
    return url_for("statistics.download", page=table.page, table=table.key, ext=ext, **kept(asked))
