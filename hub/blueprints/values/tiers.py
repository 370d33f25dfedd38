"""Doors of the tiers: who is in which, and what each asks for and gives."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.values.base import blueprint, euros, money, number
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.segments.values.defining import change_tiers, get_definitions
from hub.segments.values.queries import list_tiers
from hub.segments.values.rules import Tier, make_tier

SPARE = 2
NUMBER = N_("Please write amounts and numbers of orders in digits.")


@blueprint.get("/tiers")
def show_tiers() -> ResponseReturnValue:
    found, tiers = list_tiers(), get_definitions().tiers
    rows = [_row(tier, *found.get(tier.key, (0, 0))) for tier in reversed(tiers)]
    count, cents = found.get(None, (0, 0))
    rest = {"count": number(count), "value": money(cents)}
    return render_template("values/tiers.html", rows=rows, rest=rest)


@blueprint.get("/tiers/edit")
def edit_tiers() -> ResponseReturnValue:
    return _form([_fields(tier) for tier in get_definitions().tiers], "")


@blueprint.post("/tiers/edit")
def save_tiers() -> ResponseReturnValue:
    given = _read_rows()
    try:
        with transaction():
            change_tiers(_tiers(given), by=viewer().actor, now=clock.business_now())
    except Invalid as error:
        return _form(given, sentence_of(error)), 422
    flash(gettext("Saved. The coming night places every customer by them; an order does so at once."), "ok")
    return redirect(url_for("values.show_tiers"), 303)


def _form(rows: list[dict[str, str]], refusal: str) -> str:
    blank = {"key": "", "name": "", "amount": "", "orders": "", "rewards": ""}
    return render_template("values/edit_tiers.html", rows=rows + [blank] * SPARE, refusal=refusal)


def _read_rows() -> list[dict[str, str]]:
    """As typed; a row without anything is left out."""
    names = ("key", "name", "amount", "orders", "rewards")
    rows = [
        dict(zip(names, cells, strict=True))
        for cells in zip(*(request.form.getlist(name) for name in names), strict=False)
    ]
    return [row for row in rows if any(value.strip() for name, value in row.items() if name != "key")]


def _tiers(rows: list[dict[str, str]]) -> tuple[Tier, ...]:
    """With the keys they have: a tier that is renamed stays the same one."""
    known = {tier.key for tier in get_definitions().tiers}
    return tuple(
        make_tier(
            row["name"],
            min_cents=_cents(row["amount"]),
            min_orders=_count(row["orders"]),
            rewards=row["rewards"],
            key=row["key"] if row["key"] in known else "",
        )
        for row in rows
    )


def _cents(written: str) -> int:
    plain = "".join(written.split()).replace(",", ".") or "0"
    try:
        return int(Decimal(plain) * 100)
    except (InvalidOperation, ValueError, OverflowError):
        raise Invalid(NUMBER) from None


def _count(written: str) -> int:
    plain = written.strip() or "0"
    if not plain.isdecimal() or len(plain) > 9:  # noqa: PLR2004 - more orders than anybody has
        raise Invalid(NUMBER)
    return int(plain)


def _fields(tier: Tier) -> dict[str, str]:
    amount = f"{tier.min_cents / 100:.2f}".removesuffix(".00") if tier.min_cents else ""
    return {
        "key": tier.key,
        "name": tier.name,
        "amount": amount,
        "orders": str(tier.min_orders or ""),
        "rewards": tier.rewards,
    }


def _row(tier: Tier, count: int, cents: int) -> dict[str, Any]:
    asks = [
        gettext("%(amount)s net in 12 months", amount=euros(tier.min_cents)) if tier.min_cents else "",
        gettext("%(count)s orders in 12 months", count=number(tier.min_orders)) if tier.min_orders else "",
    ]
    return {
        "name": tier.name,
        "href": url_for("values.list_members", tier=tier.key),
        "asks": " · ".join(each for each in asks if each),
        "rewards": tier.rewards or "–",
        "count": number(count),
        "value": money(cents),
    }
