"""Doors of what the form asks: the points a customer says yes, partly or no to."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.reviews.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.reviews import points
from hub.stores.queries import get_chain


@blueprint.get("/points")
def edit_points() -> ResponseReturnValue:
    known = points.read_points(get_chain().settings)
    return _show([(point.fr, point.en) for point in known])


@blueprint.post("/points")
def save_points() -> ResponseReturnValue:
    """All at once; without any the usual ones come back."""
    given = list(zip(request.form.getlist("fr"), request.form.getlist("en"), strict=False))
    known = points.read_points(get_chain().settings)
    try:
        with transaction():
            points.change_points(given, known=known, by=viewer().actor, now=clock.business_now())
    except Invalid as error:
        return _show(given, notice=sentence_of(error)), 422
    flash(gettext("The questions of the form are saved."), "ok")
    return redirect(url_for("reviews.edit_points"), 303)


def _show(lines: list[tuple[str, str]], *, notice: str = "") -> str:
    empty = [("", "")] * (points.MOST_POINTS - len(lines))
    return render_template("reviews/points.html", lines=[*lines, *empty], notice=notice)
