"""Visits of the sites: on or off, which sites, how long they are kept, and the line to put into the pages."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, TextAreaField

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, required
from hub.blueprints.products.base import blueprint
from hub.core import clock, site
from hub.orders.behaviour.queries import count_visits, get_setup
from hub.orders.behaviour.setting import change_behaviour


class VisitsForm(Form):
    is_on = BooleanField(_("Note visits, after the visitor agreed"))
    sites = TextAreaField(_("Sites that note visits, one a line"))
    keep_days = IntegerField(_("Keep visits for (days)"), validators=[required()])
    late_days = IntegerField(_("An older order starts no plan (days)"), validators=[required()])
    basket_days = IntegerField(_("The shop clears a basket after (days)"), validators=[required()])


@blueprint.get("/visits")
def show_visits() -> ResponseReturnValue:
    setup = get_setup()
    given = {
        "is_on": setup.is_on,
        "sites": "\n".join(setup.sites),
        "keep_days": setup.keep_days,
        "late_days": setup.late_days,
        "basket_days": setup.basket_days,
    }
    return _page(VisitsForm(formdata=None, data=given))


@blueprint.post("/visits")
def save_visits() -> ResponseReturnValue:
    form = VisitsForm()
    if not form.does(lambda: _change(form)):
        return _page(form), form.status
    flash(gettext("Saved."), "ok")
    return redirect(url_for("products.show_visits"), 303)


def _change(form: VisitsForm) -> None:
    change_behaviour(
        is_on=bool(form.is_on.data),
        sites=(form.sites.data or "").splitlines(),
        keep_days=int(form.keep_days.data or 0),
        late_days=int(form.late_days.data or 0),
        basket_days=int(form.basket_days.data or 0),
        by=viewer().actor,
        now=clock.business_now(),
    )


def _page(form: VisitsForm) -> str:
    base = site.base_url()
    lines = (
        f'<script src="{base}/visits.js" data-kind="product" data-sku="SKU" async></script>',
        "comptoir.consent(true)",
        '(window.comptoir ||= []).push(["consent", true])',
        "comptoir.visitor()",
    )
    return render_template("products/visits.html", form=form, lines=lines, count=count_visits())
