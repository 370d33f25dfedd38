"""Doors of the terms of retention: the list with its log, a dry run, the switch."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.privacy.base import blueprint, done, refused, whole
from hub.blueprints.privacy.words import table_words
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.identity import retention
from hub.identity.terms import LONGEST_MONTHS, SHORTEST_MONTHS


@blueprint.get("/")
def show_retention() -> ResponseReturnValue:
    """Each kind of data with its term, and what was removed lately."""
    return render_template("privacy/retention.html", terms=retention.list_terms(), runs=retention.list_runs())


@blueprint.get("/retention/<key>")
def try_term(key: str) -> ResponseReturnValue:
    """The dry run: what would go with so many months."""
    term = retention.get_term(key)
    asked = whole(request.args.get("months", ""))
    months = asked if SHORTEST_MONTHS <= asked <= LONGEST_MONTHS else term.months
    found = retention.try_term(key, months, now=clock.business_now())
    return render_template(
        "privacy/term.html", term=term, months=months, found=found, table_words=table_words
    )


@blueprint.post("/retention/<key>")
def save_term(key: str) -> ResponseReturnValue:
    months, is_on = whole(request.form.get("months", "")), request.form.get("is_on") == "1"
    try:
        with transaction():
            retention.set_term(key, months=months, is_on=is_on, by=viewer().actor, now=clock.business_now())
    except Invalid as error:
        return refused(error, "try_term", key=key)
    return done(gettext("Saved."), "show_retention")
