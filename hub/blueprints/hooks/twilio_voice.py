"""Doors of Twilio's voice webhooks: a call comes in, the store has answered or not, a message was left. Signed, or 403."""

from collections.abc import Callable

from flask import Response
from flask.typing import ResponseReturnValue

from hub.blueprints.hooks.base import blueprint
from hub.blueprints.hooks.twilio import signed_fields
from hub.core import clock
from hub.core.db import transaction
from hub.inbox.actions import phoning


@blueprint.post("/twilio/voice")
def take_call() -> ResponseReturnValue:
    """The store's telephone rings, or a message is asked for; the same CallSid twice is one call."""
    return _answer(phoning.take_call)


@blueprint.post("/twilio/voice/ended")
def take_dial_end() -> ResponseReturnValue:
    """Hang up after a talk; ask for a message when nobody answered."""
    return _answer(phoning.take_dial_end)


@blueprint.post("/twilio/voice/recorded")
def take_recording() -> ResponseReturnValue:
    """Both the end of the recording and the news that it can be fetched."""
    return _answer(phoning.take_recording)


@blueprint.post("/twilio/voice/status")
def take_call_status() -> ResponseReturnValue:
    """204 for whatever is signed, also for what is old news: Twilio tries again on anything else."""
    fields = signed_fields()
    with transaction():
        phoning.take_call_status(fields, now=clock.business_now(), machine_now=clock.machine_now())
    return "", 204


def _answer(act: Callable[..., str]) -> Response:
    """Kept and committed, then answered with what to do next."""
    fields = signed_fields()
    with transaction():
        words = act(fields, now=clock.business_now(), machine_now=clock.machine_now())
    return Response(words, mimetype="text/xml")
