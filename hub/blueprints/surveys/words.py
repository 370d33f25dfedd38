"""Touches in the reader's words: what was done, who it was, and how one can tell."""

from flask_babel import gettext

from hub.surveys.touch_log import TouchRow
from hub.surveys.words import AnswerState, Choice, TouchLabel, TouchMethod, TouchReason

LABEL_TONES = {
    TouchLabel.UNKNOWN: "plain",
    TouchLabel.SINGLE: "plain",
    TouchLabel.HUMAN: "ok",
    TouchLabel.MACHINE: "warn",
    TouchLabel.MANGLED: "note",
    TouchLabel.FOOTER: "plain",
}


def label_words(label: TouchLabel) -> str:
    words = {
        TouchLabel.UNKNOWN: gettext("not judged yet"),
        TouchLabel.SINGLE: gettext("proves nothing"),
        TouchLabel.HUMAN: gettext("person"),
        TouchLabel.MACHINE: gettext("machine"),
        TouchLabel.MANGLED: gettext("mangled link"),
        TouchLabel.FOOTER: gettext("link below the mail"),
    }
    return words[label]


def reason_words(reason: TouchReason) -> str:
    """Why a touch has its label, in one sentence."""
    words = {
        TouchReason.NOT_JUDGED: gettext("It is judged a minute after it came."),
        TouchReason.ALONE: gettext("One box was opened, and nothing else happened around it."),
        TouchReason.GESTURE: gettext("A tap or a key on a page that was seen for three seconds."),
        TouchReason.BUTTON: gettext("The button of the page was pressed."),
        TouchReason.BURST: gettext("Several boxes were opened within a minute, without an answer."),
        TouchReason.OTHER_CHOICE: gettext(
            "Another box of the same mail was opened within a quarter of an hour."
        ),
        TouchReason.HEAD: gettext("The link was probed without being opened (HEAD)."),
        TouchReason.MANGLED: gettext("The address had been changed or cut."),
        TouchReason.TOO_EARLY: gettext("It came less than two minutes after the mail was accepted."),
        TouchReason.TOO_FAST: gettext("The page was open for less than three seconds."),
        TouchReason.FILTER_RANGE: gettext("The address belongs to a service that only filters mail."),
        TouchReason.FILTER_SOURCE: gettext("The same source opened all boxes of several other mails."),
        TouchReason.FILTER_DOMAIN: gettext(
            "At this mail domain a filter usually opens the links until later than that."
        ),
        TouchReason.PREFETCH: gettext("A program fetched the page before anybody asked for it."),
        TouchReason.FOOTER: gettext("The same source also fetched the links below the mail."),
        TouchReason.CONTRADICTION: gettext("Two different answers came within a minute: neither counts."),
        TouchReason.ANSWERED: gettext("The customer had answered already."),
        TouchReason.STAFF: gettext("A colleague has said so."),
    }
    return words[reason]


def touch_words(row: TouchRow) -> str:
    """What was done, and with which box."""
    box = choice_words(row.choice)
    words = {
        TouchMethod.GET: gettext("Opened: %(box)s", box=box),
        TouchMethod.HEAD: gettext("Probed: %(box)s", box=box),
        TouchMethod.INTENT: gettext("Left after a gesture: %(box)s", box=box),
        TouchMethod.POST: gettext("Answered: %(box)s", box=box),
    }
    return words[row.method]


def choice_words(code: str) -> str:
    words = {
        Choice.VERY_SATISFIED.value: gettext("very satisfied"),
        Choice.SATISFIED.value: gettext("satisfied"),
        Choice.NOT_SATISFIED.value: gettext("not satisfied"),
        "thanks": gettext("the page of thanks"),
        "unsubscribe": gettext("the link to unsubscribe"),
        "preferences": gettext("the preferences page"),
    }
    return words.get(code, gettext("an address that does not exist"))


def answer_words(state: AnswerState | None) -> str:
    """What became of the answer; "" where nothing was answered."""
    if state is None:
        return ""
    words = {
        AnswerState.PROVISIONAL: gettext("answer not confirmed"),
        AnswerState.CONFIRMED: gettext("counts"),
        AnswerState.SUPERSEDED: gettext("replaced by a later answer"),
        AnswerState.WITHDRAWN: gettext("does not count"),
        AnswerState.CONTRADICTED: gettext("does not count"),
    }
    return words[state]


def switched_words(label: TouchLabel) -> str:
    if label is TouchLabel.MACHINE:
        return gettext("Marked as a machine. What it answered counts no more.")
    return gettext("Marked as a person. What it answered counts again, unless a later answer does.")
