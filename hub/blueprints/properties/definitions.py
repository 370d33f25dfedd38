"""Doors of the definitions: the list, a new property, changing its words, taking it away."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField, TextAreaField

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.forms import Form, options, required
from hub.blueprints.properties.base import blueprint, kind_words
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.customers import properties
from hub.customers.properties import Definition
from hub.customers.property_words import PropertyKind


class PropertyForm(Form):
    """Family, key and kind are asked once, when it is made."""

    family = StringField(
        lazy_gettext("Family"),
        [required()],
        description=lazy_gettext("One word in small letters: the prefix of the key, for example pet."),
    )
    key = StringField(
        lazy_gettext("Key"),
        [required()],
        description=lazy_gettext("How imports, the API and segments name it, for example pet_name."),
    )
    kind = SelectField(lazy_gettext("Kind"))
    label = StringField(lazy_gettext("Name"), [required()])
    description = TextAreaField(lazy_gettext("What it says, and where it comes from"), [required()])
    choices = TextAreaField(
        lazy_gettext("Values to choose from"), description=lazy_gettext("One a line; only for one of a list.")
    )

    def offer(self) -> None:
        self.kind.choices = options((each, kind_words(each)) for each in PropertyKind)


@blueprint.get("/")
def list_properties() -> ResponseReturnValue:
    return render_template(
        "properties/list.html",
        rows=properties.list_definitions(),
        counts=properties.count_values(),
        uses=properties.list_uses(),
        leaving=properties.list_leaving(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new_property() -> ResponseReturnValue:
    form = PropertyForm()
    form.offer()
    return _write(form, None)


@blueprint.route("/<key>", methods=["GET", "POST"])
def edit_property(key: str) -> ResponseReturnValue:
    row = properties.get_definition(key)
    form = PropertyForm(data={**vars(row), "choices": "\n".join(row.choices)})
    del form.family, form.key, form.kind
    return _write(form, row)


@blueprint.post("/<key>/forget")
def forget_property(key: str) -> ResponseReturnValue:
    try:
        with transaction():
            properties.forget_property(key, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        flash(sentence_of(error), "error")
        return redirect(url_for("properties.edit_property", key=key), 303)
    if key in {each.key for each in properties.list_leaving()}:
        flash(gettext("The property is gone. Its values are being taken away."), "ok")
    else:
        flash(gettext("The property is gone, with its values."), "ok")
    return redirect(url_for("properties.list_properties"), 303)


def _write(form: PropertyForm, row: Definition | None) -> ResponseReturnValue:
    if form.does(lambda: _save(form, row)):
        flash(gettext("Saved."), "ok")
        return redirect(url_for("properties.list_properties"), 303)
    uses = properties.list_uses().get(row.key, ()) if row else ()
    count = properties.count_values().get(row.key, 0) if row else 0
    return render_template("properties/edit.html", form=form, row=row, uses=uses, count=count), form.status


def _save(form: PropertyForm, row: Definition | None) -> None:
    properties.save_property(
        key=row.key if row else str(form.key.data or "").strip(),
        family=row.family if row else str(form.family.data or "").strip(),
        kind=row.kind if row else PropertyKind(form.kind.data),
        label=str(form.label.data or ""),
        description=str(form.description.data or ""),
        choices=str(form.choices.data or "").splitlines(),
        is_new=row is None,
        by=viewer().actor,
        now=clock.business_now(),
    )
