"""Webhooks in the reader's words: events, states, and why a call was not taken."""

from flask_babel import gettext

from hub.core.text import N_
from hub.webhooks.words import WebhookEvent, WebhookState

EVENTS: dict[WebhookEvent, str] = {
    WebhookEvent.TICKET_OPENED: N_("A ticket was opened"),
    WebhookEvent.CUSTOMER_WROTE: N_("A customer wrote again"),
    WebhookEvent.TICKET_REPLIED: N_("A person replied"),
    WebhookEvent.REPLY_UNDONE: N_("A reply was taken back"),
    WebhookEvent.TICKET_SOLVED: N_("A ticket was solved"),
    WebhookEvent.TICKET_REOPENED: N_("A ticket was reopened"),
    WebhookEvent.TICKET_TRANSFERRED: N_("A ticket was transferred"),
    WebhookEvent.SURVEY_ANSWERED: N_("A survey was answered"),
    WebhookEvent.ANSWER_CHANGED: N_("The words of an answer changed"),
    WebhookEvent.ANSWER_WITHDRAWN: N_("An answer counts no more, and no other one does"),
    WebhookEvent.QUESTIONNAIRE_ANSWERED: N_("A questionnaire was answered"),
    WebhookEvent.MESSAGE_TO_DELIVER: N_("A reply is to be delivered on a social network"),
    WebhookEvent.MESSAGE_BOUNCED: N_("A message came back"),
    WebhookEvent.CONSENT_CHANGED: N_("A consent changed"),
    WebhookEvent.TEST: N_("A test"),
}
STATES: dict[WebhookState, tuple[str, str]] = {
    WebhookState.WAITING: (N_("waiting"), "info"),
    WebhookState.DELIVERED: (N_("taken"), "ok"),
    WebhookState.FAILED: (N_("given up"), "late"),
    WebhookState.DROPPED: (N_("dropped"), "plain"),
}
FAULTS: dict[str, str] = {
    "unknown_host": N_("The name of the server is unknown."),
    "private_address": N_("The server stands in a private network, which is not called."),
    "no_connection": N_("The server did not take the call."),
    "bad_certificate": N_("The certificate of the server is not valid."),
    "timeout": N_("The server took longer than five seconds."),
    "redirect": N_("The server sent us elsewhere (%(status)s); redirects are not followed."),
    "status": N_("The server answered %(status)s."),
    "not_http": N_("What came back was no answer by HTTP."),
}


def fault_words(fault: str, status: int | None) -> str:
    """Why the last attempt was not taken, "" when it was or there was none."""
    words = FAULTS.get(fault)
    if words is None:
        return ""
    return str(gettext(words, status=status) if "%(status)s" in words else gettext(words))
