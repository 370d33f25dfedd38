"""The script of the chat widget, at an address that stays: `<script src=".../chat.js" data-store="lyon" async>`."""

from flask import Response, abort, send_from_directory

from config import HERE
from hub.blueprints.chat.base import blueprint
from hub.blueprints.pages import asset

FIVE_MINUTES = 300


@blueprint.get("/chat.js")
def script() -> Response:
    """Any site may load it; what it asks is answered to the sites of the list only."""
    folder = HERE / "hub" / "static"
    name = asset("chat.js").rpartition("/")[2]
    if not (folder / name).is_file():
        abort(404)
    response = send_from_directory(folder, name, mimetype="text/javascript", max_age=FIVE_MINUTES)
    response.headers["Cache-Control"] = f"public, max-age={FIVE_MINUTES}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
