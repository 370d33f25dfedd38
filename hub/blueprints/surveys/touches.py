"""Doors of the log of touches: what came in for which invitation, why it has its label, and the switch."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.row_ids import read_id
from hub.blueprints.surveys import words
from hub.blueprints.surveys.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.customers.queries import find_customer_by_address, get_customers
from hub.orders.queries import find_order_by_external_id, get_orders
from hub.staff.words import Permission
from hub.surveys import actions
from hub.surveys.rules import BOXES
from hub.surveys.switching import SWITCHABLE
from hub.surveys.touch_log import TouchFilters, TouchRow
from hub.surveys.touch_log import list_touches as find_touches
from hub.surveys.words import TouchLabel

NOBODY = 0
ASKED = ("label", "q", "answer")


@blueprint.get("/")
def list_touches() -> ResponseReturnValue:
    """Newest first; `label`, `q` (a customer's address or an order number) and `answer` narrow it."""
    keep: dict[str, Any] = _kept(request.args)
    page = find_touches(_filters(keep), after=request.args.get("after"))
    return render_template(
        "surveys/touches.html",
        lines=_lines(page.rows),
        keep=keep,
        labels=[("", gettext("All")), *((label.value, words.label_words(label)) for label in TouchLabel)],
        may_switch=viewer().may(Permission.EDIT_SURVEYS),
        older=url_for("surveys.list_touches", after=page.next_key, **keep) if page.next_key else None,
        newest=url_for("surveys.list_touches", **keep) if "after" in request.args else None,
    )


@blueprint.post("/touches/<int:touch_id>/switch")
def switch_touch(touch_id: int) -> ResponseReturnValue:
    """`who` is human or machine; what the list showed is shown again."""
    label = TouchLabel.MACHINE if request.form.get("who") == TouchLabel.MACHINE else TouchLabel.HUMAN
    with transaction():
        actions.switch_touch(touch_id=touch_id, label=label, by=viewer().actor, now=clock.business_now())
    flash(words.switched_words(label), "ok")
    keep: dict[str, Any] = _kept(request.form, "after")
    return redirect(url_for("surveys.list_touches", **keep, _anchor=f"t{touch_id}"), 303)


def _kept(given: Mapping[str, str], *more: str) -> dict[str, str]:
    """What the list was asked for, to be asked for again."""
    return {name: given[name].strip() for name in (*ASKED, *more) if given.get(name, "").strip()}


def _filters(keep: Mapping[str, str]) -> TouchFilters:
    """What names nobody finds nothing."""
    label, answer = keep.get("label"), keep.get("answer")
    order_id, customer_id = _named(keep["q"]) if "q" in keep else (None, None)
    return TouchFilters(
        label=TouchLabel(label) if label in set(TouchLabel) else None,
        order_id=order_id,
        customer_id=customer_id,
        answer_id=(read_id(answer) or NOBODY) if answer else None,
    )


def _named(text: str) -> tuple[int | None, int | None]:
    """The order, or else the customer, that the text names."""
    order = find_order_by_external_id(text)
    if order is not None:
        return order.id, None
    customer = find_customer_by_address(text)
    return None, customer.id if customer else NOBODY


def _lines(rows: Sequence[TouchRow]) -> list[dict[str, Any]]:
    """Rows in the reader's words, with the customer and the order they are about."""
    customers = get_customers({row.customer_id for row in rows if row.customer_id})
    orders = get_orders({row.order_id for row in rows if row.order_id})
    return [
        {
            "id": row.id,
            "at": row.happened_at,
            "customer": customers.get(row.customer_id or NOBODY),
            "order": orders.get(row.order_id or NOBODY),
            "what": words.touch_words(row),
            "method": row.method.value,
            "source": row.source_hash[:8],
            "user_agent": row.user_agent,
            "label": words.label_words(row.label),
            "tone": words.LABEL_TONES[row.label],
            "reason": words.reason_words(row.reason),
            "answer": words.answer_words(row.answer_state),
            "switches": _switches(row),
        }
        for row in rows
    ]


def _switches(row: TouchRow) -> list[tuple[str, str]]:
    """What the line may be switched to: a touch of a box is a person's or a machine's."""
    if row.invitation_id is None or row.choice not in BOXES:
        return []
    found = [
        (TouchLabel.HUMAN, gettext("It was a person")),
        (TouchLabel.MACHINE, gettext("It was a machine")),
    ]
    return [(label.value, words_of) for label, words_of in found if label in SWITCHABLE - {row.label}]
