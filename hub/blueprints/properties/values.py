"""Values of a customer's properties: a form below the customer's own, and a page of its own when something is refused."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.properties.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.customers import properties
from hub.customers.properties import Definition
from hub.customers.property_words import PropertyKind
from hub.customers.queries import get_customer

PREFIX = "p-"
INPUTS = {PropertyKind.DATE: "date"}


@dataclass(frozen=True)
class ValueField:
    """One property with the value as the form shows it; `options` where it is chosen."""

    name: str
    label: str
    description: str
    value: str
    type: str
    options: list[tuple[str, str]] | None


@blueprint.app_context_processor
def values_globals() -> dict[str, Any]:
    """For the page on which a customer is corrected."""
    return {"property_fields": fields_of}


def fields_of(customer_id: int) -> list[ValueField]:
    """The chain's properties with the values of this customer."""
    definitions = properties.list_definitions()
    kept = properties.get_properties([customer_id]).get(customer_id, {}) if definitions else {}
    return [_field(each, kept.get(each.key)) for each in definitions]


def _field(each: Definition, value: Any) -> ValueField:
    shown = "" if value is None else str(value)
    options = None
    if each.kind is PropertyKind.BOOLEAN:
        shown = {True: "1", False: "0"}.get(value, shown)
        options = [("", "–"), ("1", gettext("yes")), ("0", gettext("no"))]
    elif each.kind is PropertyKind.CHOICE:
        options = [("", "–"), *((choice, choice) for choice in each.choices)]
    input_type = INPUTS.get(each.kind, "text")
    return ValueField(f"{PREFIX}{each.key}", each.label, each.description, shown, input_type, options)


@blueprint.post("/customers/<int:customer_id>")
def save_values(customer_id: int) -> ResponseReturnValue:
    customer = get_customer(customer_id)
    typed = {each.key: request.form.get(f"{PREFIX}{each.key}", "") for each in properties.list_definitions()}
    given = {key: text for key, text in typed.items() if f"{PREFIX}{key}" in request.form}
    try:
        with transaction():
            properties.set_properties(customer_id, given, by=viewer().actor, now=clock.business_now())
    except Invalid as error:
        flash(sentence_of(error), "error")
        shown = [_field(each, typed[each.key]) for each in properties.list_definitions()]
        refused = (error.field or "").replace("property:", PREFIX)
        page = {"customer": customer, "fields": shown, "refused": refused}
        return render_template("properties/values.html", **page), 422
    flash(gettext("The customer is corrected."), "ok")
    return redirect(url_for("customers.card", customer_id=customer_id), 303)
