"""What one raw mail says, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.channels.mail_parsing.words import MailKind, ReportClass


@dataclass(frozen=True, slots=True)
class MailAddress:
    """One mailbox of an address header; `name` is decoded and shown as it is, even when it lies."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment; `type` is sniffed from `content`, `declared_type` is what the sender claimed."""

    name: str
    type: str
    declared_type: str
    size: int
    sha256: str
    content: bytes = field(repr=False)
    content_id: str | None = None
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report. `sent_to` is the envelope address the report came to (VERP or signed return path).

    `status` is an RFC 3463 code or None; `diagnostic` is the text the class was read from.
    """

    recipient: str | None
    status: str | None
    report_class: ReportClass
    action: str | None = None
    diagnostic: str = ""
    recipients: tuple[str, ...] = ()
    original_recipient: str | None = None
    original_message_id: str | None = None
    sent_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail, decoded. Text never holds NUL or lone surrogates; `html` is raw and must be sanitised.

    `return_path` is None when unknown and "" for the null sender. `error` says in English what could not be
    read; everything that could be read is filled all the same. `kind_reasons` are the signs that speak for `kind`.
    `kind_without_ticket` is what it is when it answers no ticket: one weak sign makes no auto-reply there.
    """

    kind: MailKind
    from_name: str
    from_address: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    reply_to: str | None
    return_path: str | None
    subject: str
    text: str
    reply_text: str
    quoted_text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    message_id: str
    is_message_id_generated: bool
    in_reply_to: str | None
    references: tuple[str, ...]
    sent_at: datetime | None
    language: str | None
    headers: Mapping[str, str]
    report: Report | None
    error: str | None
    kind_reasons: tuple[str, ...] = ()
    kind_without_ticket: MailKind = MailKind.MESSAGE
