"""Doors of the definitions: every threshold of stages, RFM, churn score and target, as the chain means them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, IntegerField, SelectField
from wtforms.validators import InputRequired, Optional

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, options
from hub.blueprints.values.base import blueprint, segment_word
from hub.core import clock
from hub.segments.values.defining import change_definitions, get_definitions
from hub.segments.values.rules import LIMITS, SCORES, Definitions
from hub.segments.values.words import RfmSegment

GROUPS: tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...] = (
    (_("Stages"), (
        ("new_days", _("New: first order under … days ago")),
        ("regular_orders", _("Regular: from … orders in 12 months")),
        ("lapsed_months", _("Lapsed: no order for … months")),
        ("former_months", _("Former: no order for … months")),
        ("ambassador_percent", _("Ambassador: top … % by net value of 12 months")),
        ("ambassador_orders", _("Ambassador: from … orders in all")),
    )),
    (_("Churn score"), (
        ("week_points", _("Points a week beyond the purchase cycle")),
        ("cycle_customers", _("A segment has a cycle from … customers with one of their own")),
        ("cycle_days", _("Cycle in days while nobody has one")),
        ("mail_points", _("Points when the last mails were not read")),
        ("mail_count", _("Last mails looked at")),
        ("mail_percent", _("Not read: under … % of them")),
        ("visit_points", _("Points for a visit to the returns or account-closing pages")),
        ("visit_days", _("Visits count for … days")),
        ("rescue_below", _("Churn rescue below … points")),
        ("call_below", _("Call from the store below … points")),
        ("high_value_percent", _("High lifetime value: top … %")),
        ("observed_days", _("Observed churn: no order within … days")),
    )),
    (_("RFM"), (("window_months", _("Orders of the last … months")),)),
    (_("Target"), (
        ("target_percent", _("Value per customer: + … %")),
        ("target_months", _("within … months")),
    )),
)  # fmt: skip
CELLS = [(row, column) for row in range(SCORES) for column in range(SCORES)]


class DefinitionsForm(Form):
    """A number for each definition is added below, and a choice for each cell of the map: `cell_0_0` is R 5, (F+M)/2 1."""

    mails_of_all = BooleanField(_("Clicks alone are enough to judge a customer's mails"))
    target_from_on = DateField(
        _("The target starts on (the first of a month; empty: it goes along with today)"), [Optional()]
    )

    def offer(self) -> None:
        for row, column in CELLS:
            self[cell_of(row, column)].choices = options(
                (each.value, segment_word(each)) for each in RfmSegment
            )

    def definitions(self) -> Definitions:
        return replace(
            get_definitions(),
            **{name: self[name].data for name in LIMITS},
            mails_of_all=bool(self.mails_of_all.data),
            target_from_on=_first_of(self.target_from_on.data),
            rfm_map=tuple(
                tuple(RfmSegment(self[cell_of(row, column)].data) for column in range(SCORES))
                for row in range(SCORES)
            ),
        )


def cell_of(row: int, column: int) -> str:
    return f"cell_{row}_{column}"


def _first_of(day: date | None) -> date | None:
    return day.replace(day=1) if day else None


def _add_fields() -> None:
    for _title, fields in GROUPS:
        for name, label in fields:
            setattr(
                DefinitionsForm, name, IntegerField(label, [InputRequired(_("Please give a whole number."))])
            )
    for row, column in CELLS:
        label = _("R %(r)s, (F+M)/2 %(fm)s", r=SCORES - row, fm=column + 1)
        setattr(DefinitionsForm, cell_of(row, column), SelectField(label))


_add_fields()


@blueprint.get("/definitions")
def show_definitions() -> ResponseReturnValue:
    form = DefinitionsForm(data=_data(get_definitions()))
    form.offer()
    return _page(form)


@blueprint.post("/definitions")
def save_definitions() -> ResponseReturnValue:
    form = DefinitionsForm()
    form.offer()
    if not form.does(
        lambda: change_definitions(form.definitions(), by=viewer().actor, now=clock.business_now())
    ):
        return _page(form), form.status
    flash(gettext("Saved. The coming night computes everything by them; an order does so at once."), "ok")
    return redirect(url_for("values.show_definitions"), 303)


def _data(by: Definitions) -> Mapping[str, Any]:
    cells = {cell_of(row, column): by.rfm_map[row][column].value for row, column in CELLS}
    plain = {name: getattr(by, name) for name in (*LIMITS, "mails_of_all", "target_from_on")}
    return plain | cells


def _page(form: DefinitionsForm) -> str:
    return render_template(
        "values/definitions.html",
        form=form,
        groups=GROUPS,
        cell_of=cell_of,
        scale=range(SCORES),
        limits=LIMITS,
    )
