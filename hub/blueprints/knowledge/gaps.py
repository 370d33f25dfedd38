"""Door of the gaps: what was searched in vain, as the editors' work list."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from hub.blueprints.knowledge.base import blueprint
from hub.core import clock
from hub.knowledge import queries

DAYS = 90


@blueprint.get("/gaps")
def list_gaps() -> ResponseReturnValue:
    gaps = queries.list_gaps(since=clock.business_now() - timedelta(days=DAYS))
    return render_template("knowledge/gaps.html", gaps=gaps, days=DAYS)
