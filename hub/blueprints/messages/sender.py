"""Door of the sender's set-up: who mails come from, the records to publish, and what DNS says of them."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.messages.base import blueprint
from hub.blueprints.messages.words import fault_words, finding_words, topic_words
from hub.outbox.sender_checks import get_sender
from hub.staff.words import Permission


@blueprint.get("/sender")
def show_sender() -> ResponseReturnValue:
    """DNS is asked when the button says so, never by opening the page."""
    return render_template(
        "messages/sender.html",
        sender=get_sender(is_checked="check" in request.args),
        topic_words=topic_words,
        finding_words=finding_words,
        fault_words=fault_words,
        may_edit_chain=viewer().may(Permission.EDIT_SETTINGS),
    )
