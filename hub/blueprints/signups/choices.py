"""Doors of what customers may choose: the themes of the offers, the sites that show our forms, why people leave."""

from collections.abc import Callable
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.contact.preference_page import reason_words
from hub.blueprints.errors import sentence_of
from hub.blueprints.signups.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.customers import leaving, themes
from hub.customers.themes import MOST_THEMES, Theme
from hub.signups import sites
from hub.stores.queries import get_chain

LOOK_BACK = timedelta(days=90)
EMPTY_ROWS = 2


@blueprint.get("/choices")
def choices() -> ResponseReturnValue:
    """What customers may choose on their preferences page, and what they say when they leave."""
    chain, since = get_chain(), clock.business_now() - LOOK_BACK
    kept = themes.read_themes(chain.settings)
    blank = min(EMPTY_ROWS, MOST_THEMES - len(kept))
    return render_template(
        "signups/choices.html",
        themes=[*kept, *(Theme("", "", "") for _ in range(blank))],
        sites=chain.settings.get(sites.SETTING, {}).get("sites", []),
        own=sites.read_sites({}, chain.website_url or ""),
        reasons=leaving.count_leaving(since=since),
        remarks=leaving.list_leaving_remarks(since=since),
        words=reason_words(),
    )


@blueprint.post("/choices/themes")
def save_themes() -> ResponseReturnValue:
    """The whole list; a theme without names goes."""
    names = zip(
        request.form.getlist("key"), request.form.getlist("fr"), request.form.getlist("en"), strict=False
    )
    given = [Theme(*each) for each in names]
    return _saved(lambda: themes.change_themes(given, by=viewer().actor, now=clock.business_now()))


@blueprint.post("/choices/sites")
def save_sites() -> ResponseReturnValue:
    """One site a line."""
    given = request.form.get("sites", "").splitlines()
    return _saved(lambda: sites.change_sites(given, by=viewer().actor, now=clock.business_now()))


def _saved(act: Callable[[], None]) -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except Invalid as error:
        flash(sentence_of(error), "error")
    else:
        flash(gettext("Saved."), "ok")
    return redirect(url_for("signups.choices"))
