"""The blueprint of the customers' pages and what every one of them shows: the chain's name and its site."""

from flask import Blueprint, g, make_response
from flask.typing import ResponseReturnValue

from hub.stores.queries import find_chain

blueprint = Blueprint("contact", __name__)


@blueprint.context_processor
def chain_words() -> dict[str, str]:
    """The chain's name and where its name links to; before the set-up, ours."""
    chain = None if g.get("is_database_away") else find_chain()
    if chain is None:
        return {"chain_name": "Comptoir", "home_href": "/stores/"}
    return {"chain_name": chain.name, "home_href": chain.website_url or "/stores/"}


def private(body: str, status: int = 200) -> ResponseReturnValue:
    """A page behind a personal link: kept by no browser, proxy or search engine, told to no other site."""
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
