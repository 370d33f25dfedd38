"""What came of a call to a customer, in the reader's words."""

from flask_babel import gettext

from hub.inbox.words import CallOutcome


def outcome_words(outcome: CallOutcome) -> str:
    words = {
        CallOutcome.REACHED: gettext("customer reached"),
        CallOutcome.NO_ANSWER: gettext("no answer"),
        CallOutcome.WRONG_NUMBER: gettext("wrong number"),
        CallOutcome.CALL_AGAIN: gettext("call again later"),
    }
    return words[outcome]
