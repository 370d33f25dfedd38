"""Raw bytes of a mail to `ParsedMail`; never raises on bad input."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from hub.channels.mail_parsing import time_limit
from hub.channels.mail_parsing.addresses import parse_addresses, parse_message_ids, parse_return_path
from hub.channels.mail_parsing.charsets import clean_text
from hub.channels.mail_parsing.facts import MailAddress, ParsedMail, Report
from hub.channels.mail_parsing.header_text import decode_header
from hub.channels.mail_parsing.html_text import html_to_text
from hub.channels.mail_parsing.kinds import KindSignals, judge_kind
from hub.channels.mail_parsing.language import guess_language
from hub.channels.mail_parsing.parts import Headers, Parts, collect_parts, headers_of
from hub.channels.mail_parsing.quotes import split_reply
from hub.channels.mail_parsing.report_text import looks_like_report
from hub.channels.mail_parsing.reports import ReportSource, read_report
from hub.channels.mail_parsing.sns_reports import read_sns_report
from hub.channels.mail_parsing.tree import read_tree
from hub.channels.mail_parsing.words import MailKind

_ADDRESS_HEADERS = frozenset({"from", "to", "cc", "reply-to", "sender", "return-path", "references", "in-reply-to",
                              "message-id", "received", "dkim-signature", "arc-seal", "arc-message-signature",
                              "arc-authentication-results", "x-received"})  # fmt: skip
_REPORT_KINDS = frozenset({"delivery-status", "feedback-report", "disposition-notification"})


_STAND_IN = re.compile(
    r"(?:not |n't |cannot |ne (?:supporte|prend|permet|peut)|n'(?:affiche|accepte)|unterst.tzt kein|no (?:admite|soporta)|non supporta|"
    r"ondersteunt geen|n.o suporta|nie obs.uguje).{0,80}\bhtml\b|\bhtml\b.{0,60}(?:not supported|(?:e-?mail )?(?:viewer|client|reader))",
    re.IGNORECASE | re.DOTALL,
)
"""What a sender puts in place of the text for programs that show no HTML."""
MAX_STAND_IN = 300


def parse_mail(
    raw: bytes, *, return_path: str | None = None, own_domains: frozenset[str] = frozenset()
) -> ParsedMail:
    """Everything one mail says.

    `return_path` is the envelope sender when the caller knows it ("" for the null sender), else the Return-Path header
    is used. `own_domains` (lower case) are those of our own Message-IDs: mail that carries one came back in a loop.
    What takes longer than `time_limit.PARSE_SECONDS` is left unread.
    """
    limit_seconds = time_limit.PARSE_SECONDS
    try:
        return time_limit.within(limit_seconds, lambda: _parse(raw, return_path, own_domains))
    except time_limit.OvertimeError:
        return _unreadable(raw, f"reading it takes more than {limit_seconds:g} seconds of computing time")
    except Exception as error:  # noqa: BLE001 - one bad mail never blocks a mailbox (inbox.md, "Door in")
        return _unreadable(raw, f"{type(error).__name__}: {error}"[:300])


def _parse(raw: bytes, return_path: str | None, own_domains: frozenset[str]) -> ParsedMail:
    root, problem = read_tree(raw)
    headers = headers_of(root)
    parts = collect_parts(root, headers)
    path = return_path if return_path is not None else _return_path(headers)
    error = problem or parts.problem or _missing(raw, headers)
    return _judge(_assemble(raw, headers, parts, path, error), headers, parts, own_domains)


def _assemble(
    raw: bytes, headers: Headers, parts: Parts, return_path: str | None, error: str | None
) -> ParsedMail:
    """Everything but the kind and the report."""
    html = "\n".join(parts.htmls) or None
    text = _choose_text(parts, html)
    reply_text, quoted_text = split_reply(text)
    sender = _sender(headers)
    message_id, is_generated = _message_id(headers, raw)
    plain = _plain_headers(headers)
    subject = plain.get("subject", "")
    return ParsedMail(
        kind=MailKind.MESSAGE,
        from_name=sender.name,
        from_address=sender.address,
        to=_addresses(headers, "to"),
        cc=_addresses(headers, "cc"),
        reply_to=next(iter(_addresses(headers, "reply-to")), None),
        return_path=return_path,
        subject=subject,
        text=text,
        reply_text=reply_text,
        quoted_text=quoted_text,
        html=html,
        attachments=tuple(parts.attachments),
        message_id=message_id,
        is_message_id_generated=is_generated,
        in_reply_to=next(iter(_ids(headers, "in-reply-to")), None),
        references=_ids(headers, "references"),
        sent_at=_sent_at(headers),
        language=guess_language(reply_text or subject),
        headers=plain,
        report=None,
        error=error,
    )


def _judge(mail: ParsedMail, headers: Headers, parts: Parts, own_domains: frozenset[str]) -> ParsedMail:
    report = _find_report(mail, headers, parts)
    has_other_reply_to = bool(mail.reply_to) and mail.reply_to != mail.from_address
    verdict = judge_kind(
        KindSignals(
            headers=mail.headers,
            from_address=mail.from_address,
            reply_to=mail.reply_to if has_other_reply_to else None,
            return_path=mail.return_path,
            subject=mail.subject,
            reply_text=mail.reply_text,
            message_id=mail.message_id,
            is_report=report is not None,
            own_domains=own_domains,
            is_calendar_answer=parts.calendar_method == "REPLY",
        )
    )
    if not verdict.reasons:
        return mail
    return replace(
        mail,
        kind=verdict.kind,
        kind_without_ticket=verdict.kind_without_ticket or verdict.kind,
        kind_reasons=verdict.reasons,
        report=report,
    )


def _choose_text(parts: Parts, html: str | None) -> str:
    text = "\n".join(parts.texts).strip("\n")
    if html and (not text.strip() or (len(text) < MAX_STAND_IN and _STAND_IN.search(text))):
        text = html_to_text(html) or text
    if not text.strip() and parts.nested_texts:
        text = "\n".join(parts.nested_texts)
    return text.strip()


def _boxes(headers: Headers, name: str) -> list[MailAddress]:
    return [box for value in headers.get(name, [])[:5] for box in parse_addresses(value)]


def _addresses(headers: Headers, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(box.address for box in _boxes(headers, name) if box.address))


def _sender(headers: Headers) -> MailAddress:
    boxes = _boxes(headers, "from")
    for box in (*boxes, *_boxes(headers, "sender")):
        if box.address:
            return box
    path = next((parse_return_path(value) for value in headers.get("return-path", [])), "")
    return MailAddress(name=boxes[0].name if boxes else "", address=path)


def _return_path(headers: Headers) -> str | None:
    values = headers.get("return-path")
    return parse_return_path(values[0]) if values else None


def _ids(headers: Headers, name: str) -> tuple[str, ...]:
    return parse_message_ids(" ".join(headers.get(name, [])[:5]))


def _message_id(headers: Headers, raw: bytes) -> tuple[str, bool]:
    """The id of the sender, or one made from the content, the same each time the same mail comes."""
    value = headers.get("message-id", [""])[0]
    found = parse_message_ids(value) or tuple(
        f"<{word.strip('<>')}>" for word in value.split()[:1] if word.strip("<>")
    )
    if found:
        return clean_text(found[0]), False
    digest = hashlib.sha256()
    for name in ("from", "to", "date", "subject"):
        digest.update("\x00".join(headers.get(name, [])).encode("utf-8", "surrogateescape"))
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].strip()
    digest.update(body)
    return f"<{digest.hexdigest()[:40]}@no-message-id.invalid>", True


def _sent_at(headers: Headers) -> datetime | None:
    try:
        moment = parsedate_to_datetime(headers.get("date", [""])[0].strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _plain_headers(headers: Headers) -> dict[str, str]:
    return {
        name: decode_header(values[0]) for name, values in headers.items() if name not in _ADDRESS_HEADERS
    }


def _find_report(mail: ParsedMail, headers: Headers, parts: Parts) -> Report | None:
    if (notice := read_sns_report(mail.text, mail.from_address, _sent_to(headers))) is not None:
        return notice
    is_declared = parts.content_type == "multipart/report" and parts.report_type in _REPORT_KINDS
    failed = headers.get("x-failed-recipients", [""])[0]
    if not (parts.status_blocks or is_declared or failed) and not looks_like_report(
        subject=mail.subject,
        text=mail.text,
        from_address=mail.from_address,
        from_name=mail.from_name,
        is_null_sender=mail.return_path == "",
    ):
        return None
    return read_report(
        ReportSource(
            blocks=tuple(parts.status_blocks),
            text=mail.text,
            original_headers=parts.original_headers,
            subject=mail.subject,
            from_address=mail.from_address,
            failed_recipients=failed,
            sent_to=_sent_to(headers),
        )
    )


def _sent_to(headers: Headers) -> tuple[str, ...]:
    """Every address the mail was brought to: a signed return path is one of them."""
    names = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "to")
    return tuple(dict.fromkeys(address for name in names for address in _addresses(headers, name)))


def _missing(raw: bytes, headers: Headers) -> str | None:
    if not raw.strip():
        return "the file is empty"
    if not headers:
        return "no mail headers were found"
    return None


def _unreadable(raw: bytes, problem: str) -> ParsedMail:
    """What is left of a mail that broke our own code: its bytes as text, for a person to read."""
    digest = hashlib.sha256(raw).hexdigest()[:40]
    text = clean_text(raw[:20_000].decode("utf-8", "replace"))
    return ParsedMail(
        kind=MailKind.MESSAGE,
        from_name="",
        from_address="",
        to=(),
        cc=(),
        reply_to=None,
        return_path=None,
        subject="",
        text=text,
        reply_text=text,
        quoted_text="",
        html=None,
        attachments=(),
        message_id=f"<{digest}@no-message-id.invalid>",
        is_message_id_generated=True,
        in_reply_to=None,
        references=(),
        sent_at=None,
        language=None,
        headers={},
        report=None,
        error=problem,
    )
