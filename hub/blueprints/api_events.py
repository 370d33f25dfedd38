"""The door for the chain's own events. Described at openapi.json."""

from flask import g, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.api import blueprint, key_rate, read_json
from hub.blueprints.api_behaviour_shapes import fields_of
from hub.blueprints.api_events_shapes import event_shape
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.db import transaction
from hub.orders.own_events.actions import take_own_event
from hub.staff.words import ApiScope

WAYS = {"take_own_event": ApiScope.EVENTS_WRITE}


@blueprint.post("/events", endpoint="take_own_event")
@limiter.limit("6000/minute", key_func=key_rate)
def events() -> ResponseReturnValue:
    """Idempotent; a refused event is kept with its reason and answered with 422."""
    with transaction():
        taken = take_own_event(read_json(), source=f"api:{g.api_key.id}", now=clock.business_now())
    if taken.event is None:
        sentence = gettext(
            "The event was kept but could not be taken. Please correct the fields named, then send it again."
        )
        return jsonify(error={"code": "invalid", "message": sentence, "fields": fields_of(taken.errors)}), 422
    return jsonify(outcome=taken.outcome.value, event=event_shape(taken.event))
