"""Door of what was learnt of mail filters: by mail domain, never by person."""

from flask import render_template
from flask.typing import ResponseReturnValue

from hub.blueprints.surveys.base import blueprint
from hub.surveys import rules
from hub.surveys.domains import list_domains as find_domains


@blueprint.get("/domains")
def list_domains() -> ResponseReturnValue:
    """The domain most often touched comes first."""
    return render_template("surveys/domains.html", rows=find_domains(), least=rules.LEAST_OF_DOMAIN)
