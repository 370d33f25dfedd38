"""Doors of a contact at the counter or on the phone: who, in which store, what was said."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    EmailField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, required
from hub.blueprints.inbox import words
from hub.blueprints.inbox.base import blueprint
from hub.blueprints.meant import PERSON
from hub.blueprints.phones import call_to_note, call_values
from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.core.words import Channel
from hub.customers import queries as customers
from hub.customers.queries import CustomerRow
from hub.inbox import actions, queries
from hub.inbox.queries import TicketView
from hub.reasons import queries as reasons
from hub.stores import queries as stores

SHOWN = 8
LATER, SETTLED = "later", "settled"


class ContactForm(Form):
    """A contact noted by an agent; at least a name, a mail address or a phone."""

    store = SelectField(_("Store"), coerce=int)
    channel = RadioField(_("How"), default=Channel.COUNTER.value)
    customer_id = HiddenField()
    once = HiddenField(default=lambda: secrets.token_hex(16), validators=[Length(max=64)])
    first_name = StringField(_("First name"), [Length(max=80)])
    last_name = StringField(_("Last name"), [Length(max=80)])
    email = EmailField(_("Mail address"))
    phone = TelField(_("Phone"))
    order_number = StringField(_("Order number"), [Length(max=60)])
    subject = StringField(_("Subject"), [Length(max=200)])
    text = TextAreaField(_("What the customer said"), [required(), Length(max=20_000)])
    reason = SelectField(_("Reason"), coerce=str, validators=[Optional()])
    outcome = RadioField(_("And now"), default=LATER)
    meant = PERSON

    def offer(self) -> "ContactForm":
        """Fill the choices: the person's stores, the reasons, counter or phone."""
        me, tongue = viewer(), str(get_locale())
        scope = None if me.scope.is_everything else me.scope.store_ids
        self.store.choices = [
            SelectChoice(str(row.id), row.name) for row in stores.list_stores(store_ids=scope)
        ]
        self.reason.choices = [
            SelectChoice("", gettext("no reason yet")),
            *(SelectChoice(str(row.id), row.path(tongue)) for row in reasons.list_reasons()),
        ]
        self.channel.choices = [
            SelectChoice(each.value, words.channel_words(each)) for each in (Channel.COUNTER, Channel.PHONE)
        ]
        self.outcome.choices = [
            SelectChoice(LATER, gettext("The customer is waiting for an answer: keep the ticket open")),
            SelectChoice(
                SETTLED, gettext("Settled with the customer on the spot: solve it (a reason is needed)")
            ),
        ]
        if request.method == "GET" and self.store.data is None:
            self.store.data = me.home_store_id
        return self


@blueprint.route("/new", methods=["GET", "POST"])
def new_contact() -> ResponseReturnValue:
    """Look the customer up or write who it is, then note what was said."""
    known = _known()
    earlier = queries.access_ticket(request.args["after"], viewer()) if request.args.get("after") else None
    form = ContactForm(**_given(known, earlier)).offer()
    opened: list[str] = []
    if form.does(lambda: opened.append(_open(form, earlier))):
        flash(gettext("The contact is noted."), "ok")
        return redirect(url_for("inbox.ticket", number=opened[0]), 303)
    search = request.args.get("q", "").strip()
    found = customers.list_customers(search, size=SHOWN).rows if search else []
    page = render_template(
        "inbox/new.html", form=form, known=known, found=found, search=search, earlier=earlier
    )
    return page, form.status


def _known() -> CustomerRow | None:
    """The customer chosen from the look-up, or the one of the form that comes back."""
    given = request.values.get("customer_id") or request.args.get("customer", "")
    customer_id = read_id(given)
    return None if customer_id is None else customers.get_customers([customer_id]).get(customer_id)


def _given(known: CustomerRow | None, earlier: TicketView | None) -> dict[str, Any]:
    values: dict[str, Any] = {"text": request.args.get("text", ""), **call_values()}
    if earlier:
        values |= {"subject": earlier.subject, "store": earlier.store_id}
    if known:
        values |= {
            "customer_id": str(known.id),
            "first_name": known.first_name,
            "last_name": known.last_name,
            "email": known.mail or "",
            "phone": known.phone or "",
        }
    return values


def _open(form: ContactForm, earlier: TicketView | None) -> str:
    me = viewer().actor
    return actions.open_contact(
        actions.Contact(
            store_id=form.store.data,
            channel=Channel(form.channel.data),
            text=str(form.text.data),
            subject=form.subject.data or "",
            customer_id=int(form.customer_id.data) if form.customer_id.data else None,
            email=form.email.data or None,
            phone=form.phone.data or None,
            first_name=form.first_name.data or "",
            last_name=form.last_name.data or "",
            reason_id=int(form.reason.data) if form.reason.data else None,
            order_number=form.order_number.data or None,
            inserted={"follows": earlier.number} if earlier else {},
            call_id=call.id if (call := call_to_note()) else None,
            key=f"contact:{me.agent_id}:{form.once.data}" if form.once.data else None,
            is_settled=form.outcome.data == SETTLED,
        ),
        by=me,
        now=clock.business_now(),
    )
