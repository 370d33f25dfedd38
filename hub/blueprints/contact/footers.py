"""Looking at a link below a mail is noted: surveys learn from it who fetches every link."""

from flask import request

from hub.blueprints.contact.base import blueprint
from hub.blueprints.touching import source_of_request
from hub.core import clock
from hub.surveys.actions import note_footer_touch
from hub.surveys.words import TouchMethod

FOOTERS = {"contact.unsubscribe": "unsubscribe", "contact.show": "preferences"}


@blueprint.before_request
def note_footer() -> None:
    """GET and HEAD only; a form that is sent was read by somebody."""
    link = FOOTERS.get(request.endpoint or "")
    if link is not None and request.method in set(TouchMethod) - {TouchMethod.POST}:
        note_footer_touch(
            link,
            method=TouchMethod(request.method),
            source=source_of_request(),
            now=clock.business_now(),
            machine_now=clock.machine_now(),
        )
