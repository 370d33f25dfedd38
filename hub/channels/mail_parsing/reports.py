"""Delivery reports: RFC 3464 DSN, ARF (RFC 5965), MDN (RFC 8098) and free text, to one `Report`."""

import re
from dataclasses import dataclass

from hub.channels.mail_parsing.addresses import parse_addresses, parse_message_ids
from hub.channels.mail_parsing.facts import Report
from hub.channels.mail_parsing.report_class import (
    class_of_status,
    class_of_text,
    classify_diagnostic,
    find_reply_code,
    find_status,
    is_temporary,
)
from hub.channels.mail_parsing.report_text import cut_original, find_recipient
from hub.channels.mail_parsing.words import ReportClass

MAX_TEXT = 100_000
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_STATUS_FIELDS = frozenset({"status", "diagnostic-code", "action", "final-recipient", "original-recipient"})
_MESSAGE_ID = re.compile(r"^[ \t>]*message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_TYPED = re.compile(r"\A[a-z0-9_-]*\s*;\s*", re.IGNORECASE)
_LINE_ADDRESS = re.compile(r"^[ \t]*<?([^\s<>()\"',;:=]+@[^\s<>()\"',;:=]+)>?", re.MULTILINE)
_STAGE = re.compile(
    r"in reply to (?:the )?(?:end of data|data|rcpt to|mail from|helo|ehlo)|(?:after|in response to) (?:end of data|data|rcpt to|mail from|initial connection)|"
    r">>> (?:data|rcpt|mail|ehlo|helo)(?=.{0,40}<<< 5)"
)
_SENDER_REFUSED = re.compile(r">>> mail from:\S+ <<< 5\d\d")
_DELAYED = re.compile(r"delay|warning|will be retried|still (?:trying|being)|retard", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReportSource:
    """What a mail offers about a report: machine-readable blocks, words, returned headers, envelope."""

    blocks: tuple[tuple[str, str], ...]
    text: str
    original_headers: str
    subject: str
    from_address: str
    failed_recipients: str
    sent_to: tuple[str, ...]


def read_report(source: ReportSource) -> Report:
    """One report; what cannot be told is None."""
    words, returned = cut_original(source.text[:MAX_TEXT])
    returned = source.original_headers or returned
    kinds = {kind for kind, _ in source.blocks}
    if "message/feedback-report" in kinds:
        return _read_complaint(source, returned)
    if any("disposition-notification" in kind for kind in kinds):
        return _read_receipt(source, returned)
    return _read_failure(source, words, returned)


def fields_of(block: str) -> dict[str, str]:
    """Fields of one block, names in lower case, unfolded; the first of a name wins."""
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(block):
        found.setdefault(name.lower(), " ".join(value.split()))
    return found


def _read_complaint(source: ReportSource, returned: str) -> Report:
    fields = fields_of(source.blocks[0][1])
    complained = fields.get("original-rcpt-to") or fields_of(returned).get("to", "")
    kind = fields.get("feedback-type", "abuse").lower()
    is_complaint = kind not in {"not-spam", "auth-failure"}
    return Report(
        recipient=_bare(complained),
        status=None,
        report_class=ReportClass.COMPLAINT if is_complaint else _feedback_class(kind),
        action=kind,
        diagnostic=source.text[:500],
        original_message_id=_original_id(source, returned),
        sent_to=source.sent_to,
    )


def _feedback_class(kind: str) -> ReportClass:
    return ReportClass.SENDER if kind == "auth-failure" else ReportClass.AUTO


def _read_receipt(source: ReportSource, returned: str) -> Report:
    fields = fields_of(source.blocks[0][1])
    disposition = fields.get("disposition", "").lower()
    was_read = "displayed" in disposition
    ids = parse_message_ids(fields.get("original-message-id", ""))
    return Report(
        recipient=_bare(fields.get("final-recipient", "")) or source.from_address or None,
        status=None,
        report_class=ReportClass.READ if was_read else ReportClass.AUTO,
        action=disposition,
        original_recipient=_bare(fields.get("original-recipient", "")),
        original_message_id=ids[0] if ids else _original_id(source, returned),
        sent_to=source.sent_to,
    )


def _read_failure(source: ReportSource, words: str, returned: str) -> Report:
    blocks = [fields for _, text in source.blocks for fields in map(fields_of, text.split("\n\n"))]
    rows = [fields for fields in blocks if _STATUS_FIELDS & fields.keys()] or _rows_in_words(words)
    row = _worst_row(rows)
    diagnostic = _untyped(row.get("diagnostic-code", ""))
    action = row.get("action", "").lower().split(" ")[0] or None
    status = _choose_status(row.get("status", ""), diagnostic, words_about(words, _recipient_of(row)))
    recipients = tuple(address for address in (_recipient_of(fields) for fields in rows) if address)
    recipient = _recipient_of(row) or _recipient_in_words(source, words, returned)
    report_class = _choose_class(
        source, action=action, status=status, diagnostic=diagnostic, words=words, recipient=recipient
    )
    return Report(
        recipient=recipient,
        status=status,
        report_class=report_class,
        action=action,
        diagnostic=(diagnostic or " ".join(words.split()))[:1_000],
        recipients=recipients,
        original_recipient=_bare(row.get("original-recipient", "")),
        original_message_id=_original_id(source, returned) or _id_in(words),
        sent_to=source.sent_to,
    )


def _rows_in_words(words: str) -> list[dict[str, str]]:
    """Some systems write the fields of RFC 3464 into plain text."""
    fields = fields_of(words)
    return [fields] if {"final-recipient", "status", "diagnostic-code"} & fields.keys() else []


def _worst_row(rows: list[dict[str, str]]) -> dict[str, str]:
    failed = [row for row in rows if row.get("action", "").lower().startswith("fail")]
    with_recipient = [row for row in failed or rows if _recipient_of(row)]
    return next(iter(with_recipient or failed or rows), {})


def _recipient_of(row: dict[str, str]) -> str | None:
    names = ("original-recipient", "final-recipient", "x-actual-recipient")
    found = [_bare(row[name]) for name in names if row.get(name)]
    return next((address for address in found if address), None)


def _recipient_in_words(source: ReportSource, words: str, returned: str) -> str | None:
    announced = _bare(source.failed_recipients)
    if announced:
        return announced
    fields = fields_of(returned)
    ours = {address.lower() for address in source.sent_to} | {source.from_address.lower()}
    ours |= {
        box.address.lower()
        for name in ("from", "return-path")
        for box in parse_addresses(fields.get(name, ""))
    }
    return find_recipient(words, not_these=frozenset(ours)) or _bare(fields.get("to", ""))


def _choose_status(declared: str, diagnostic: str, words: str) -> str | None:
    stated, told = find_status(declared), find_status(diagnostic)
    if told and (not stated or stated.endswith(".0.0") or not told.endswith(".0.0")):
        return told
    if stated and not stated.endswith(".0.0"):
        return stated
    return (None if diagnostic else find_status(words)) or stated


def _choose_class(
    source: ReportSource,
    *,
    action: str | None,
    status: str | None,
    diagnostic: str,
    words: str,
    recipient: str | None,
) -> ReportClass:
    if action in {"delivered", "relayed", "expanded"} or (status or "").startswith("2."):
        return ReportClass.DELIVERED
    if action == "delayed" or (action is None and _DELAYED.search(source.subject)):
        return ReportClass.SOFT
    said = words_about(words, recipient)
    reply_code = find_reply_code(diagnostic) or find_reply_code(said)
    told = f"{diagnostic} {_stage(said)}" if diagnostic else said
    found = classify_diagnostic(told, status, reply_code) if class_of_text(told) else None
    if found is ReportClass.HARD and _SENDER_REFUSED.search(" ".join(words.lower().split())):
        return ReportClass.SENDER
    found = found or class_of_text(said) or class_of_text(words) or class_of_text(source.subject)
    found = found or class_of_status(status, reply_code)
    return found or (ReportClass.SOFT if is_temporary(status, reply_code) else ReportClass.AUTO)


def words_about(words: str, recipient: str | None) -> str:
    """The part of a free text that speaks of one recipient: up to the line that begins with another address."""
    start = words.lower().find((recipient or "\x00").lower())
    if not recipient or start == -1:
        return words
    begin = words.rfind("\n", 0, start) + 1
    for match in _LINE_ADDRESS.finditer(words, words.find("\n", start) + 1 or len(words)):
        if match[1].lower() != recipient.lower():
            return words[begin : match.start()]
    return words


def _stage(words: str) -> str:
    """The SMTP command that was answered, which the diagnostic of a DSN leaves out."""
    match = _STAGE.search(" ".join(words.split()).lower())
    return f"({match[0]})" if match else ""


def _original_id(source: ReportSource, returned: str) -> str | None:
    del source
    return _id_in(returned)


def _id_in(text: str) -> str | None:
    match = _MESSAGE_ID.search(text)
    return match[1] if match else None


def _untyped(value: str) -> str:
    return _TYPED.sub("", value)


def _bare(value: str) -> str | None:
    boxes = parse_addresses(_TYPED.sub("", value))
    return next((box.address for box in boxes if box.address), None)
