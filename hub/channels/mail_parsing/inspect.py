"""What `flask mail inspect --json` prints for one file (issue 2, section 4); no database, never raises."""

from pathlib import Path
from typing import Any

from hub.channels.mail_parsing.facts import Attachment, ParsedMail, Report
from hub.channels.mail_parsing.parsing import parse_mail
from hub.channels.mail_parsing.tree import MAX_MAIL_BYTES


def inspect_file(path: str | Path, own_domains: frozenset[str] = frozenset()) -> dict[str, Any]:
    """One JSON object for one raw mail; `error` tells what could not be read, or is None.

    `own_domains` are those of our own addresses and Message-IDs, as the door in hands them to the same parser.
    """
    try:
        with Path(path).open("rb") as file:
            raw = file.read(MAX_MAIL_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return {**describe_mail(parse_mail(b"")), "file": str(path), "error": f"cannot be read: {reason}"}
    return {**describe_mail(parse_mail(raw, own_domains=own_domains)), "file": str(path)}


def describe_mail(mail: ParsedMail) -> dict[str, Any]:
    """A parsed mail as JSON values, without the bytes of its attachments; `file` is left for the caller.

    `kind` is what it is in a ticket that it answers, `kind_without_ticket` when it answers none: only an auto-reply
    that one weak sign speaks for differs.
    """
    return {
        "file": "",
        "kind": mail.kind.value,
        "kind_without_ticket": mail.kind_without_ticket.value,
        "kind_reasons": list(mail.kind_reasons),
        "from_name": mail.from_name,
        "from_address": mail.from_address,
        "to": list(mail.to),
        "subject": mail.subject,
        "text": mail.text,
        "reply_text": mail.reply_text,
        "quoted_text": mail.quoted_text,
        "attachments": [_describe_attachment(attachment) for attachment in mail.attachments],
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "report": _describe_report(mail.report),
        "error": mail.error,
    }


def _describe_attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "name": attachment.name,
        "type": attachment.type,
        "size": attachment.size,
        "sha256": attachment.sha256,
    }


def _describe_report(report: Report | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {"recipient": report.recipient, "status": report.status, "class": report.report_class.value}
