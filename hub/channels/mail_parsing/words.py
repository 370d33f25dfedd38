"""Words of the mail wires: what a mail is, and what a delivery report means."""

from enum import StrEnum


class MailKind(StrEnum):
    """What kind of mail arrived (inbox.md, "Machine mail is three kinds"); `message` is a human's."""

    MESSAGE = "message"
    REPORT = "report"
    AUTO_REPLY = "auto_reply"
    MACHINE = "machine"
    STOP = "stop"


class ReportClass(StrEnum):
    """What a delivery report means for the address (messages.md, "Bounces").

    `hard`: no such user or domain, or moved. `soft`: full, suspended, temporary, greylisted.
    `sender`: our fault (authentication, reputation, reverse DNS, relaying). `content`: what we wrote, or a
    policy about it. `complaint`: ARF. `delivered` and `read`: good news. `auto`: any other machine notice.
    """

    HARD = "hard"
    SOFT = "soft"
    SENDER = "sender"
    CONTENT = "content"
    COMPLAINT = "complaint"
    DELIVERED = "delivered"
    READ = "read"
    AUTO = "auto"
