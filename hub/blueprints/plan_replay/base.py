"""The blueprint of the replay, and the form that asks for one."""

from collections.abc import Mapping
from typing import ClassVar

from flask import Blueprint
from flask_babel import lazy_gettext
from wtforms import DecimalField, IntegerField, SelectField
from wtforms.validators import InputRequired, Optional

from hub.blueprints.forms import Form, options, required
from hub.blueprints.plan_replay.words import version_words
from hub.plans.replay.queries import list_versions
from hub.plans.replay.words import Reaction

blueprint = Blueprint("plan_replay", __name__)
USUAL_DAYS = 90
PERCENT = 100


class ReplayForm(Form):
    """Shares are typed in as percentages; an empty one is taken from what was seen."""

    meant: ClassVar[Mapping[str, str]] = {}
    version = SelectField(lazy_gettext("Version"), coerce=int, validators=[required()])
    days = IntegerField(lazy_gettext("Days of the past"), default=USUAL_DAYS, validators=[InputRequired()])
    opened = DecimalField(lazy_gettext("Mails opened, in percent"), validators=[Optional()])
    clicked = DecimalField(lazy_gettext("Mails clicked in, in percent"), validators=[Optional()])
    answered = DecimalField(lazy_gettext("Surveys answered, in percent"), validators=[Optional()])

    @property
    def rates(self) -> dict[Reaction, float]:
        """Those that were typed in, as shares."""
        typed = {kind: self._fields[kind.value].data for kind in Reaction}
        return {kind: float(value) / PERCENT for kind, value in typed.items() if value is not None}


def open_form(plan_key: str) -> ReplayForm:
    """With the versions of the plan, the draft first."""
    form = ReplayForm()
    form.version.choices = options((each.id, version_words(each)) for each in list_versions(plan_key))
    return form
