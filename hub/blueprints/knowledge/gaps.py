"""Door of the gaps: what was searched in vain, as the editors' work list."""

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.knowledge.base import blueprint
from hub.core import clock
from hub.knowledge import queries

DAYS = 90
LONGEST_ABOUT = 1_000


@blueprint.get("/gaps")
def list_gaps() -> ResponseReturnValue:
    """All, or those about some words between commas, as a theme of comments hands them over."""
    typed = request.args.get("about", "")[:LONGEST_ABOUT]
    about = [words for words in map(str.strip, typed.split(",")) if words]
    gaps = queries.list_gaps(since=clock.business_now() - timedelta(days=DAYS), about=about)
    return render_template("knowledge/gaps.html", gaps=gaps, days=DAYS, about=", ".join(about))
