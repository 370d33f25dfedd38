"""The automatic answer to a mail that could not be taken: within the loop caps, never with the sender's words."""

from dataclasses import dataclass
from datetime import datetime

from hub.core import site
from hub.core.db import db
from hub.core.words import Language, Purpose
from hub.inbox.actions.acknowledging import list_sent
from hub.inbox.deadlines import may_send_automatic
from hub.inbox.models import AutomaticMail
from hub.outbox import actions as outbox

TEMPLATE = "mail_over_limit"
ARRIVAL = "arrival"


@dataclass(frozen=True, kw_only=True)
class Declined:
    """A mail above a limit: who wrote it where, and the limit in words (one of the two is "")."""

    arrival_id: int
    address: str
    mailbox: str
    language: Language
    size_limit: str = ""
    file_limit: str = ""


def decline_politely(declined: Declined, *, now: datetime, machine_now: datetime) -> bool:
    """Say what to do instead, once a mail; False when the address has had too many automatic mails."""
    address = declined.address.lower()
    sent = list_sent([address], machine_now=machine_now).get(address, ())
    if not may_send_automatic(sent, machine_now):
        return False
    db.session.add(AutomaticMail(ticket_id=None, address=address, sent_at=machine_now))
    outbox.post(
        key=f"{ARRIVAL}:{declined.arrival_id}:over_limit",
        template_key=TEMPLATE,
        values={
            "size_limit": declined.size_limit,
            "file_limit": declined.file_limit,
            "contact_url": f"{site.base_url()}/contact",
        },
        purpose=Purpose.SERVICE,
        language=declined.language,
        recipient=address,
        reply_to=declined.mailbox if "@" in declined.mailbox else None,
        source_kind=ARRIVAL,
        source_id=declined.arrival_id,
        due_at=now,
        now=now,
    )
    db.session.flush()
    return True
