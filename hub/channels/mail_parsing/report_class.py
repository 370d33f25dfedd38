"""What the answer of a mail server means: by its text first, then by its status (messages.md, "Bounces")."""

import re

from hub.channels.mail_parsing.report_blame import CONTENT_FAULT, SENDER_FAULT
from hub.channels.mail_parsing.report_phrases import (
    FULL,
    GONE_HOST,
    GONE_USER,
    LOCAL_FAULT,
    PASSING,
    SUSPENDED,
)
from hub.channels.mail_parsing.words import ReportClass

MAX_DIAGNOSTIC = 3_000
_NEVER_MAIL = frozenset({"521", "556"})  # RFC 7504: the host or domain never takes mail
_AT_SENDER = re.compile(
    r"(?:after|in reply to|response to|during) (?:the )?(?:mail from|initial connection|helo|ehlo|banner)|>>> (?:mail|helo|ehlo)\b"
)
_AT_RECIPIENT = re.compile(r"(?:after|in reply to|response to|following|>>>|smtp:) ?(?:the )?rcpt\b")
_AT_DATA = re.compile(
    r"(?:after|in reply to|response to|during) (?:the )?(?:end of )?(?:data|message body)|>>> data\b|smtp command:? data\b"
)
_SHORT_REFUSAL = re.compile(r"user unknown|unknown user|access denied")
_CONTRADICTION = re.compile(r"[45]\.(?:2\.[1-9]|7\.[1-9])")
_LATER = re.compile(
    r"try (?:again )?later|will be retried|please retry|temporar(?:y|ily)|gr[ea]y-?list|sp[äa]ter erneut|r[ée]essayer plus tard"
)
_NAMES_NOBODY = re.compile(r"5\d\d:? ?: (?:user unknown|unknown user)")
_ORDER: tuple[tuple[re.Pattern[str], ReportClass], ...] = (
    (FULL, ReportClass.SOFT),
    (SUSPENDED, ReportClass.SOFT),
    (LOCAL_FAULT, ReportClass.SOFT),
    (SENDER_FAULT, ReportClass.SENDER),
    (CONTENT_FAULT, ReportClass.CONTENT),
    (GONE_USER, ReportClass.HARD),
    (GONE_HOST, ReportClass.HARD),
    (PASSING, ReportClass.SOFT),
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,2}\.\d{1,3})(?![\d]|\.\d)")
_REPLY_CODE = re.compile(r"(?<![\d.:])([245]\d\d)(?=[\s\-#:;,.'\"]|\Z)(?!\.\d)")
_SPACES = re.compile(r"\s+")
_ADDRESSES = re.compile(r"<?[^\s<>()\"':;,=]{1,200}@[^\s<>()\"';,]+>?")
_LINKS = re.compile(r"https?://\S+|\bsee \S+/\S+")
_BY_DETAIL = {
    **dict.fromkeys(("1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "4.4"), ReportClass.HARD),
    **dict.fromkeys(("1.7", "1.8"), ReportClass.SENDER),
    **dict.fromkeys(("2.3", "3.4"), ReportClass.CONTENT),
}
_BY_SUBJECT = {
    "2": ReportClass.SOFT,
    "3": ReportClass.SOFT,
    "4": ReportClass.SOFT,
    "5": ReportClass.CONTENT,
    "6": ReportClass.CONTENT,
    "7": ReportClass.SENDER,
}
_REPLY_CLASS = {"521": ReportClass.HARD, "556": ReportClass.HARD, "552": ReportClass.SOFT, "522": ReportClass.SOFT,
                "535": ReportClass.SENDER, "530": ReportClass.SENDER, "551": ReportClass.HARD}  # fmt: skip


def find_status(text: str) -> str | None:
    """Most telling enhanced status code in a text: the first that is not of the form x.0.0."""
    found = _STATUS.findall(text)
    return next((status for status in found if not status.endswith(".0.0")), found[0] if found else None)


def find_reply_code(text: str) -> str | None:
    """First SMTP reply code in a text."""
    match = _REPLY_CODE.search(text)
    return match[1] if match else None


def plain_diagnostic(text: str) -> str:
    """Lower case, one line, without addresses and links: words in them must not decide."""
    return _ADDRESSES.sub(" @ ", _LINKS.sub(" ", _SPACES.sub(" ", text[:MAX_DIAGNOSTIC].lower()))).replace(
        "’", "'"
    )


def class_of_text(text: str) -> ReportClass | None:
    """Class by the phrases of a diagnostic; None when no phrase is known."""
    plain = plain_diagnostic(text)
    return next((meaning for pattern, meaning in _ORDER if pattern.search(plain)), None)


def class_of_status(status: str | None, reply_code: str | None = None) -> ReportClass | None:
    """Class by RFC 3463 status, then by SMTP reply code; None when neither says enough."""
    if reply_code in _NEVER_MAIL:
        return ReportClass.HARD
    if status and not status.endswith(".0.0"):
        return _class_of_detail(status)
    if reply_code and reply_code.startswith("4"):
        return ReportClass.SOFT
    return _REPLY_CLASS.get(reply_code or "")


def _class_of_detail(status: str) -> ReportClass | None:
    main, subject, detail = status.split(".")
    if main != "5":
        return ReportClass.DELIVERED if main == "2" else ReportClass.SOFT
    return _BY_DETAIL.get(f"{subject}.{detail}") or _BY_SUBJECT.get(subject)


def classify_diagnostic(text: str, status: str | None, reply_code: str | None = None) -> ReportClass | None:
    """Class by text *and* status; hard only when nothing speaks for another cause."""
    by_text = class_of_text(text)
    if by_text is ReportClass.HARD:
        return _doubt_hard(text, status)
    return by_text or class_of_status(status, reply_code)


def _doubt_hard(text: str, status: str | None) -> ReportClass:
    """What "no such user" is worth: it is believed unless stage or status speak against it.

    Said of the sender, it is our fault. Said with "try again later", it may be another answer tomorrow. Said after the content was taken, or of nobody, it is a filter's answer. When
    the status names another cause (mailbox disabled, policy), only an answer to RCPT TO settles it.
    """
    plain = plain_diagnostic(text)
    if _AT_SENDER.search(plain):
        return ReportClass.SENDER
    if _LATER.search(plain):
        return ReportClass.SOFT
    known, stated = status or "", _CONTRADICTION.match(status or "")
    if _NAMES_NOBODY.search(plain) or (stated and not _AT_RECIPIENT.search(plain)):
        return ReportClass.SOFT
    is_late = _AT_DATA.search(plain) and _SHORT_REFUSAL.search(plain)
    return ReportClass.SOFT if is_late and not known.startswith(("5.1.", "4.1.")) else ReportClass.HARD


def is_temporary(status: str | None, reply_code: str | None) -> bool:
    """Whether the numbers alone say "try again"."""
    return (status or "").startswith("4.") or (not status and (reply_code or "").startswith("4"))
