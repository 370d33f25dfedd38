"""Doors that send: a segment is chosen and foreseen, which writes nothing; confirmed, it is sent; a sending is stopped."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone, gettext, lazy_gettext
from wtforms import DateTimeLocalField, SelectField
from wtforms.validators import Optional

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.forms import CheckboxesField, Form, options
from hub.blueprints.questionnaire_sending.base import blueprint, get_wave
from hub.blueprints.questionnaire_sending.words import CHANNELS
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.core.words import Channel
from hub.questionnaires.drafts.queries import get_questionnaire
from hub.questionnaires.drafts.rows import DraftView, is_taking
from hub.questionnaires.sending import actions
from hub.questionnaires.sending.rows import Forecast
from hub.segments.saved.queries import list_names

USUAL_DAYS = 7
DAYS = (2, 3, 5, 7, 10, 14, 21, 30)


class SendForm(Form):
    """Whom to ask, how and when. It comes by the address while it is looked at, and is posted to be sent."""

    segment_id = SelectField(lazy_gettext("Segment"), coerce=int)
    channels = CheckboxesField(
        lazy_gettext("Channels"),
        description=lazy_gettext("With both, who cannot be reached by mail is asked by SMS."),
    )
    starts_at = DateTimeLocalField(
        lazy_gettext("Begins"),
        [Optional()],
        description=lazy_gettext("Empty: at once. Nobody is written to in the quiet hours."),
    )
    reminds_after_days = SelectField(
        lazy_gettext("Reminder"),
        description=lazy_gettext("Once, to those who did not answer."),
    )

    def offer(self) -> "SendForm":
        self.segment_id.choices = options(list_names())
        self.channels.choices = options((each.value, gettext(said)) for each, said in CHANNELS.items())
        days = [(str(each), gettext("after %(days)s days", days=each)) for each in DAYS]
        self.reminds_after_days.choices = options([("0", gettext("nobody is reminded")), *days])
        return self

    def wish(self, now: datetime) -> dict[str, Any]:
        """As the room takes it; what was typed is meant in the reader's time zone."""
        zone, starts_at = ZoneInfo(str(get_timezone() or UTC)), self.starts_at.data
        days = int(self.reminds_after_days.data)
        return {
            "segment_id": self.segment_id.data,
            "channels": [Channel(each) for each in self.channels.data or ()],
            "starts_at": starts_at.replace(tzinfo=zone) if starts_at else now,
            "reminds_after_days": days or None,
        }


@blueprint.get("/<int:questionnaire_id>/invitations/new")
def new(questionnaire_id: int) -> ResponseReturnValue:
    """The form; with a segment in the address also what sending to it would come to now."""
    draft, now = get_questionnaire(questionnaire_id), clock.business_now()
    given = request.args if "segment_id" in request.args else None
    usual = {"channels": [Channel.EMAIL.value], "reminds_after_days": str(USUAL_DAYS)}
    form = SendForm(given, data=usual, meta={"csrf": False}).offer()
    seen = _foresee(draft, form, now) if given is not None else None
    return _page(draft, form, seen)


@blueprint.post("/<int:questionnaire_id>/invitations")
def send(questionnaire_id: int) -> ResponseReturnValue:
    draft, now = get_questionnaire(questionnaire_id), clock.business_now()
    form = SendForm().offer()
    if not form.does(lambda: actions.plan_wave(draft.id, **form.wish(now), by=viewer().actor, now=now)):
        return _page(draft, form, None), form.status
    flash(gettext("The sending is planned: its figures stand here as it goes on."), "ok")
    return redirect(url_for(".list_waves", questionnaire_id=draft.id), 303)


@blueprint.post("/<int:questionnaire_id>/invitations/<int:wave_id>/stop")
def stop(questionnaire_id: int, wave_id: int) -> ResponseReturnValue:
    get_wave(questionnaire_id, wave_id)
    try:
        with transaction():
            actions.stop_wave(wave_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        flash(sentence_of(error), "error")
    else:
        flash(gettext("The sending is stopped; letters that have not left are called back."), "ok")
    return redirect(url_for(".show_wave", questionnaire_id=questionnaire_id, wave_id=wave_id), 303)


def _foresee(draft: DraftView, form: SendForm, now: datetime) -> Forecast | None:
    """None when something is to correct, or the segment cannot be read in time."""
    checked: Any = form
    if not checked.validate():
        return None
    wish = form.wish(now)
    try:
        return actions.foresee(draft.id, segment_id=wish["segment_id"], channels=wish["channels"], now=now)
    except (Invalid, Conflict) as error:
        form.refuse(error)
        return None


def _page(draft: DraftView, form: SendForm, seen: Forecast | None) -> str:
    return render_template(
        "questionnaire_sending/new.html",
        draft=draft,
        form=form,
        seen=seen,
        is_taking=is_taking(draft.state, draft.closes_at, clock.business_now()),
    )
