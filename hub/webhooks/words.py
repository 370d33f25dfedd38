"""Words of the webhooks room."""

from enum import StrEnum


class WebhookEvent(StrEnum):
    """What an endpoint may ask for; the word is the `type` of the payload."""

    TICKET_OPENED = "ticket.opened"
    CUSTOMER_WROTE = "ticket.customer_wrote"
    TICKET_REPLIED = "ticket.replied"
    REPLY_UNDONE = "ticket.reply_undone"
    TICKET_SOLVED = "ticket.solved"
    TICKET_REOPENED = "ticket.reopened"
    TICKET_TRANSFERRED = "ticket.transferred"
    SURVEY_ANSWERED = "survey.answered"
    ANSWER_CHANGED = "survey.answer_changed"
    ANSWER_WITHDRAWN = "survey.answer_withdrawn"
    QUESTIONNAIRE_ANSWERED = "questionnaire.answered"
    MESSAGE_TO_DELIVER = "message.to_deliver"
    MESSAGE_BOUNCED = "message.bounced"
    CONSENT_CHANGED = "consent.changed"
    TEST = "test"


ON_OFFER = tuple(event for event in WebhookEvent if event is not WebhookEvent.TEST)


class WebhookState(StrEnum):
    """Waiting for its (next) attempt; taken by the receiver; given up; not wanted any more."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"
