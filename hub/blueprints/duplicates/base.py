"""The blueprint of duplicates, and the words its pages share."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext

from hub.blueprints.duplicates import words
from hub.blueprints.row_ids import read_ids
from hub.customers.duplicates.comparing import list_shared
from hub.customers.rules import show_phone

blueprint = Blueprint("duplicates", __name__)


@blueprint.context_processor
def duplicate_words() -> dict[str, Any]:
    return {"say": words, "sub_pages": sub_pages}


@blueprint.app_context_processor
def duplicate_links() -> dict[str, Any]:
    """The customer's own pages show who shares an address, and lead to merging; the list is asked for there only."""
    return {"list_shared_addresses": list_shared, "show_shared_phone": show_phone}


def sub_pages(here: str) -> list[dict[str, Any]]:
    """The pages of this door as a row of links."""
    pages = (
        ("list_pairs", gettext("To decide")),
        ("show_exact", gettext("Exact ones")),
        ("list_merges", gettext("Merges")),
    )
    return [
        {"label": label, "href": url_for(f"duplicates.{name}"), "is_current": name == here}
        for name, label in pages
    ]


def asked_ids(name: str = "id") -> list[int]:
    """Customers named in the address or form, each once."""
    return read_ids(request.values.getlist(name))
