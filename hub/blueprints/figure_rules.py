"""Doors of the alert rules: which figures are watched, from which threshold on, and who is told."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import Optional

from hub.blueprints.access import Door, viewer
from hub.blueprints.figure_rule_words import TELLS, WATCHED, lines_of
from hub.blueprints.forms import CheckboxesField, Form, ids, options
from hub.core import clock
from hub.core.db import transaction
from hub.staff.words import Permission
from hub.statistics.alerts import actions, queries
from hub.statistics.alerts.actions import Wish
from hub.statistics.words import Told, Watched
from hub.stores.queries import list_regions, list_stores

blueprint = Blueprint("figure_rules", __name__)
DOOR = Door(blueprint, "/statistics/alerts", Permission.READ_STATISTICS)


class RuleForm(Form):
    """Stores and people of the reader only; a region for those who see all stores."""

    watched = SelectField(_("What is watched"))
    threshold = IntegerField(_("Threshold"), [Optional()])
    region = SelectField(_("Region"))
    stores = CheckboxesField(_("Stores"))
    is_each_store = BooleanField(_("Watch each store by itself"))
    tells = CheckboxesField(_("Whom to tell"))

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        scope = viewer().scope
        stores = list_stores(store_ids=None if scope.is_everything else scope.store_ids)
        tells = [each for each in Told if scope.is_everything or each is not Told.HEAD_OFFICE]
        self.watched.choices = options((each.value, gettext(WATCHED[each])) for each in Watched)
        if scope.is_everything:
            regions = [(region.id, region.name) for region in list_regions()]
            self.region.choices = options([("", gettext("No region")), *regions])
        else:
            del self.region
        self.stores.choices = options((store.id, store.name) for store in stores)
        self.tells.choices = options((each.value, gettext(TELLS[each])) for each in tells)

    def wish(self) -> Wish:
        region = ids([self.region.data]) if self.region and self.region.data else ()
        return Wish(
            watched=Watched(self.watched.data),
            threshold=self.threshold.data,
            region_id=region[0] if region else None,
            store_ids=ids(self.stores.data or ()),
            is_each_store=bool(self.is_each_store.data),
            tells=[Told(each) for each in self.tells.data or ()],
        )


@blueprint.get("")
def list_rules() -> ResponseReturnValue:
    me = viewer()
    found = queries.list_rules(me)
    may_change = [queries.may_change(row, me) for row in found]
    rows = list(zip(found, lines_of(found), may_change, strict=True))
    return render_template("statistics/alert_rules.html", rows=rows)


@blueprint.route("/new", methods=["GET", "POST"])
def new_rule() -> ResponseReturnValue:
    return _edit(None, {"tells": [Told.AUTHOR.value], "threshold": 20})


@blueprint.route("/<int:rule_id>", methods=["GET", "POST"])
def edit_rule(rule_id: int) -> ResponseReturnValue:
    row = queries.access_rule(rule_id, viewer())
    kept = {
        "watched": row.watched.value,
        "threshold": row.threshold,
        "region": str(row.region_id or ""),
        "stores": [str(store_id) for store_id in row.store_ids],
        "is_each_store": row.is_each_store,
        "tells": [each.value for each in row.tells],
    }
    return _edit(rule_id, kept)


@blueprint.post("/<int:rule_id>/on")
def switch_on(rule_id: int) -> ResponseReturnValue:
    return _switch(rule_id, is_on=True)


@blueprint.post("/<int:rule_id>/off")
def switch_off(rule_id: int) -> ResponseReturnValue:
    return _switch(rule_id, is_on=False)


def _switch(rule_id: int, *, is_on: bool) -> ResponseReturnValue:
    with transaction():
        actions.switch_rule(rule_id, is_on=is_on, viewer=viewer(), now=clock.business_now())
    return redirect(url_for("figure_rules.list_rules"), 303)


def _edit(rule_id: int | None, kept: dict[str, Any]) -> ResponseReturnValue:
    form, now = RuleForm(data=kept), clock.business_now()
    if form.does(lambda: actions.save_rule(rule_id, form.wish(), viewer=viewer(), now=now)):
        flash(gettext("Saved. The rule is looked at every quarter of an hour."), "ok")
        return redirect(url_for("figure_rules.list_rules"), 303)
    return render_template("statistics/alert_rule.html", form=form, rule_id=rule_id), form.status
