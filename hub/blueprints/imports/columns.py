"""Which column of a file is which field, and what happens to customers who are known: the step before the dry run."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, options
from hub.blueprints.imports import words
from hub.blueprints.imports.base import back as to
from hub.blueprints.imports.base import blueprint, get_shown, refused
from hub.core import clock
from hub.core.errors import Conflict
from hub.core.words import Channel, Purpose
from hub.customers.imports import actions
from hub.customers.imports.choosing import CHANNELS, Choices
from hub.customers.imports.rows import ImportFile
from hub.customers.imports.rules import BOUND
from hub.customers.imports.words import Clash, ImportState

SHOWN = 3
"""How many values of a column are shown."""


class ChoicesForm(Form):
    """What happens to whom is known, and the statement of consent for the whole file."""

    clash = RadioField(_("Customers the base knows already"))
    duplicates = RadioField(_("Customers who stand twice in the file"))
    id_source = StringField(_("System of the customer numbers"), [Length(max=40)])
    purpose = SelectField(_("Consent to what"))
    source = StringField(_("Where they agreed"), [Length(max=100)])
    said_on = DateField(_("When they agreed"), [Optional()])
    wording = TextAreaField(_("By which words"), [Length(max=500)])
    covers_email = BooleanField(_("All of this file agreed to e-mails"))
    covers_sms = BooleanField(_("All of this file agreed to texts"))

    def __init__(self, *given: Any, **values: Any) -> None:
        super().__init__(*given, **values)
        self.clash.choices = options((each.value, words.clash_words(each)) for each in Clash)
        self.duplicates.choices = options((each.value, words.clash_words(each)) for each in Clash)
        self.purpose.choices = options((each.value, gettext(text)) for each, text in words.PURPOSES.items())

    def choices(self, ignored: tuple[str, ...]) -> Choices:
        ticked = {Channel.EMAIL: self.covers_email.data, Channel.SMS: self.covers_sms.data}
        return Choices(
            clash=Clash(self.clash.data),
            duplicates=Clash(self.duplicates.data),
            purpose=Purpose(self.purpose.data),
            source=(self.source.data or "").strip(),
            said_on=self.said_on.data,
            wording=(self.wording.data or "").strip(),
            covers=tuple(each for each in CHANNELS if ticked[each]),
            id_source=(self.id_source.data or "").strip().lower(),
            ignored=ignored,
        )


def choices_form(row: ImportFile) -> ChoicesForm:
    kept = row.choices
    return ChoicesForm(
        clash=kept.clash.value,
        duplicates=kept.duplicates.value,
        id_source=kept.id_source,
        purpose=kept.purpose.value,
        source=kept.source,
        said_on=kept.said_on,
        wording=kept.wording,
        covers_email=Channel.EMAIL in kept.covers,
        covers_sms=Channel.SMS in kept.covers,
    )


@blueprint.get("/<int:import_id>/columns")
def match_columns(import_id: int) -> ResponseReturnValue:
    """Each column with some of its values, and the field it seems to be."""
    one = get_shown(import_id)
    if one["row"].state not in {ImportState.MATCHING, ImportState.CHECKED}:
        return to(import_id)
    return _page(one, choices_form(one["row"]), one["row"].mapping)


@blueprint.post("/<int:import_id>/columns")
def save_columns(import_id: int) -> ResponseReturnValue:
    one = get_shown(import_id)
    row, form = one["row"], choices_form(one["row"])
    mapping = _posted(row)
    by, now = viewer().actor, clock.business_now()
    try:
        is_done = form.does(
            lambda: actions.choose_columns(
                import_id, mapping, form.choices(row.choices.ignored), by=by, now=now
            )
        )
    except Conflict as error:
        return refused(error, import_id)
    return to(import_id) if is_done else (_page(one, form, mapping), form.status)


def _posted(row: ImportFile) -> dict[int, str]:
    fields = {value for value, _label in field_options()}
    given = {place: request.form.get(f"column-{place}", "") for place in range(len(row.headings))}
    return {place: field for place, field in given.items() if field in fields and field}


def field_options() -> list[tuple[str, str]]:
    """What a column may be, the first of them nothing."""
    fields = [
        (name, words.field_words(name)) for name in words.FIELDS if name not in {"preferred_store_id", BOUND}
    ]
    return [("", gettext("Leave out")), *fields, *words.property_options()]


def _page(one: dict[str, Any], form: ChoicesForm, mapping: dict[int, str]) -> str:
    row = one["row"]
    columns = [
        {
            "place": place,
            "heading": heading,
            "field": mapping.get(place, ""),
            "values": [cells[place] for cells in row.samples if place < len(cells) and cells[place].strip()][
                :SHOWN
            ],
        }
        for place, heading in enumerate(row.headings)
    ]
    return render_template(
        "imports/columns.html", one=one, form=form, columns=columns, fields=field_options()
    )
