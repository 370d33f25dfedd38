"""Doors of the mail providers' webhooks: SES through SNS, Mailgun, Brevo, Postmark. Each proves itself or gets 403."""

from flask import request
from flask.typing import ResponseReturnValue

from hub.blueprints.hooks.base import blueprint
from hub.core.errors import TooLarge
from hub.core.text import N_
from hub.outbox.provider_hooks import HookRequest, receive

MAX_BYTES = 1024 * 1024


@blueprint.post("/mail/<provider>")
def take_mail_events(provider: str) -> ResponseReturnValue:
    """204 for what was kept, also the second time; 403 unproven, 404 not set up, 422 unreadable, 503 try again."""
    if (request.content_length or 0) > MAX_BYTES:
        raise TooLarge(N_("The request is too large."))
    headers = {name.lower(): value for name, value in request.headers.items()}
    receive(provider, HookRequest(request.get_data(), headers, request.remote_addr))
    return "", 204
