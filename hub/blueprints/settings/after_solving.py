"""Settings: whether customers are asked after a ticket was solved, and when."""

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
from hub.inbox.queries.ratings import get_rating_setting
from hub.inbox.ratings import LONGEST_DELAY_HOURS


class RatingForm(Form):
    is_on = BooleanField(_("Ask the customer after a ticket was solved"))
    delay_hours = IntegerField(_("Hours after solving"), [required(), NumberRange(0, LONGEST_DELAY_HOURS)])


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
