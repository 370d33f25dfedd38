"""Doors of the contact form: write to a store."""

import secrets
from types import MappingProxyType
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import Length

from hub.blueprints.contact.base import blueprint
from hub.blueprints.forms import Form, options, required
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Language
from hub.customers.hygiene.findings import Field
from hub.customers.rules import normalise_mail, normalise_phone
from hub.inbox import actions
from hub.knowledge.queries import search_articles
from hub.knowledge.rows import ArticleHit
from hub.knowledge.scoping import NO_STORE, ArticleFilter
from hub.knowledge.words import SearchPlace
from hub.stores import queries as stores

RATE = "10 per minute"
PROPOSED, SEEN = 3, "1"


class WrittenForm(Form):
    """What a customer writes; the door is public and keeps no session, so there is no CSRF token."""

    class Meta:
        """No token: see above."""

        csrf = False

    key = HiddenField()
    text = TextAreaField(_("Your message"), [required(), Length(max=20_000)])


class ContactForm(WrittenForm):
    """A mail address or a phone is needed: without one nobody could answer."""

    name = StringField(_("Your name"), [required(), Length(max=120)])
    email = EmailField(_("Mail address"), [Length(max=254)])
    phone = TelField(_("Phone"), [Length(max=40)])
    store = SelectField(_("Store"))
    order_number = StringField(_("Order number"), [Length(max=60)])
    has_seen = HiddenField()
    meant = MappingProxyType({"email": Field.MAIL, "phone": Field.PHONE})

    def check_addresses(self) -> None:
        """Raises Invalid with the field to correct, in words."""
        if not (self.email.data or self.phone.data):
            raise Invalid(
                N_("Please give a mail address or a phone number, so that we can answer you."), field="email"
            )
        if self.email.data:
            normalise_mail(self.email.data)
        if self.phone.data:
            normalise_phone(self.phone.data)

    def wrong_address(self) -> bool:
        """Whether `check_addresses` would refuse what was given."""
        try:
            self.check_addresses()
        except Invalid:
            return True
        return False


@blueprint.route("/contact", methods=["GET", "POST"])
@limiter.limit(RATE, methods=["POST"])
def form() -> ResponseReturnValue:
    """Write to a store. What was typed stays when something must be corrected."""
    given, chosen = _offer(ContactForm(key=secrets.token_hex(12))), request.args.get("store", "")
    if request.method == "GET" and chosen:
        given.store.data = chosen
    answers = _answers_to(given)
    if answers:
        given.has_seen.data = SEEN
        return render_template("contact/form.html", form=given, answers=answers)
    if given.does(lambda: _receive(given)):
        return redirect(url_for("contact.sent"), 303)
    return render_template("contact/form.html", form=given), given.status


@blueprint.get("/contact/sent")
def sent() -> ResponseReturnValue:
    return render_template("contact/sent.html")


def _answers_to(given: ContactForm) -> list[ArticleHit]:
    """What the help centre says in the chosen store to a message that could be sent, shown once before it is."""
    if request.method != "POST" or given.has_seen.data or not given.is_settled() or given.wrong_address():
        return []
    store, language = _store_of(given), Language(str(get_locale()))
    narrowed = ArticleFilter(store_id=store.id if store else NO_STORE)
    return search_articles(str(given.text.data), language, SearchPlace.HELP, PROPOSED, narrowed=narrowed)


def _store_of(given: ContactForm) -> stores.StoreRow | None:
    return stores.find_store_by_slug(given.store.data) if given.store.data else None


def _offer(given: ContactForm) -> ContactForm:
    """Every active store by name; none is chosen for the customer."""
    places = [
        (row.slug, f"{row.name} ({row.town})" if row.town else row.name) for row in stores.list_stores()
    ]
    given.store.choices = options([("", gettext("I do not know")), *places])
    return given


def _receive(given: ContactForm) -> None:
    given.check_addresses()
    store = _store_of(given)
    actions.receive_message(
        actions.Incoming(
            channel=Channel.FORM,
            from_address=normalise_mail(given.email.data) if given.email.data else "",
            from_name=_one_line(given.name.data),
            phone=given.phone.data or None,
            store_id=store.id if store else None,
            order_number=_one_line(given.order_number.data) or None,
            **written(given),
        ),
        now=clock.business_now(),
        machine_now=clock.machine_now(),
    )


def written(given: WrittenForm) -> dict[str, Any]:
    """What every message of a form has."""
    return {
        "text": str(given.text.data).replace("\x00", "").strip(),
        "language": Language(str(get_locale())),
        "key": f"form:{given.key.data}" if given.key.data else None,
    }


def _one_line(text: str | None) -> str:
    return " ".join((text or "").replace("\x00", "").split())
