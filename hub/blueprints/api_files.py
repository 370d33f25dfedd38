"""Doors for machines: files handed in for messages, and files of tickets handed out. Described at openapi.json."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from hub.blueprints.api import blueprint, key_rate, viewer_of_key
from hub.blueprints.downloads import as_download
from hub.blueprints.pages import limiter
from hub.core import clock, files
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.inbox.queries import access_attachment
from hub.inbox.uploads import keep_upload, make_token
from hub.staff.words import ApiScope

WAYS = {"upload": ApiScope.TICKETS_WRITE, "download": ApiScope.TICKETS_READ}


@blueprint.post("/attachments")
@limiter.limit("600/minute", key_func=key_rate)
def upload() -> ResponseReturnValue:
    """`file` of a multipart form; the id is good for a day and for this key."""
    given = request.files.get("file")
    if given is None:
        raise Invalid(N_("Please send the file as the field file of a multipart form."), field="file")
    now = clock.machine_now()
    with transaction():
        kept = keep_upload(given.filename or "", given.read(), machine_now=now)
    token = make_token(kept, owner=key_rate(), machine_now=now)
    shape = {"name": kept.name, "type": kept.media_type, "size": kept.size_bytes, "sha256": kept.sha256}
    return jsonify(attachment={"id": token, **shape}), 201


@blueprint.get("/attachments/<int:attachment_id>")
@limiter.limit("1200/minute", key_func=key_rate)
def download(attachment_id: int) -> ResponseReturnValue:
    """A file of a ticket that the key may see, always as a download."""
    row = access_attachment(attachment_id, viewer_of_key())
    response = Response(files.read(row.sha256), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = as_download(row.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Media-Type"] = row.media_type
    return response
