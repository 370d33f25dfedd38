"""Settings: who is warned of late replies, whether customers hear of a delay, and stores nobody looks after."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext, ngettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import Optional

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form
from hub.blueprints.settings.base import blueprint, saved
from hub.core import clock
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox import actions, queries
from hub.inbox.queries import StoreAlertRow
from hub.inbox.words import Audience


class AlertsForm(Form):
    """One share of the target a step; an empty one warns nobody."""

    assignee = IntegerField(_("Whoever has the ticket, at percent"), [Optional()])
    store_manager = IntegerField(_("Managers of the store, at percent"), [Optional()])
    region_manager = IntegerField(_("Managers of the region, at percent"), [Optional()])
    has_delay_notice = BooleanField(_("Tell the customer when the reply is late"))
    tells_unattended = BooleanField(
        _("Mail the people of a store in which customers wait and nobody is signed in")
    )

    def percents(self) -> dict[str, int | None]:
        return {audience.value: self[audience.value].data for audience in Audience}


class StoreAlertForm(Form):
    """Recipients stand one a line."""

    is_on = BooleanField(_("Tell somebody when customers wait and nobody is signed in"))
    after = IntegerField(_("A customer has waited for (opening minutes)"), [Optional()])
    idle = IntegerField(_("Nobody of the store was active for (minutes)"), [Optional()])
    mails = TextAreaField(_("Mail addresses"))
    phones = TextAreaField(_("Mobile numbers"))


@blueprint.route("/alerts", methods=["GET", "POST"])
def alerts() -> ResponseReturnValue:
    policy = queries.get_alert_policy()
    kept: dict[str, Any] = {audience.value: policy.percent_of(audience) for audience in Audience}
    kept |= {"has_delay_notice": policy.has_delay_notice, "tells_unattended": queries.is_usually_alerted()}
    form = AlertsForm(data=kept)
    if form.does(lambda: _change(form)):
        return saved("alerts")
    rows = [_row(row) for row in queries.list_store_alerts()]
    return render_template("settings/alerts.html", form=form, rows=rows), form.status


def _change(form: AlertsForm) -> None:
    actions.change_alert_policy(
        percents=form.percents(),
        has_delay_notice=bool(form.has_delay_notice.data),
        tells_unattended=bool(form.tells_unattended.data),
        by=viewer().actor,
        now=clock.business_now(),
    )


@blueprint.route("/alerts/central", methods=["GET", "POST"])
def central_alert() -> ResponseReturnValue:
    """What the head office hears of its own queue."""
    return _choose(None)


@blueprint.route("/alerts/<int:store_id>", methods=["GET", "POST"])
def store_alert(store_id: int) -> ResponseReturnValue:
    return _choose(store_id)


def _choose(store_id: int | None) -> ResponseReturnValue:
    row = next((each for each in queries.list_store_alerts() if each.store_id == store_id), None)
    if row is None:
        raise NotFound(N_("This store does not exist. Please choose another one."))
    form = StoreAlertForm(data=_kept(row))
    if form.does(lambda: _change_store(form, store_id)):
        return saved("alerts")
    return render_template(
        "settings/store_alert.html", form=form, name=_name(row), href=_href(row)
    ), form.status


def _kept(row: StoreAlertRow) -> dict[str, Any]:
    return {
        "is_on": row.is_on,
        "after": row.after_minutes,
        "idle": row.idle_minutes,
        "mails": "\n".join(row.mails),
        "phones": "\n".join(row.phones),
    }


def _name(row: StoreAlertRow) -> str:
    return row.store_name or str(gettext("Central queue"))


def _href(row: StoreAlertRow) -> str:
    if row.store_id is None:
        return url_for("settings.central_alert")
    return url_for("settings.store_alert", store_id=row.store_id)


def _change_store(form: StoreAlertForm, store_id: int | None) -> None:
    actions.change_store_alert(
        store_id=store_id,
        is_on=bool(form.is_on.data),
        after_minutes=form.after.data or 0,
        idle_minutes=form.idle.data or 0,
        mails=str(form.mails.data or "").split(),
        phones=filter(None, map(str.strip, str(form.phones.data or "").splitlines())),
        by=viewer().actor,
        now=clock.business_now(),
    )


def _row(row: StoreAlertRow) -> dict[str, object]:
    return {
        "href": _href(row),
        "store": _name(row),
        "state": _state(row),
        "recipients": _recipients(row) if row.is_on else "–",
        "told": format_datetime(row.told_at, "short") if row.told_at else "–",
    }


def _state(row: StoreAlertRow) -> str:
    if not row.is_on:
        return str(gettext("off"))
    return str(gettext("after %(after)s min", after=row.after_minutes))


def _recipients(row: StoreAlertRow) -> str:
    mails = (
        ngettext("%(num)s mail address", "%(num)s mail addresses", len(row.mails))
        if row.mails
        else gettext("everybody of the store by mail")
        if row.store_id is not None
        else gettext("everybody of the head office by mail")
    )
    phones = ngettext("%(num)s number", "%(num)s numbers", len(row.phones)) if row.phones else ""
    return ", ".join(filter(None, (mails, phones)))
