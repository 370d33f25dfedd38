"""The answer of an SMTP server to one of the failures of `base`: temporary, or permanent and whose fault."""

from typing import Literal

from hub.channels.base import ChannelError, PermanentFailure, Scope, TemporaryFailure
from hub.channels.mail_parsing.report_class import class_of_status, class_of_text, find_status
from hub.channels.mail_parsing.words import ReportClass

_FIRST_PERMANENT = 500
Stage = Literal["connect", "auth", "mail", "rcpt", "data"]
_SCOPES: dict[ReportClass, Scope] = {
    ReportClass.HARD: "recipient",
    ReportClass.SENDER: "sender",
    ReportClass.CONTENT: "content",
}
_DEFAULT: dict[Stage, Scope] = {
    "connect": "sender",
    "auth": "sender",
    "mail": "sender",
    "rcpt": "recipient",
    "data": "content",
}


def failure_of_reply(code: int, text: str, stage: Stage) -> ChannelError:
    """The failure to raise for a reply that is not a success.

    4xx is temporary; `is_ours` when it blames the sender. 5xx is permanent, except that a full or suspended mailbox
    (soft by text or status) is worth another try. Before RCPT TO nothing can be the recipient's fault.
    """
    reason = f"{code} {text}".strip()[:500]
    status = find_status(text)
    meaning = class_of_text(reason) or class_of_status(status, str(code))
    known = status or str(code)
    if code < _FIRST_PERMANENT or (meaning is ReportClass.SOFT and stage in {"rcpt", "data"}):
        is_ours = stage in {"connect", "auth"} or meaning is ReportClass.SENDER
        return TemporaryFailure(reason, code=known, is_ours=is_ours)
    scope = _SCOPES.get(meaning, _DEFAULT[stage]) if meaning else _DEFAULT[stage]
    if stage in {"connect", "auth", "mail"} and scope == "recipient":
        scope = "sender"
    return PermanentFailure(reason, scope=scope, code=known)
