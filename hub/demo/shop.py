"""Doors of the demo shop: a page of the chain's site, as a visitor sees it, with the chat widget."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.pages import policy
from hub.demo.phone import blueprint
from hub.stores.queries import get_chain, list_stores

__all__ = ["blueprint"]


@blueprint.get("/shop")
def shop() -> ResponseReturnValue:
    """One page of the shop; `store` is the slug of the store whose line it carries, none for the chain's."""
    stores = list_stores()
    slug = request.args.get("store", "")
    chosen = next((row for row in stores if row.slug == slug), None)
    names = [(row.slug, row.name) for row in stores]
    page = render_template("demo/shop.html", stores=names, chosen=chosen, chain_name=get_chain().name)
    response = make_response(page)
    response.headers["Content-Security-Policy"] = policy()
    return response
