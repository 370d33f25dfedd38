"""Doors of the first-party script: the script itself, a visited page, and consent withdrawn."""

from flask import Blueprint, Response, abort, g, request, send_from_directory
from flask.typing import ResponseReturnValue

from config import HERE
from hub.blueprints.pages import asset, limiter
from hub.core import clock
from hub.core.db import transaction
from hub.orders.behaviour import noting

blueprint = Blueprint("visits", __name__)
FIVE_MINUTES = 300


@blueprint.before_request
def check_site() -> None:
    """A browser says from which site it asks; another one than those of the list gets no answer."""
    if request.method == "POST":
        g.visits_origin = noting.check_site(request.headers.get("Origin"))


@blueprint.after_request
def let_site_read(response: Response) -> Response:
    """The browser hands the answer to the page of an allowed site only. Nothing is ever set: no cookie."""
    response.headers["Vary"] = "Origin"
    if "visits_origin" in g:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Access-Control-Allow-Origin"] = g.visits_origin
    return response


@blueprint.get("/visits.js")
def script() -> Response:
    """Any site may load it; without the visitor's consent it stores and tells nothing."""
    folder = HERE / "hub" / "static"
    name = asset("visits.js").rpartition("/")[2]
    if not (folder / name).is_file():
        abort(404)
    response = send_from_directory(folder, name, mimetype="text/javascript", max_age=FIVE_MINUTES)
    response.headers["Cache-Control"] = f"public, max-age={FIVE_MINUTES}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.post("/visits/note")
@limiter.limit("120 per minute;3000 per day")
def note() -> ResponseReturnValue:
    """A beacon, which hears no answer; one sent twice is one."""
    form = request.form
    page = noting.Page(
        visitor_id=form.get("visitor", ""),
        kind=form.get("kind", ""),
        sku=form.get("sku", ""),
        family=form.get("family", ""),
        key=form.get("key", ""),
        token=form.get("token", ""),
    )
    with transaction():
        noting.note_page(page, now=clock.business_now())
    return "", 204


@blueprint.post("/visits/forget")
@limiter.limit("30 per minute")
def forget() -> ResponseReturnValue:
    """The visitor withdraws: his browser is known no more."""
    with transaction():
        noting.withdraw(request.form.get("visitor", ""))
    return "", 204
