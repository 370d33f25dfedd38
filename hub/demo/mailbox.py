"""The demo's mailbox: keeps what an SMTP sink receives, shows it, and writes to the stores as a customer."""

import html
import re
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import make_msgid

from sqlalchemy import RowMapping, insert, select

from hub.channels.mail_parsing import parse_mail
from hub.channels.mail_parsing.facts import ParsedMail
from hub.core import clock
from hub.core.db import db, transaction
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.demo.models import DEMO_MAILS

LINK = re.compile(r"""href=["']([^"']+)["']""")
BARE_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
PAGE_SIZE = 50
SMTP_SECONDS = 20


@dataclass(frozen=True)
class DemoMail:
    """A mail as its receiver reads it. `links` are the addresses in it, each once, in their order."""

    id: int
    to: str
    at: datetime
    mail: ParsedMail

    @property
    def links(self) -> list[str]:
        """Those of the HTML part, then those only the text has."""
        found = [html.unescape(link) for link in LINK.findall(self.mail.html or "")]
        found += BARE_LINK.findall(self.mail.text)
        return list(dict.fromkeys(link for link in found if link.startswith("http")))


def keep(raw: bytes, recipients: Iterable[str], mail_from: str) -> None:
    """What the sink calls for each mail: one row a recipient, committed before the 250."""
    rows = [
        {
            "recipient": recipient.lower(),
            "mail_from": mail_from,
            "raw": raw,
            "received_at": clock.business_now(),
        }
        for recipient in recipients
    ]
    with transaction() as session:
        session.execute(insert(DEMO_MAILS), rows)


def list_mails(
    *, to: str = "", before_id: int | None = None, size: int = PAGE_SIZE, is_newest_first: bool = True
) -> list[DemoMail]:
    """The mails of one address (all without one), a page at a time."""
    query = select(DEMO_MAILS)
    if to:
        query = query.where(DEMO_MAILS.c.recipient == to.strip().lower())
    if before_id:
        query = query.where(DEMO_MAILS.c.id < before_id)
    order = DEMO_MAILS.c.id.desc() if is_newest_first else DEMO_MAILS.c.id
    return [_mail_of(row) for row in db.session.execute(query.order_by(order).limit(size)).mappings()]


def get_mail(mail_id: int) -> DemoMail:
    row = db.session.execute(select(DEMO_MAILS).where(DEMO_MAILS.c.id == mail_id)).mappings().first()
    if row is None:
        raise NotFound(N_("This mail is not in the demo mailbox. Please choose one of the list."))
    return _mail_of(row)


def write(
    *, host: str, port: int, sender: str, to: str, subject: str, text: str, answers: DemoMail | None = None
) -> None:
    """Send a mail as a customer would: a real SMTP conversation with the hub's listener."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain="client.example")
    if answers is not None:
        message["In-Reply-To"] = answers.mail.message_id
        message["References"] = " ".join([*answers.mail.references, answers.mail.message_id])
        text = f"{text}\n\n{_quote(answers)}"
    message.set_content(text)
    with smtplib.SMTP(host, port, timeout=SMTP_SECONDS) as server:
        server.send_message(message, from_addr=sender, to_addrs=[to])


def _quote(answered: DemoMail) -> str:
    """What a French mail client adds below an answer."""
    lines = "\n".join(f"> {line}" for line in answered.mail.text.splitlines()[:60])
    return f"Le {answered.at:%d/%m/%Y à %H:%M}, {answered.mail.from_name or answered.mail.from_address} a écrit :\n{lines}"


def _mail_of(row: RowMapping) -> DemoMail:
    return DemoMail(row["id"], row["recipient"], row["received_at"], parse_mail(row["raw"]))
