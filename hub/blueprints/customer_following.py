"""Old links to a customer who was merged lead to the one he became."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hub.customers.following import find_survivor


def lead_to_survivor() -> ResponseReturnValue | None:
    """Before any page with a customer's id in its path; forms sent from an old page are refused by the actions."""
    customer_id = (request.view_args or {}).get("customer_id")
    if request.method != "GET" or request.endpoint is None or customer_id is None:
        return None
    survivor_id = find_survivor(customer_id)
    if survivor_id is None:
        return None
    kept = {**(request.view_args or {}), **request.args.to_dict(), "customer_id": survivor_id}
    return redirect(url_for(request.endpoint, **kept))


def follow_merges(blueprint: Blueprint) -> None:
    """Let the pages of this door follow merges."""
    blueprint.before_request(lead_to_survivor)
