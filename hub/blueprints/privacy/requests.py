"""Doors of what customers ask about their data: the list by due day, the answer."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.privacy.base import blueprint, done, refused, today
from hub.blueprints.privacy.words import kind_words, state_words
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.identity import requests
from hub.identity.privacy_words import RequestState


@blueprint.get("/requests")
def list_requests() -> ResponseReturnValue:
    """Those that are open, the first due first; or all."""
    is_all = request.args.get("list") == "all"
    state = None if is_all else RequestState.OPEN
    return render_template(
        "privacy/requests.html",
        page=requests.list_requests(state, request.args.get("after"), today=today()),
        is_all=is_all,
        kind_words=kind_words,
        state_words=state_words,
    )


@blueprint.post("/requests/<int:request_id>/answer")
def answer_request(request_id: int) -> ResponseReturnValue:
    """It was done, or it is refused with the reason the customer was told."""
    asked = requests.get_request(request_id, today=today())
    by, now, refusal = viewer().actor, clock.business_now(), request.form.get("refusal", "")
    try:
        with transaction():
            if request.form.get("act") == "refuse":
                requests.refuse_request(request_id, refusal, by=by, now=now)
            else:
                requests.answer_request(request_id, by=by, now=now)
    except (Conflict, Invalid) as error:
        return refused(error, "show_customer", customer_id=asked.customer_id)
    return done(gettext("The request is answered."), "show_customer", customer_id=asked.customer_id)
