"""Contacts noted on a store's tablet: signed by a colleague's PIN, taken once however often they are sent."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_, shorten
from hub.core.words import ActorKind
from hub.customers.card_holders import find_card_holder
from hub.customers.queries import get_customer
from hub.inbox.actions.calls import CallDraft, add_call
from hub.inbox.actions.contacts import find_noted, open_contact
from hub.inbox.models import Ticket
from hub.inbox.values import Contact
from hub.inbox.words import AnswerBy
from hub.orders.queries import find_order_by_external_id
from hub.staff import actions as staff
from hub.staff.queries import AgentRow, list_signers
from hub.staff.rules import Viewer
from hub.stores.queries import get_store

OLDEST = timedelta(days=7)
CALL_FROM = time(10)
SCRIPT_CHARS = 2000


@dataclass(frozen=True, kw_only=True)
class CounterEntry:
    """What the tablet sends. `pin` is None when its seal could not be opened.

    `age_seconds`: how long ago it was noted, by the tablet's own clock; `noted_words`: the moment as that clock said it.
    """

    contact: Contact
    key: str
    signer_id: int
    pin: str | None
    answer_by: AnswerBy
    answer_until_on: date | None = None
    age_seconds: float = 0
    noted_words: str = ""


@dataclass(frozen=True)
class CounterNoted:
    """The ticket's number; None: the PIN was not right, or the door is closed for so many seconds."""

    number: str | None
    wait_seconds: int = 0


def note_at_counter(
    entry: CounterEntry, *, viewer: Viewer, now: datetime, machine_now: datetime
) -> CounterNoted:
    """Open the ticket in the name of who signed; `viewer` is the session of the tablet.

    A wrong PIN is counted, so it is answered and not raised. Raises Invalid (with its field), NotFound (no store of the
    tablet's session).
    """
    store_id = entry.contact.store_id
    if not viewer.scope.has_store(store_id):
        raise NotFound(
            N_("This tablet is logged in for another store. Please log in with somebody of this store.")
        )
    key = f"counter:{store_id}:{entry.key}"
    if (noted := find_noted(key)) is not None:
        return CounterNoted(noted)
    signer = _signer_of(entry)
    admission = staff.sign_by_pin(agent_id=signer.id, pin=entry.pin or "", now=machine_now)
    if admission.agent_id is None:
        return CounterNoted(None, admission.wait_seconds)
    by = Actor(ActorKind.AGENT, agent_id=signer.id, name=signer.name)
    contact = _contact_of(entry, key, viewer, now)
    number = open_contact(contact, by=by, now=now)
    _promise(number, entry, by=by, now=now)
    return CounterNoted(number)


def _signer_of(entry: CounterEntry) -> AgentRow:
    found = {person.id: person for person in list_signers(entry.contact.store_id)}.get(entry.signer_id)
    if found is None:
        raise Invalid(
            N_("This person does not sign for this store any more. Please have somebody of the store sign."),
            field="signer",
        )
    if entry.pin is None:
        raise Invalid(N_("The signature could not be read. Please type the PIN again."), field="pin")
    if not entry.pin:
        raise Invalid(N_("A PIN has 4 to 6 digits."), field="pin")
    return found


def _contact_of(entry: CounterEntry, key: str, viewer: Viewer, now: datetime) -> Contact:
    """With the customer that an order number or a card names, and the evidence of where and when it was noted."""
    age = min(max(timedelta(seconds=entry.age_seconds), timedelta(0)), OLDEST)
    evidence = {
        "noted_at": (now - age).isoformat(),
        "received_at": now.isoformat(),
        "clock_said": entry.noted_words,
        "session_agent_id": viewer.agent_id,
        "answer_by": entry.answer_by,
        "answer_until_on": entry.answer_until_on.isoformat() if entry.answer_until_on else None,
    }
    return replace(
        _named(entry.contact),
        key=key,
        noted_at=now - age,
        is_settled=entry.answer_by is AnswerBy.NONE,
        inserted={"counter": evidence},
    )


def _named(contact: Contact) -> Contact:
    """Typed addresses say who it is; without one the order or the card does."""
    number = (contact.order_number or "").strip()
    if not number or contact.email or contact.phone:
        return contact
    order = find_order_by_external_id(number)
    holder = find_card_holder([number]) if order is None else None
    customer_id = order.customer_id if order else holder.customer_id if holder else None
    if customer_id is None and not (contact.first_name or contact.last_name):
        raise Invalid(
            N_("No order and no card has this number. Please give a name, a mail address or a phone number."),
            field="order_number",
        )
    return replace(contact, customer_id=customer_id)


def _promise(number: str, entry: CounterEntry, *, by: Actor, now: datetime) -> None:
    """An answer that was promised can be given: an address to write to, or a call on the store's list."""
    ticket = db.session.scalars(select(Ticket).where(Ticket.number == number)).one()
    customer = get_customer(ticket.customer_id) if ticket.customer_id else None
    if entry.answer_by is AnswerBy.MAIL and not (customer and customer.mail):
        raise Invalid(N_("No mail address is known for this customer. Please give one."), field="email")
    if entry.answer_by is not AnswerBy.PHONE:
        return
    if not (customer and customer.phone):
        raise Invalid(N_("No phone number is known for this customer. Please give one."), field="phone")
    draft = CallDraft(
        ticket_id=ticket.id,
        script=shorten(entry.contact.text, SCRIPT_CHARS),
        due_at=_call_at(entry, now),
    )
    add_call(draft, by=by, now=now)


def _call_at(entry: CounterEntry, now: datetime) -> datetime:
    """The morning of the day wished for, by the store's clock; without one, or when it has begun: now."""
    if entry.answer_until_on is None:
        return now
    zone = ZoneInfo(get_store(entry.contact.store_id).time_zone)
    return max(now, datetime.combine(entry.answer_until_on, CALL_FROM, zone))
