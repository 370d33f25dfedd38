"""The automatic answer that a contact has arrived: to people only, within the loop caps, never with their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hub.content.phrases import expected_reply_in_words
from hub.core import site
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.inbox.actions.events import TICKET
from hub.inbox.actions.opening import add_message
from hub.inbox.deadlines import LONGEST_WINDOW, may_send_automatic
from hub.inbox.directory import Directory
from hub.inbox.models import AutomaticMail, Ticket
from hub.inbox.threading import make_reply_address
from hub.inbox.words import MessageKind
from hub.outbox import actions as outbox
from hub.outbox.actions import Draft

TEMPLATE = "acknowledgement"
WRITTEN = frozenset({Channel.EMAIL, Channel.FORM, Channel.API})


@dataclass(frozen=True)
class Due:
    """An acknowledgement that the caps allow, to be posted with the others of the batch."""

    ticket: Ticket
    draft: Draft


def may_acknowledge(ticket: Ticket, *, machine_now: datetime) -> bool:
    """A person wrote from a mail address, and neither address nor ticket has had too many automatic mails."""
    address = ticket.requester_address
    if ticket.channel not in WRITTEN or not address or "@" not in address:
        return False
    sent = select(AutomaticMail.sent_at).where(
        (AutomaticMail.address == address) | (AutomaticMail.ticket_id == ticket.id),
        AutomaticMail.sent_at > machine_now - LONGEST_WINDOW,
    )
    return may_send_automatic(
        db.session.scalars(sent.order_by(AutomaticMail.sent_at.desc()).limit(100)), machine_now
    )


def draft_acknowledgement(
    ticket: Ticket, *, directory: Directory, now: datetime, machine_now: datetime
) -> Due:
    """Count it against the caps and write the draft; the expected delay knows the store's hours."""
    address = ticket.requester_address or ""
    db.session.add(AutomaticMail(ticket_id=ticket.id, address=address, sent_at=machine_now))
    ticket.acknowledged_at = now
    draft = Draft(
        key=f"{TICKET}:{ticket.id}:acknowledgement",
        template_key=TEMPLATE,
        values={
            "ticket_number": ticket.number,
            "expected_reply": expected_reply(ticket, directory=directory, now=now),
        },
        purpose=Purpose.SERVICE,
        language=ticket.language,
        customer_id=ticket.customer_id,
        recipient=address,
        recipient_name=ticket.requester_name,
        store_id=ticket.store_id,
        reply_to=make_reply_address(ticket.id, address, site.inbound_domain()),
        source_kind=TICKET,
        source_id=ticket.id,
        due_at=now,
    )
    return Due(ticket, draft)


def post_acknowledgements(dues: Sequence[Due], *, now: datetime) -> None:
    """Post them together and note each in its thread."""
    for due, posted in zip(dues, outbox.post_many([due.draft for due in dues], now=now), strict=True):
        add_message(
            due.ticket,
            now=now,
            is_first=True,
            kind=MessageKind.AUTOMATIC,
            text="",
            outbound_id=posted.message_id_row,
        )
    db.session.flush()


def expected_reply(ticket: Ticket, *, directory: Directory, now: datetime) -> str:
    """When the reply is due, in words and in the store's time; "" when no hours are known."""
    store = directory.stores.get(ticket.store_id) if ticket.store_id else None
    if ticket.due_at is None or store is None:
        return ""
    zone = ZoneInfo(store.time_zone)
    return expected_reply_in_words(ticket.due_at.astimezone(zone), now.astimezone(zone), ticket.language)
