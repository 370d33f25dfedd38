"""A mail that came inside another one, read by the same parser as the door in."""

from dataclasses import dataclass
from datetime import datetime

from hub.channels.mail_parsing import parse_mail


@dataclass(frozen=True)
class EnclosedMail:
    """What a mail inside a mail says, for a reader; `files` are names."""

    from_name: str
    from_address: str
    to: tuple[str, ...]
    subject: str
    sent_at: datetime | None
    text: str
    files: tuple[str, ...]


def read_enclosed(content: bytes) -> EnclosedMail:
    """Never raises: what cannot be read is left empty."""
    mail = parse_mail(content)
    return EnclosedMail(
        from_name=mail.from_name,
        from_address=mail.from_address,
        to=mail.to,
        subject=mail.subject,
        sent_at=mail.sent_at,
        text=mail.text,
        files=tuple(each.name for each in mail.attachments),
    )
