"""Doors of tracked links and pixels: looking changes nothing but the note that somebody looked."""

import base64

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from hub.blueprints.tracking.base import blueprint
from hub.core import clock
from hub.outbox.tracking.following import Visit, follow_link, load_pixel

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""One transparent point."""


@blueprint.get("/l/<token>")
def follow(token: str) -> ResponseReturnValue:
    """On to the page that the mail named. GET and HEAD are noted with their signals."""
    address = follow_link(token, _visit(), now=clock.business_now())
    return _private(redirect(address, 302))


@blueprint.get("/o/<token>.gif")
def load(token: str) -> ResponseReturnValue:
    """The pixel; it comes whatever the token says."""
    load_pixel(token, _visit(), now=clock.business_now())
    response = make_response(GIF)
    response.content_type = "image/gif"
    return _private(response)


def _visit() -> Visit:
    return Visit(request.method, request.user_agent.string, request.remote_addr)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
