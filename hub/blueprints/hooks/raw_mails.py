"""Door for raw mails from a provider: signed, kept, committed, then 202. docs/operations.md says how to point one at it."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from hub.blueprints.hooks.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import TooLarge
from hub.core.text import N_
from hub.mailroom.drops import Posted, note_too_large, take_raw


@blueprint.post("/raw-mail/<key>")
def take_raw_mail(key: str) -> ResponseReturnValue:
    """202 when it is kept, also the second time; 401 unproven, 413 above the limit: nothing of these is kept."""
    try:
        raw = request.get_data()
    except RequestEntityTooLarge:
        with transaction():
            note_too_large(key, now=clock.business_now())
        raise TooLarge(N_("The mail is larger than the limit.")) from None
    headers = request.headers
    posted = Posted(key, raw, headers.get("X-Timestamp", ""), headers.get("X-Signature", ""))
    with transaction():
        kept = take_raw(posted, now=clock.business_now(), machine_now=clock.machine_now())
    if kept is None:
        return jsonify(code="unproven", message="The signature is wrong, missing or too old."), 401
    return jsonify(arrival=kept.arrival_id, is_new=kept.is_new), 202
