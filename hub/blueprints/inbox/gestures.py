"""Doors of gestures of goodwill: offer one on a ticket, the list, decide, note a refund as made."""

import secrets
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_currency, gettext
from flask_babel import lazy_gettext as _
from wtforms import DecimalField, HiddenField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.forms import Form, options, required
from hub.blueprints.inbox.base import access, back_to, blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Forbidden, Invalid
from hub.core.text import N_
from hub.inbox import actions
from hub.inbox.gestures import HIGHEST_CENTS, LONGEST_TEXT
from hub.inbox.queries import TicketView
from hub.inbox.queries.gestures import GestureList, get_ceilings, list_gestures, list_vouchers
from hub.inbox.words import GestureKind, GestureState
from hub.staff.words import Permission
from hub.stores.queries import get_chain

REFUND = "refund"


class GestureForm(Form):
    """A voucher of the list, or a refund of an amount."""

    key = HiddenField()
    what = SelectField(_("What the customer gets"))
    amount = DecimalField(_("Amount of the refund"), [Optional()], places=2)
    text = TextAreaField(_("Why"), [required(), Length(max=LONGEST_TEXT)])

    def offer(self) -> "GestureForm":
        vouchers = [(row.key, f"{row.name} ({money(row.amount_cents)})") for row in list_vouchers()]
        self.what.choices = options([(REFUND, gettext("Refund")), *vouchers])
        return self


@blueprint.route("/<number>/gesture", methods=["GET", "POST"])
def gesture(number: str) -> ResponseReturnValue:
    """Within the person's ceiling it is granted at once; above it somebody else is asked."""
    ticket = access(number)
    form = GestureForm(key=secrets.token_hex(12)).offer()
    try:
        if form.does(lambda: _offer(ticket, form)):
            return back_to(number, gettext("The gesture is noted on the ticket."))
    except Conflict as error:
        return back_to(number, sentence_of(error), "warn")
    return render_template("inbox/gesture.html", ticket=ticket, form=form, ceiling=_ceiling()), form.status


@blueprint.get("/gestures")
def gestures() -> ResponseReturnValue:
    """Those that wait for a decision, refunds to make, or all."""
    asked = request.args.get("list", "")
    which = GestureList(asked) if asked in set(GestureList) else GestureList.TO_DECIDE
    page = list_gestures(which, viewer(), after=request.args.get("after"))
    return render_template(
        "inbox/gestures.html",
        rows=page.rows,
        tabs=_tabs(which),
        older_href=url_for("inbox.gestures", list=which, after=page.next_key) if page.next_key else None,
        kind_words=kind_words,
        state_words=state_words,
        may_answer=viewer().may(Permission.ANSWER_TICKETS),
    )


@blueprint.post("/gestures/<int:gesture_id>/decide")
def decide_gesture(gesture_id: int) -> ResponseReturnValue:
    is_granted = request.form.get("answer") == "grant"
    return _change(
        lambda: actions.decide_gesture(
            gesture_id=gesture_id, is_granted=is_granted, viewer=viewer(), now=clock.business_now()
        ),
        gettext("Granted.") if is_granted else gettext("Refused."),
        GestureList.TO_DECIDE,
    )


@blueprint.post("/gestures/<int:gesture_id>/made")
def gesture_made(gesture_id: int) -> ResponseReturnValue:
    return _change(
        lambda: actions.note_refund_made(gesture_id=gesture_id, viewer=viewer(), now=clock.business_now()),
        gettext("Noted: the refund was made."),
        GestureList.TO_REFUND,
    )


def money(cents: int) -> str:
    return str(format_currency(Decimal(cents) / 100, get_chain().currency))


def kind_words(kind: GestureKind) -> str:
    return {GestureKind.VOUCHER: gettext("Voucher"), GestureKind.REFUND: gettext("Refund")}[kind]


def state_words(state: GestureState) -> str:
    return {
        GestureState.ASKED: gettext("waits for a decision"),
        GestureState.GRANTED: gettext("granted, to be made"),
        GestureState.REFUSED: gettext("refused"),
        GestureState.DONE: gettext("done"),
    }[state]


def _ceiling() -> str:
    return money(get_ceilings().get(viewer().role, 0))


def _tabs(which: GestureList) -> list[dict[str, Any]]:
    names = {
        GestureList.TO_DECIDE: gettext("To decide"),
        GestureList.TO_REFUND: gettext("Refunds to make"),
        GestureList.ALL: gettext("All gestures"),
    }
    return [
        {"label": name, "href": url_for("inbox.gestures", list=key), "is_current": key is which}
        for key, name in names.items()
    ]


def _offer(ticket: TicketView, form: GestureForm) -> None:
    shared: dict[str, Any] = {
        "ticket_id": ticket.id,
        "text": str(form.text.data),
        "key": f"gesture:{form.key.data}" if form.key.data else None,
        "by": viewer().actor,
        "now": clock.business_now(),
    }
    if form.what.data != REFUND:
        actions.offer_voucher(pool_key=str(form.what.data), **shared)
        return
    if form.amount.data is None or not 0 < form.amount.data <= HIGHEST_CENTS:
        raise Invalid(N_("Please give the amount of the refund."), field="amount")
    actions.offer_refund(amount_cents=round(form.amount.data * 100), **shared)


def _change(act: Callable[[], None], done: str, then: GestureList) -> ResponseReturnValue:
    try:
        with transaction():
            act()
        flash(done, "ok")
    except (Conflict, Forbidden) as error:
        flash(sentence_of(error), "warn")
    return redirect(url_for("inbox.gestures", list=then), 303)
