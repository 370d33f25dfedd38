"""The notice that a reply is late: to people who wrote, once a wait, within the loop caps, never with their words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hub.content.phrases import expected_reply_in_words
from hub.core import site
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.customers.rules import is_mobile
from hub.inbox.actions.acknowledging import WRITTEN
from hub.inbox.actions.events import TICKET
from hub.inbox.actions.looping import may_write
from hub.inbox.actions.opening import make_message
from hub.inbox.directory import Directory
from hub.inbox.models import AutomaticMail, Ticket, TicketMessage
from hub.inbox.threading import make_reply_address
from hub.inbox.words import TEXTS, MessageKind
from hub.outbox import actions as outbox
from hub.outbox.actions import Posted
from hub.stores.rules import add_business_seconds

TEMPLATE = "delay_notice"
BY_MAIL = WRITTEN | {Channel.SURVEY}


def post_delay_notice(
    ticket: Ticket, *, target_seconds: int, directory: Directory, now: datetime, machine_now: datetime
) -> bool:
    """Tell the customer that the reply is late and when to expect it; returns whether a notice was posted.

    A phone is not written to at night: the door out waits for the morning (`quiet_hours`).
    """
    channel, address = way_to(ticket)
    if not address or not is_to_be_told(ticket, directory):
        return False
    if not may_write(address, ticket_id=ticket.id, machine_now=machine_now) or _is_by_machine(ticket):
        return False
    posted = _post(ticket, channel, address, _expected(ticket, target_seconds, directory, now), now=now)
    if posted.is_new:
        db.session.add(AutomaticMail(ticket_id=ticket.id, address=address, sent_at=machine_now))
        line = make_message(
            ticket,
            now=now,
            kind=MessageKind.AUTOMATIC,
            channel=channel,
            text="",
            outbound_id=posted.message_id_row,
            inserted={"template": TEMPLATE},
        )
        db.session.add(line)
    return posted.is_new


def _post(ticket: Ticket, channel: Channel, address: str, expected: str, *, now: datetime) -> Posted:
    return outbox.post(
        key=_key(ticket),
        template_key=TEMPLATE,
        values={"ticket_number": ticket.number, "expected_reply": expected},
        purpose=Purpose.SERVICE,
        channel=channel,
        language=ticket.language,
        customer_id=ticket.customer_id,
        recipient=address,
        recipient_name=ticket.requester_name,
        store_id=ticket.store_id,
        reply_to=make_reply_address(ticket.id, address, site.inbound_domain()) if "@" in address else None,
        source_kind=TICKET,
        source_id=ticket.id,
        due_at=now,
        now=now,
    )


def take_back_notice(ticket: Ticket, *, now: datetime) -> None:
    """The answer came first: a notice that still waits (for the morning, for a paused sender) does not leave."""
    if ticket.missed_at is not None and ticket.waiting_since is not None:
        outbox.cancel(_key(ticket), now=now)


def way_to(ticket: Ticket) -> tuple[Channel, str]:
    """How the person who wrote is reached; "" for visitors of a chat, callers and people at the counter."""
    address = ticket.requester_address or ""
    if ticket.channel in TEXTS:
        return ticket.channel, address if is_mobile(address) else ""
    return Channel.EMAIL, address if ticket.channel in BY_MAIL and "@" in address else ""


def is_to_be_told(ticket: Ticket, directory: Directory) -> bool:
    """The chain wants it, and a person is known to wait: an answer that nobody confirmed is no contact."""
    return directory.alerts.has_delay_notice and ticket.is_confirmed and ticket.waiting_since is not None


def _key(ticket: Ticket) -> str:
    """One notice a wait, however many stores it passed through."""
    since = ticket.waiting_since.isoformat() if ticket.waiting_since else ""
    return f"{TICKET}:{ticket.id}:delay:{since}"


def _is_by_machine(ticket: Ticket) -> bool:
    """Whether all that is unanswered was sent by machines."""
    found = select(TicketMessage.is_machine).where(
        TicketMessage.ticket_id == ticket.id,
        TicketMessage.kind == MessageKind.CUSTOMER,
        TicketMessage.happened_at >= ticket.waiting_since,
    )
    sent = db.session.scalars(found).all()
    return bool(sent) and all(sent)


def _expected(ticket: Ticket, target_seconds: int, directory: Directory, now: datetime) -> str:
    """Within the same target again, counted from now, in words; "" when no hours are known."""
    hours = directory.hours(ticket.store_id)
    store = directory.stores.get(ticket.store_id) if ticket.store_id else None
    due_at = add_business_seconds(hours, now, target_seconds) if hours else None
    if due_at is None or store is None:
        return ""
    zone = ZoneInfo(store.time_zone)
    return expected_reply_in_words(due_at.astimezone(zone), now.astimezone(zone), ticket.language)
