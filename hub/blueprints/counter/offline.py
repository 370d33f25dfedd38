"""What keeps the tablet going without a network: the page's service worker, and a fresh token when it is back."""

import hashlib
import json

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from config import HERE
from hub.blueprints.counter.base import blueprint
from hub.blueprints.pages import asset

WORKER = "counter-worker.js"
KEPT = ("app.css", "counter.js", "icons.svg", "favicon.svg")
"""What the page needs of the built assets."""


@blueprint.get("/worker.js")
def worker() -> ResponseReturnValue:
    """The service worker, with the names of this version's assets in front: any other version is another worker."""
    built = asset(WORKER).rpartition("/")[2]
    text = (HERE / "hub" / "static" / built).read_text(encoding="utf-8")
    assets = [asset(name) for name in KEPT]
    version = hashlib.sha256("\n".join([built, *assets]).encode()).hexdigest()[:12]
    head = f"const KEPT = {json.dumps(assets)}, VERSION = {json.dumps(version)};\n"
    response = Response(head + text, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/token")
def token() -> ResponseReturnValue:
    """Before the tablet sends what it kept: a token of the session that is logged in there."""
    return jsonify(token=generate_csrf())
