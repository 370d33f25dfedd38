"""What a provider's bounce means: its own category, corrected by what the receiving server said."""

from hub.channels.mail_hooks.base import EventKind
from hub.channels.mail_parsing.report_class import classify_diagnostic, find_reply_code, find_status
from hub.channels.mail_parsing.words import ReportClass

_KINDS = {
    ReportClass.HARD: EventKind.HARD,
    ReportClass.SOFT: EventKind.SOFT,
    ReportClass.SENDER: EventKind.SENDER,
    ReportClass.CONTENT: EventKind.CONTENT,
}


def meaning_of(said: EventKind, text: str, *, status: str = "", code: str = "") -> EventKind:
    """`said` is the provider's category. The words of the receiving server may acquit the address, never condemn it.

    A provider that calls every 5xx permanent would make us lose good customers when the fault is ours.
    """
    known = status if find_status(status) else find_status(text)
    found = classify_diagnostic(text, known, code or find_reply_code(text)) if text or known else None
    read = _KINDS.get(found) if found else None
    if said is EventKind.HARD:
        return read or said
    if said is EventKind.SOFT and read in {EventKind.SENDER, EventKind.CONTENT}:
        return read
    return said
