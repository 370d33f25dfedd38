"""Customers side by side: choose the values, merge, keep apart, or say that they are one household."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.duplicates.base import asked_ids, blueprint
from hub.blueprints.duplicates.words import merged_words
from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.duplicates import actions
from hub.customers.duplicates.comparing import compare_fields, list_address_ids, score_now
from hub.customers.duplicates.queries import find_pair_between
from hub.customers.following import find_survivors
from hub.customers.queries import get_customer, get_customers, list_customers
from hub.identity.merging import MOST_AT_ONCE, merge_customers
from hub.orders.counting import count_orders_of
from hub.stores.queries import get_stores

FIELD = "field:"


@blueprint.get("/compare")
def compare() -> ResponseReturnValue:
    ids = _compared()
    if len(ids) < 2:  # noqa: PLR2004 - it takes two
        return redirect(url_for("duplicates.list_pairs"))
    survivor_id = next((each for each in asked_ids("stays") if each in ids), ids[0])
    others = [each for each in ids if each != survivor_id]
    return render_template("duplicates/compare.html", **_side_by_side(survivor_id, others))


def _compared() -> list[int]:
    """Who was merged meanwhile is shown as who he became."""
    return find_survivors(asked_ids())[: MOST_AT_ONCE + 1]


def _side_by_side(survivor_id: int, others: list[int]) -> dict[str, Any]:
    ids = [survivor_id, *others]
    pair = find_pair_between(survivor_id, others[0]) if len(others) == 1 else None
    found = score_now(survivor_id, others[0]) if len(others) == 1 and not (pair and pair.reasons) else None
    people = get_customers(ids)
    fields = compare_fields(survivor_id, others)
    stores = {value for row in fields if row.name == "preferred_store_id" for value in row.values.values()}
    return {
        "ids": ids,
        "survivor_id": survivor_id,
        "people": people,
        "fields": fields,
        "stores": {store.id: store.name for store in get_stores(stores - {None}).values()},
        "orders": count_orders_of(ids),
        "pair": pair,
        "points": pair.points if pair and pair.reasons else found.points if found else None,
        "reasons": pair.reasons if pair and pair.reasons else found.as_kept() if found else (),
        "addresses": list_address_ids(survivor_id),
    }


@blueprint.post("/merge")
def merge() -> ResponseReturnValue:
    ids, survivor_id = asked_ids(), (asked_ids("stays") or [0])[0]
    chosen = {
        name.removeprefix(FIELD): int(value)
        for name, value in request.form.items()
        if name.startswith(FIELD) and value.isdecimal()
    }
    others = [each for each in ids if each != survivor_id]
    with transaction():
        merges = merge_customers(
            survivor_id, others, chosen=chosen, by=viewer().actor, now=clock.business_now()
        )
    flash(merged_words(len(merges)), "ok")
    return redirect(url_for("duplicates.show_merge", merge_id=merges[-1]), 303)


@blueprint.post("/apart")
def apart() -> ResponseReturnValue:
    one, other = _both()
    with transaction():
        actions.keep_apart(one, other, by=viewer().actor, now=clock.business_now())
    flash(gettext("They are two persons. The pair is not proposed again."), "ok")
    return redirect(url_for("duplicates.list_pairs"), 303)


@blueprint.post("/household")
def household() -> ResponseReturnValue:
    """One household, two persons: the chosen addresses stay the first one's, the other shares them."""
    owner_id, other_id = _both()
    by, now = viewer().actor, clock.business_now()
    with transaction():
        actions.share_addresses(owner_id, other_id, asked_ids("address"), by=by, now=now)
    flash(gettext("The addresses are shared. Who writes from one of them is found as its owner."), "ok")
    return redirect(url_for("customers.consents", customer_id=other_id), 303)


def _both() -> tuple[int, int]:
    ids = asked_ids()
    if len(ids) != 2:  # noqa: PLR2004 - it takes two
        raise Invalid(N_("Please choose two different customers."), field="customers")
    return ids[0], ids[1]


@blueprint.post("/links/<int:link_id>/end")
def unshare(link_id: int) -> ResponseReturnValue:
    with transaction():
        actions.unshare_address(link_id, by=viewer().actor, now=clock.business_now())
    flash(gettext("The address is not shared any more."), "ok")
    customer_id = read_id(request.form.get("customer", ""))
    return redirect(url_for("customers.consents", customer_id=customer_id or 0), 303)


@blueprint.get("/search/<int:customer_id>")
def search(customer_id: int) -> ResponseReturnValue:
    """From a customer's card: look for the other one, then compare."""
    asked = request.args.get("q", "").strip()
    rows = list_customers(asked).rows if asked else ()
    return render_template(
        "duplicates/search.html",
        customer=get_customer(customer_id),
        search=asked,
        rows=[row for row in rows if row.id != customer_id],
    )
