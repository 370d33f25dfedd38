"""The automatic answer that a contact has arrived: to people only, within the loop caps, never with their words."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from hub.content.phrases import expected_reply_in_words
from hub.core import site
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.inbox.actions.events import TICKET
from hub.inbox.actions.opening import make_message
from hub.inbox.deadlines import LONGEST_WINDOW, may_send_automatic
from hub.inbox.directory import Directory
from hub.inbox.models import AutomaticMail, Ticket, TicketMessage
from hub.inbox.threading import make_reply_address
from hub.inbox.words import MessageKind
from hub.outbox import actions as outbox
from hub.outbox.actions import Draft

TEMPLATE = "acknowledgement"
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('inbox.automatic:' || address, 0))"
    " FROM unnest(CAST(:addresses AS text[])) AS address"
)
WRITTEN = frozenset({Channel.EMAIL, Channel.FORM, Channel.API})


@dataclass(frozen=True)
class Due:
    """An acknowledgement that the caps allow, to be posted with the others of the batch."""

    ticket: Ticket
    draft: Draft
    counted: AutomaticMail


def may_acknowledge(ticket: Ticket, *, machine_now: datetime) -> bool:
    """A person wrote from a mail address that has not had too many automatic mails."""
    address = ticket.requester_address
    if not is_acknowledged(ticket) or not address:
        return False
    return may_send_automatic(list_sent([address], machine_now=machine_now).get(address, ()), machine_now)


def is_acknowledged(ticket: Ticket) -> bool:
    """Whether contacts of this kind are acknowledged at all."""
    return ticket.channel in WRITTEN and "@" in (ticket.requester_address or "")


def lock_addresses(addresses: Iterable[str | None]) -> None:
    """Hold addresses to the end of the transaction, so that two workers do not both send the last mail a cap allows.

    A batch holds all of its own before it locks any ticket, in one order for all; who counts a single address holds it
    when it counts.
    """
    if wanted := sorted({address.lower() for address in addresses if address}):
        db.session.execute(_LOCK, {"addresses": wanted})


def list_sent(addresses: Collection[str], *, machine_now: datetime) -> dict[str, list[datetime]]:
    """When each address was sent an automatic mail in the widest window of the caps; nobody else sends one meanwhile."""
    lock_addresses(addresses)
    found = select(AutomaticMail.address, AutomaticMail.sent_at).where(
        AutomaticMail.address.in_(addresses), AutomaticMail.sent_at > machine_now - LONGEST_WINDOW
    )
    sent: dict[str, list[datetime]] = {}
    for address, sent_at in db.session.execute(found):
        sent.setdefault(address, []).append(sent_at)
    return sent


def draft_acknowledgement(
    ticket: Ticket, *, directory: Directory, now: datetime, machine_now: datetime
) -> Due:
    """The draft, counted against the caps; the expected delay knows the store's hours.

    Nothing in it was chosen by the sender, not even a name: anybody may write in anybody's name, and the hub would
    carry the words to that address.
    """
    address = ticket.requester_address or ""
    counted = AutomaticMail(ticket_id=ticket.id, address=address, sent_at=machine_now)
    ticket.acknowledged_at = now
    draft = Draft(
        key=f"{TICKET}:{ticket.id}:acknowledgement",
        template_key=TEMPLATE,
        values={
            "salutation": "",
            "ticket_number": ticket.number,
            "expected_reply": expected_reply(ticket, directory=directory, now=now),
        },
        purpose=Purpose.SERVICE,
        language=ticket.language,
        customer_id=ticket.customer_id,
        recipient=address,
        store_id=ticket.store_id,
        reply_to=make_reply_address(ticket.id, address, site.inbound_domain()),
        source_kind=TICKET,
        source_id=ticket.id,
        due_at=now,
    )
    return Due(ticket, draft, counted)


def post_acknowledgements(dues: Sequence[Due], *, now: datetime) -> None:
    """Post them together and note each in its thread."""
    db.session.add_all(post_dues(dues, now=now))
    db.session.flush()


def post_dues(dues: Sequence[Due], *, now: datetime) -> list[TicketMessage]:
    """Post them together; the lines of the threads, not yet added."""
    posted = outbox.post_many([due.draft for due in dues], now=now)
    return [
        make_message(
            due.ticket, now=now, kind=MessageKind.AUTOMATIC, text="", outbound_id=each.message_id_row
        )
        for due, each in zip(dues, posted, strict=True)
    ]


def expected_reply(ticket: Ticket, *, directory: Directory, now: datetime) -> str:
    """When the reply is due, in words and in the store's time; "" when no hours are known."""
    store = directory.stores.get(ticket.store_id) if ticket.store_id else None
    if ticket.due_at is None or store is None:
        return ""
    zone = ZoneInfo(store.time_zone)
    return expected_reply_in_words(ticket.due_at.astimezone(zone), now.astimezone(zone), ticket.language)
