"""What the door in decides without tables: names of raw mails, the next attempt, what a report means; pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from hub.channels.mail_parsing import MailKind, ParsedMail, ReportClass
from hub.channels.mail_parsing.words import ReportClass as R
from hub.mailroom.words import ArrivalKind
from hub.outbox.words import ReceiptKind

INLINE_BYTES = 256 * 1024
LARGEST_BYTES = 60_000_000
MOST_ATTEMPTS = 5
BACK_OFF_SECONDS = (2, 30, 300, 1800)
LEASE_SECONDS = 20
HEAD_BYTES = 64 * 1024
MOST_TEXT_CHARS = 500
MOST_ENVELOPE_RECIPIENTS = 20
_ADDRESS = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")
_TRACE = re.compile(
    rb"^(delivered-to|x-original-to|envelope-to|x-envelope-to|return-path|from):([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?([^\r\n]+)", re.IGNORECASE | re.MULTILINE)

RECEIPTS: Mapping[ReportClass, ReceiptKind] = {
    R.HARD: ReceiptKind.HARD_BOUNCE,
    R.SOFT: ReceiptKind.SOFT_BOUNCE,
    R.SENDER: ReceiptKind.SENDER_FAULT,
    R.CONTENT: ReceiptKind.CONTENT_FAULT,
    R.COMPLAINT: ReceiptKind.COMPLAINT,
    R.DELIVERED: ReceiptKind.DELIVERED,
    R.READ: ReceiptKind.DELIVERED,
    R.AUTO: ReceiptKind.AUTO,
}


def find_message_id(raw: bytes, digest: str) -> str:
    """The Message-ID of a raw mail, or one made from its content, the same each time it comes."""
    head = raw[:HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = _MESSAGE_ID.search(head)
    text = found[1].decode("utf-8", "replace").replace("\x00", "").strip() if found else ""
    return text[:500] or f"<{digest[:40]}@no-message-id.invalid>"


def find_envelope(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """The envelope that the last server wrote into the head: sender ("" the null sender) and recipients.

    Where no server wrote a Return-Path the sender is that of From. As all a head says it proves nothing: what counts
    in an address is its signature.
    """
    head = raw[:HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found: dict[str, list[str]] = {}
    for name, value in _TRACE.findall(head):
        text = value.decode("utf-8", "replace").replace("\0", "")
        found.setdefault(name.decode().lower(), []).append(text)
    senders = found.pop("return-path", None) or found.get("from", [])
    found.pop("from", None)
    written = [address for texts in found.values() for text in texts for address in _ADDRESS.findall(text)]
    recipients = tuple(dict.fromkeys(address.lower()[:MOST_TEXT_CHARS] for address in written))
    sender = _ADDRESS.findall(senders[0]) if senders else []
    return (sender[-1][:MOST_TEXT_CHARS] if sender else ""), recipients[:MOST_ENVELOPE_RECIPIENTS]


def digest_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def next_wait(attempt_count: int) -> timedelta | None:
    """How long to wait after a failed attempt (the first is 1); None: give up and let a person look."""
    if attempt_count >= MOST_ATTEMPTS:
        return None
    return timedelta(seconds=BACK_OFF_SECONDS[min(attempt_count, len(BACK_OFF_SECONDS)) - 1])


def is_readable(mail: ParsedMail) -> bool:
    """Whether enough could be read to be of use to a person; a report speaks for itself."""
    if mail.error is None or mail.report is not None:
        return True
    return bool(mail.from_address and (mail.text.strip() or mail.attachments))


def kind_of(mail: ParsedMail, own_domain: str, *, is_threaded: bool = True) -> ArrivalKind:
    """What it is; mail from our own addresses is a machine's, so that it is never acknowledged.

    `is_threaded`: it answers a ticket that takes messages. An auto-reply that one weak sign alone speaks for is one
    only there; elsewhere people see it, in a ticket that is never acknowledged.
    """
    kind = mail.kind if is_threaded else mail.kind_without_ticket
    if kind is MailKind.MESSAGE and is_own(mail.from_address, own_domain):
        return ArrivalKind.MACHINE
    return ArrivalKind(kind.value)


def is_doubtful(mail: ParsedMail) -> bool:
    """Whether its kind depends on the ticket that it may answer."""
    return mail.kind is not mail.kind_without_ticket


def outside_address(address: str | None, own_domain: str) -> str | None:
    """The address, unless it is one of ours: an answer to it would come back to us for ever."""
    if not address or address.rpartition("@")[2].strip().lower() == own_domain:
        return None
    return address


def is_own(address: str | None, own_domain: str) -> bool:
    """Whether mail to the address comes in here."""
    return bool(address) and outside_address(address, own_domain) is None


def find_return_token(addresses: Iterable[str], own_domain: str) -> str | None:
    """The local part of our signed return path among the addresses a report came to."""
    for address in addresses:
        local, _, domain = address.lower().rpartition("@")
        if domain == own_domain and local.startswith("b+"):
            return local
    return None
