"""Doors of the preview: the message as a client shows it, for a sample customer or a real one, in a frame of its own."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.row_ids import read_id
from hub.blueprints.templates.base import blueprint, house, language_of, template_of
from hub.content import phrases, queries
from hub.content.catalog import Variable
from hub.content.rendering import PreparedTemplate, Rendered, render
from hub.content.samples import SampleKey, list_samples
from hub.content.variables import known_variables, with_fallbacks
from hub.core.errors import Invalid
from hub.core.words import Language
from hub.customers import queries as customers
from hub.orders import queries as orders
from hub.outbox import letterhead
from hub.staff.words import Permission
from hub.stores import queries as stores

FORMS = ("mobile", "pc", "dark", "text", "no_images", "sms")
FRAME_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'"
)
_DARK = "<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}img{filter:invert(1) hue-rotate(180deg)}</style>"
_PLAIN = "<!doctype html><meta charset=utf-8><style>pre{white-space:pre-wrap;font:15px/1.5 monospace;margin:1rem}</style>"
_IMAGE = re.compile(r'(<img\b[^>]*?) src="[^"]*"')


@dataclass(frozen=True)
class Look:
    """How a message is looked at. `customer_id` only when the person may read customers."""

    form: str
    sample: SampleKey
    customer_id: int | None

    @property
    def keep(self) -> dict[str, Any]:
        return {"view": self.form, "sample": self.sample.value, "customer": self.customer_id}


def read_look(args: Mapping[str, str]) -> Look:
    """The look from the address or the form; what is none of ours is the first of its kind."""
    form, sample, customer = args.get("view", ""), args.get("sample", ""), args.get("customer", "")
    may_read = viewer().may(Permission.READ_CUSTOMERS)
    return Look(
        form if form in FORMS else FORMS[0],
        SampleKey(sample) if sample in set(SampleKey) else SampleKey.FULL,
        read_id(customer) if may_read else None,
    )


@blueprint.get("/<key>/<language>/frame")
def show_frame(key: str, language: str) -> Response:
    """The document of the preview's frame: no script, no link, and only https images."""
    look, spoken = read_look(request.args), language_of(language)
    mail = render_look(key, spoken, look, version=request.args.get("version", type=int))
    nothing = gettext("Nothing can be shown yet. Please correct the errors first.")
    body = _plain_page(nothing) if mail is None else _document(mail, look.form)
    response = Response(body, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    return response


def render_look(key: str, language: Language, look: Look, *, version: int | None = None) -> Rendered | None:
    """The message filled for this look; None when the draft cannot be filled. Links that act are dead."""
    found = _find_template(key, language, version)
    return fill(*found, language, look) if found else None


def fill(
    template: PreparedTemplate, variables: Iterable[Variable], language: Language, look: Look
) -> Rendered | None:
    """A template filled for this look; None when a value that it needs is missing or unsafe.

    Links of a made-up customer lead nowhere anyway: where they are read as text they stand in full.
    """
    try:
        values = values_of(variables, language, look)
        copy = render(template, values, is_copy=True)
        if look.customer_id is not None:
            return copy
        plain = render(template, values)
        return copy._replace(text=plain.text, sms_text=plain.sms_text)
    except Invalid:
        return None


def _find_template(
    key: str, language: Language, version: int | None
) -> tuple[PreparedTemplate, Iterable[Variable]] | None:
    """A version by its number, else the draft, else what is in use."""
    row = template_of(key)
    if version is not None:
        seen = queries.get_version_view(row.id, language, version)
        return queries.get_version(seen.id), known_variables(key, language.value)
    draft = queries.find_draft(row.id, language)
    if draft is None:
        return queries.get_published(key, language.value), known_variables(key, language.value)
    report = queries.check_draft(draft, house())
    if report.template is None:
        return None
    return report.template, with_fallbacks(known_variables(key, language.value), draft.fallbacks)


def values_of(variables: Iterable[Variable], language: Language, look: Look) -> dict[str, str]:
    """A sample's values under the chain's real name, or what we know of a real customer over the examples."""
    samples = {sample.key: sample.values for sample in list_samples(variables, language.value)}
    head = letterhead.chain_values(stores.get_chain())
    if look.customer_id is None:
        return dict(samples[look.sample]) | {"chain_name": head["chain_name"]}
    return dict(samples[SampleKey.FULL]) | head | _customer_values(look.customer_id, language)


def _customer_values(customer_id: int, language: Language) -> dict[str, str]:
    """Salutation, store and last order of one customer, as the mail would have them: also what is missing."""
    customer = customers.get_customer(customer_id)
    values = letterhead.customer_values(customer, language)
    if customer.preferred_store_id:
        store = stores.get_store(customer.preferred_store_id)
        values |= letterhead.store_values(store, stores.get_hours(store.id), language)
    if order := orders.find_latest_order(customer_id):
        day = order.delivered_at or order.placed_at
        values |= {
            "order_number": order.external_id,
            "order_day": phrases.day_in_words(day.date(), language.value),
        }
    return values


def _document(mail: Rendered, form: str) -> str:
    """The mail as this kind of reader has it before their eyes."""
    if form in {"text", "sms"}:
        text = mail.sms_text if form == "sms" else mail.text
        nothing = gettext("This message has no SMS text.")
        return _plain_page(text or nothing)
    if form == "dark":
        return mail.html.replace("</head>", f"{_DARK}</head>", 1)
    return _IMAGE.sub(r"\1", mail.html) if form == "no_images" else mail.html


def _plain_page(text: str) -> str:
    return f"{_PLAIN}<pre>{escape(text)}</pre>"


def list_people(search: str) -> Sequence[customers.CustomerRow]:
    """The customers whose name, mail, phone or order matches; nobody without a search. 403 without the permission."""
    if not search:
        return []
    if not viewer().may(Permission.READ_CUSTOMERS):
        abort(403)
    return customers.list_customers(search, size=8).rows
