"""Settings: whether customers are asked after a ticket was solved, and how much each role may give to make good."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField
from wtforms.validators import NumberRange

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, required
from hub.blueprints.settings.base import blueprint, saved
from hub.core import clock
from hub.inbox import actions
from hub.inbox.gestures import DEFAULT_CEILINGS, HIGHEST_CENTS
from hub.inbox.queries.gestures import get_ceilings
from hub.inbox.queries.ratings import get_rating_setting
from hub.inbox.ratings import LONGEST_DELAY_HOURS
from hub.stores.queries import get_chain


class RatingForm(Form):
    is_on = BooleanField(_("Ask the customer after a ticket was solved"))
    delay_hours = IntegerField(_("Hours after solving"), [required(), NumberRange(0, LONGEST_DELAY_HOURS)])


class CeilingForm(Form):
    """Whole units of the chain's currency a gesture."""

    agent = IntegerField(_("Agent"), [NumberRange(0, HIGHEST_CENTS // 100)])
    store_manager = IntegerField(_("Store manager"), [NumberRange(0, HIGHEST_CENTS // 100)])
    region_manager = IntegerField(_("Region manager"), [NumberRange(0, HIGHEST_CENTS // 100)])
    head_office = IntegerField(_("Head office"), [NumberRange(0, HIGHEST_CENTS // 100)])
    administrator = IntegerField(_("Administrator"), [NumberRange(0, HIGHEST_CENTS // 100)])


@blueprint.route("/gestures", methods=["GET", "POST"])
def ceilings() -> ResponseReturnValue:
    """Up to how much each role may give alone."""
    form = CeilingForm(data={role.value: cents // 100 for role, cents in get_ceilings().items()})
    if form.does(lambda: _save_ceilings(form)):
        return saved("ceilings")
    return render_template("settings/ceilings.html", form=form, currency=get_chain().currency), form.status


def _save_ceilings(form: CeilingForm) -> None:
    given = {role: (form[role.value].data or 0) * 100 for role in DEFAULT_CEILINGS}
    actions.change_ceilings(given, by=viewer().actor, now=clock.business_now())


@blueprint.route("/after-solving", methods=["GET", "POST"])
def after_solving() -> ResponseReturnValue:
    form = RatingForm(obj=get_rating_setting())
    if form.does(lambda: _save(form)):
        return saved("after_solving")
    return render_template("settings/after_solving.html", form=form), form.status


def _save(form: RatingForm) -> None:
    actions.change_rating_setting(
        is_on=bool(form.is_on.data),
        delay_hours=form.delay_hours.data if form.delay_hours.data is not None else -1,
        by=viewer().actor,
        now=clock.business_now(),
    )
