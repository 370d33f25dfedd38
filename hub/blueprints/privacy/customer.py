"""Doors of one customer's data: what he asked, export to read and to take away, erasure with what it keeps and why."""

from datetime import date

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.downloads import as_download
from hub.blueprints.privacy.base import blueprint, done, refused, today
from hub.blueprints.privacy.shown import sections_of
from hub.blueprints.privacy.words import kind_words, state_words
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.core.text import N_
from hub.customers.queries import get_customer, list_addresses
from hub.customers.rows import AddressRow
from hub.customers.rules import show_phone
from hub.customers.words import AddressKind
from hub.identity import erasing, exporting, looking, requests, telling
from hub.identity.privacy_words import RequestKind
from hub.stores.queries import get_chain


@blueprint.get("/customers/<int:customer_id>")
def show_customer(customer_id: int) -> ResponseReturnValue:
    """What may be done with the data of one customer, and what he asked for."""
    return render_template(
        "privacy/customer.html",
        customer=get_customer(customer_id),
        standing=telling.get_standing(customer_id),
        asked=requests.list_customer_requests(customer_id, today=today()),
        look_count=looking.count_looks(customer_id),
        kinds=[(kind.value, kind_words(kind)) for kind in RequestKind],
        kind_words=kind_words,
        state_words=state_words,
        today=today(),
    )


@blueprint.post("/customers/<int:customer_id>/requests")
def note_request(customer_id: int) -> ResponseReturnValue:
    """What the customer asked for, from which day on a month counts."""
    by, now = viewer().actor, clock.business_now()
    try:
        with transaction():
            requests.note_request(customer_id, _kind(), _day(), by=by, now=now, today=today())
    except Invalid as error:
        return refused(error, "show_customer", customer_id=customer_id)
    return done(gettext("The request is noted."), "show_customer", customer_id=customer_id)


def _kind() -> RequestKind:
    kind = request.form.get("kind", "")
    if kind not in set(RequestKind):
        raise Invalid(N_("Please choose a kind of the list."), field="kind")
    return RequestKind(kind)


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("received_on", ""))
    except ValueError:
        raise Invalid(N_("Please give the day on which it came in."), field="received_on") from None


@blueprint.get("/customers/<int:customer_id>/export")
def read_export(customer_id: int) -> ResponseReturnValue:
    """Everything held of the customer, as a page to read and print. Written to the access log."""
    return _page(_gather(customer_id), is_alone=False)


@blueprint.post("/customers/<int:customer_id>/export")
def take_export(customer_id: int) -> ResponseReturnValue:
    """The same as an archive: JSON, page and files."""
    export = _gather(customer_id)
    pieces = exporting.pack(export, _page(export, is_alone=True))
    answer = Response(stream_with_context(pieces), mimetype="application/zip")
    answer.headers["Content-Disposition"] = as_download(f"customer-{customer_id}.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _gather(customer_id: int) -> exporting.Export:
    with transaction():
        return exporting.gather(customer_id, by=viewer().actor, now=clock.business_now())


def _page(export: exporting.Export, *, is_alone: bool) -> str:
    return render_template(
        "privacy/export_alone.html" if is_alone else "privacy/export.html",
        export=export,
        sections=sections_of(export),
        customer=get_customer(export.customer_id),
        chain=get_chain(),
        files=exporting.list_files(export),
    )


@blueprint.get("/customers/<int:customer_id>/erase")
def confirm_erasing(customer_id: int) -> ResponseReturnValue:
    """What goes, what stays and why, before the button."""
    return render_template(
        "privacy/erase.html",
        customer=get_customer(customer_id),
        standing=telling.get_standing(customer_id),
        addresses=[_address(each) for each in list_addresses(customer_id)],
        gone=telling.what_goes(),
        kept=telling.what_stays(),
    )


def _address(row: AddressRow) -> str:
    return show_phone(row.value) if row.kind is AddressKind.PHONE else row.value


@blueprint.post("/customers/<int:customer_id>/erase")
def erase(customer_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            erasing.ask_erasure(customer_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, "show_customer", customer_id=customer_id)
    return done(
        gettext("The customer is being erased; a minute or so, then this page says so."),
        "show_customer",
        customer_id=customer_id,
    )
