"""What a customer wrote in a questionnaire becomes a ticket of his store, when somebody who read it says so."""

from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.facts import record
from hub.core.words import Channel, Language
from hub.customers.actions import lock_customer
from hub.customers.queries import CustomerRow, get_customer
from hub.inbox.actions import waiting
from hub.inbox.actions.events import note_ticket, settle_hold
from hub.inbox.actions.handing_out import hand_out
from hub.inbox.actions.opening import Opening, add_message, add_party, add_ticket
from hub.inbox.actions.ruling import Seen, apply_rules, note_opening
from hub.inbox.directory import Directory
from hub.inbox.facts import TicketOpened
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.routing import CENTRAL, route_by
from hub.inbox.words import MessageKind, RouteSource

REMARK = "remark"
_SUBJECTS = {
    Language.FRENCH: "Commentaire dans un questionnaire",
    Language.ENGLISH: "Comment in a questionnaire",
}


def open_ticket_from_remark(
    *, remark_id: int, customer_id: int, store_id: int | None, text: str, by: Actor, now: datetime
) -> int:
    """The ticket id; the same remark again gives the same ticket. Without a store it is in the central queue."""
    lock_customer(customer_id)
    key = f"{REMARK}:{remark_id}"
    found = db.session.scalar(select(TicketMessage.ticket_id).where(TicketMessage.key == key))
    if found is not None:
        return found
    ticket = _open(get_customer(customer_id), store_id, text, key=key, remark_id=remark_id, now=now)
    note_ticket("noted", ticket, by=by, now=now, channel=Channel.SURVEY)
    settle_hold(ticket, now=now)
    db.session.flush()
    fact = TicketOpened(
        customer_id=customer_id, ticket_id=ticket.id, store_id=ticket.store_id, channel=Channel.SURVEY
    )
    record(fact, now=now)
    return ticket.id


def _open(
    customer: CustomerRow, store_id: int | None, text: str, *, key: str, remark_id: int, now: datetime
) -> Ticket:
    directory = Directory()
    opening = _opening(customer, store_id, text, remark_id=remark_id)
    seen = Seen(sender=customer.mail or "", order=None, customer_id=customer.id)
    opening = apply_rules(opening, seen, directory=directory, now=now)
    ticket = add_ticket(opening, now=now)
    add_party(ticket.id, customer.mail, customer.name, is_requester=True)
    add_message(
        ticket,
        now=now,
        is_first=True,
        kind=MessageKind.CUSTOMER,
        channel=Channel.SURVEY,
        key=key,
        author_name=customer.name,
        author_address=customer.mail,
        text=text,
    )
    waiting.start_wait(ticket, at=now, channel=Channel.SURVEY, directory=directory)
    note_opening(ticket, opening, directory=directory, now=now)
    hand_out(directory.take_unassigned(), now=now)
    return ticket


def _opening(customer: CustomerRow, store_id: int | None, text: str, *, remark_id: int) -> Opening:
    return Opening(
        channel=Channel.SURVEY,
        language=customer.language,
        subject=_SUBJECTS[customer.language],
        text=text,
        route=CENTRAL if store_id is None else route_by(RouteSource.AGENT, store_id),
        customer_id=customer.id,
        requester_name=customer.name,
        requester_address=customer.mail,
        phone=customer.phone,
        source_kind=REMARK,
        source_id=remark_id,
    )
