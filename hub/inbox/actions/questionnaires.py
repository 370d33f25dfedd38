"""What a customer wrote in a questionnaire becomes a ticket of his store, when somebody who read it says so."""

from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.words import Channel, Language
from hub.customers.actions import lock_customer
from hub.customers.queries import get_customer
from hub.inbox.actions.events import note_ticket
from hub.inbox.actions.said import Said, open_ticket, tell_opened
from hub.inbox.models import TicketMessage
from hub.inbox.words import RouteSource

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
    customer = get_customer(customer_id)
    said = Said(
        kind=REMARK,
        id=remark_id,
        customer=customer,
        subject=_SUBJECTS[customer.language],
        text=text,
        store_id=store_id,
        found_by=RouteSource.AGENT,
    )
    ticket = open_ticket(said, key_of=lambda _: key, now=now)
    note_ticket("noted", ticket, by=by, now=now, channel=Channel.SURVEY)
    tell_opened(ticket, now=now)
    return ticket.id
