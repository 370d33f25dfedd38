"""Errors as pages or JSON, in the reader's language, always saying what to do next."""

from collections.abc import Sequence

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from hub.blueprints.access import find_viewer
from hub.core.db import db
from hub.core.errors import HubError, Wrong
from hub.core.text import N_
from hub.core.words import Language

SENTENCES = {
    400: N_("This request could not be read. Please go back and try again."),
    401: N_("Please give a valid key."),
    403: N_("You do not have access to this page. Ask an administrator if you need it."),
    404: N_("This page does not exist, or you do not have access to it."),
    405: N_("This address does not accept that kind of request."),
    409: N_("Somebody else was faster. Please reload the page."),
    410: N_("This link has expired. Please ask for a new one."),
    413: N_("This file is too large. Please send a smaller one."),
    415: N_("Please send JSON with the header Content-Type: application/json."),
    422: N_("Some fields need a correction."),
    429: N_("Too many requests in a short time. Please wait a moment and try again."),
    500: N_("Something went wrong on our side. Please try again; if it persists, tell your administrator."),
    503: N_("The service is not available for the moment. Please try again in a few seconds."),
}
ODD_VALUE = N_("This address or text holds a character or number that cannot be used. Please check it.")
CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    410: "gone",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "server_error",
    503: "unavailable",
}
WITH_RAIL = frozenset({403, 404, 405, 409, 410})
"""What says nothing of the state of the database: whoever is signed in keeps the menu."""
RETRY_AFTER = {429: "60", 503: "5"}
"""Seconds after which to come back: our limits count by the minute at least."""


def sentence_of(error: HubError) -> str:
    """The error's sentence in the reader's language, its values filled in after translation."""
    return str(gettext(error.text, **error.values) if error.values else gettext(error.text))


def register(app: Flask) -> None:
    app.register_error_handler(HubError, on_hub_error)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(OperationalError, on_database_error)
    app.register_error_handler(DataError, on_odd_value)
    app.register_error_handler(UnicodeEncodeError, on_odd_value)
    app.register_error_handler(500, on_server_error)


def on_hub_error(error: HubError) -> ResponseReturnValue:
    return _respond(error.status, error.code, sentence_of(error), field=error.field, fields=error.fields)


def on_csrf_error(_error: CSRFError) -> ResponseReturnValue:
    return _respond(
        400, "stale_page", gettext("This page was open for too long. Please reload it and try again.")
    )


def on_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None and status < 400:  # noqa: PLR2004 - a redirect raised by the router
        return error.response
    return _respond(status, CODES.get(status, "error"), gettext(SENTENCES.get(status, SENTENCES[500])))


def on_database_error(_error: OperationalError) -> ResponseReturnValue:
    """PostgreSQL restarts: the reader is told to come back, by a page that asks the database for nothing."""
    g.is_database_away = True
    g.language = request.accept_languages.best_match(list(Language)) or Language.FRENCH
    return _respond(503, "unavailable", gettext(SENTENCES[503]))


def on_odd_value(_error: Exception) -> ResponseReturnValue:
    """A number beyond what a row can hold, a NUL or half a character: nothing of ours has such a value."""
    db.session.rollback()
    return _respond(422, "invalid", gettext(ODD_VALUE))


def on_server_error(_error: Exception) -> ResponseReturnValue:
    return _respond(500, "server_error", gettext(SENTENCES[500]))


def wants_json() -> bool:
    return request.path.startswith("/api/") or (
        request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    )


def _respond(
    status: int, code: str, sentence: str, *, field: str | None = None, fields: Sequence[Wrong] = ()
) -> ResponseReturnValue:
    headers = {"Retry-After": RETRY_AFTER[status]} if status in RETRY_AFTER else {}
    if wants_json():
        body: dict[str, object] = {"code": code, "message": sentence}
        if field:
            body["field"] = field
        if fields:
            body["fields"] = [{"field": each.field, "message": each.words} for each in fields]
        return jsonify(error=body), status, headers
    if request.headers.get("HX-Request") == "true":
        return render_template("errors/_fragment.html", sentence=sentence, status=status), status, headers
    g.is_error = True
    has_rail = status in WITH_RAIL and find_viewer() is not None
    page = render_template("errors/page.html", sentence=sentence, status=status, has_rail=has_rail)
    return page, status, headers
