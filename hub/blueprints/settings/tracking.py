"""Settings: what is measured of mails (clicks, openings), and the figures of the last 30 days."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, StringField

from hub.blueprints.access import viewer
from hub.blueprints.customer_words import template_words
from hub.blueprints.forms import Form, options
from hub.blueprints.settings.base import blueprint, saved
from hub.content.naming import TemplateName
from hub.core import clock
from hub.core.words import Purpose
from hub.outbox.tracking.changing import change_tracking, get_tracking
from hub.outbox.tracking.policy import TrackingPolicy
from hub.outbox.tracking.queries import count_clicks
from hub.outbox.tracking.words import OpenPolicy

PERIOD = timedelta(days=30)


class TrackingForm(Form):
    has_links = BooleanField(_("Measure clicks"))
    opens = SelectField(_("Measure openings one by one"))
    utm_source = StringField(_("utm_source"))
    utm_medium = StringField(_("utm_medium"))

    def offer(self) -> None:
        self.opens.choices = options(
            (
                (OpenPolicy.CONSENTED, gettext("Of customers who agreed to it")),
                (OpenPolicy.ALL, gettext("Of all customers")),
                (OpenPolicy.OFF, gettext("Of nobody, and no pixel")),
            )
        )

    def policy(self) -> TrackingPolicy:
        return TrackingPolicy(
            has_links=bool(self.has_links.data),
            opens=OpenPolicy(str(self.opens.data)),
            utm_source=(self.utm_source.data or "").strip(),
            utm_medium=(self.utm_medium.data or "").strip(),
        )


@blueprint.route("/tracking", methods=["GET", "POST"])
def tracking() -> ResponseReturnValue:
    form = TrackingForm(obj=get_tracking())
    form.offer()
    if form.does(lambda: change_tracking(form.policy(), by=viewer().actor, now=clock.business_now())):
        return saved("tracking")
    return render_template("settings/tracking.html", form=form, rows=_figures()), form.status


def _figures() -> list[dict[str, object]]:
    found = count_clicks(since=clock.business_now() - PERIOD)
    rows = [
        {
            "what": template_words(TemplateName(key, key), Purpose.SERVICE),
            "sent": count.sent_count,
            "people": count.message_count,
            "clicks": count.click_count,
            "machines": count.machine_count,
        }
        for key, count in sorted(found.items())
    ]
    return [row for row in rows if row["clicks"] or row["machines"]]
