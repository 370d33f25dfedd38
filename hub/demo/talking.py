"""A year of tickets: who wrote, who answered and when, with the waits the statistics read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select, update

from hub.core.db import db
from hub.core.text import shorten
from hub.core.words import Channel, Language
from hub.demo.alerting import warned_of
from hub.demo.arriving import moments, sale_behind
from hub.demo.catalog import CONTACTS
from hub.demo.copying import copy_rows
from hub.demo.routing import is_filed_wrong, route_of
from hub.demo.shopping import Person, Sale
from hub.inbox.deadlines import default_target, make_deadline
from hub.inbox.indexing import index_of
from hub.inbox.models import ReplyWait, Ticket, TicketMessage, TicketParty
from hub.inbox.threading import make_number
from hub.inbox.words import MessageKind, Priority, RouteSource, TicketState, WaitKind
from hub.reasons.models import Reason
from hub.staff.models import Agent, Membership
from hub.stores.queries import get_hours_of
from hub.stores.rules import Hours, add_business_seconds, business_seconds

STILL_OPEN = timedelta(hours=30)
CHANNELS = (
    (Channel.EMAIL, 52),
    (Channel.FORM, 22),
    (Channel.PHONE, 14),
    (Channel.COUNTER, 12),
)
WRITTEN = frozenset({Channel.EMAIL, Channel.FORM})
AT_THE_COUNTER: dict[str, Any] = {
    "route_source": RouteSource.STORE_COUNTER,
    "route_confidence": 1.0,
    "route_detail": "",
    "transfer_count": 0,
}


@dataclass(frozen=True)
class Contact:
    """One ticket of the demo before it is written. `inserted`: what its first line keeps beside the words."""

    id: int
    sale: Sale
    person: Person
    channel: Channel
    at: datetime
    reason_id: int | None
    subject: str
    text: str
    answer: str
    inserted: Mapping[str, object] = field(default_factory=dict)


def make_tickets(sales: Sequence[Sale], people: Sequence[Person], *, now: datetime, random: Random) -> int:
    """Tickets, threads and waits; the last hours' are still waiting. Returns how many."""
    reasons = _reasons()
    contacts = [
        _contact(number, moment, sale_behind(sales, moment, now, random), people, reasons, random)
        for number, moment in enumerate(moments(now, random), 1)
    ]
    write_contacts(contacts, now=now, random=random)
    return len(contacts)


def write_contacts(contacts: Sequence[Contact], *, now: datetime, random: Random) -> None:
    """Their ids come after those of all tickets; so do those of their messages."""
    hours, agents = get_hours_of({contact.sale.store_id for contact in contacts}), _agents()
    before = db.session.scalar(select(func.max(TicketMessage.id))) or 0
    rows: dict[str, list[dict[str, Any]]] = {"tickets": [], "messages": [], "waits": []}
    for contact in contacts:
        _write(contact, rows, hours.get(contact.sale.store_id), agents, now, random)
    for message in rows["messages"]:
        message["id"] += before
    copy_rows(Ticket, rows["tickets"])
    copy_rows(TicketMessage, rows["messages"])
    copy_rows(ReplyWait, rows["waits"])
    copy_rows(TicketParty, [_party(contact) for contact in contacts])
    for contact in contacts:
        _index(contact)


def _contact(
    number: int,
    at: datetime,
    sale: Sale,
    people: Sequence[Person],
    reasons: Mapping[str, int],
    random: Random,
) -> Contact:
    key, subject, text, answer = random.choice(CONTACTS)
    filed = CONTACTS[number % len(CONTACTS)][0] if is_filed_wrong(number) else key
    channel = random.choices([each for each, _ in CHANNELS], [weight for _, weight in CHANNELS])[0]
    return Contact(
        id=number,
        sale=sale,
        person=people[sale.customer_id - 1],
        channel=channel,
        at=at,
        reason_id=reasons.get(filed),
        subject=subject,
        text=text.format(order=sale.number),
        answer=answer,
    )


def _write(
    contact: Contact,
    rows: dict[str, list[dict[str, Any]]],
    hours: Hours | None,
    agents: Mapping[int, list[tuple[int, str]]],
    now: datetime,
    random: Random,
) -> None:
    """One ticket with its thread and its wait."""
    target = default_target(contact.channel, Priority.NORMAL).first_seconds
    due = make_deadline(hours, contact.at, target)
    replied_at = _reply_moment(contact, hours, target, random)
    is_open = replied_at > now or (now - contact.at < STILL_OPEN and random.random() < 0.5)  # noqa: PLR2004 - half
    agent_id, agent_name = random.choice(agents[contact.sale.store_id])
    ticket = _ticket(contact) | {"assignee_id": agent_id if not is_open or contact.id % 3 else None}
    rows["messages"].append(_message(contact, len(rows["messages"]) + 1))
    wait = _wait(contact, target, due.due_at)
    if is_open:
        ticket |= {"waiting_since": contact.at, "due_at": due.due_at, "list_at": due.due_at or contact.at}
        ticket |= warned_of(contact.at, hours, target, due, now)
        if contact.channel in WRITTEN:  # a person has not said yet why the customer wrote
            ticket["reason_id"] = wait["reason_id"] = None
    else:
        line = _message(contact, len(rows["messages"]) + 1)
        rows["messages"].append(line | _answer(contact, replied_at, agent_id, agent_name))
        wait |= _ended(contact, replied_at, agent_id, hours)
        ticket |= _settled(contact, replied_at, now, random)
    rows["tickets"].append(ticket)
    rows["waits"].append(wait)


def _reply_moment(contact: Contact, hours: Hours | None, target: int, random: Random) -> datetime:
    """Most within the target, a tail beyond it; stores differ, as stores do."""
    pace = 0.55 + (contact.sale.store_id % 9) * 0.09
    seconds = int(target * pace * random.lognormvariate(-0.25, 0.85)) + 240
    later = add_business_seconds(hours, contact.at, seconds) if hours else None
    return later or contact.at + timedelta(seconds=seconds)


def _ticket(contact: Contact) -> dict[str, Any]:
    is_counter = contact.channel is Channel.COUNTER
    return {
        "id": contact.id,
        "number": make_number(contact.id, contact.at),
        "store_id": contact.sale.store_id,
        "customer_id": contact.person.id,
        "requester_name": contact.person.name,
        "requester_address": contact.person.mail,
        "channel": contact.channel,
        "state": TicketState.NEW,
        "priority": Priority.NORMAL,
        "language": Language.FRENCH,
        "subject": contact.subject,
        "preview": shorten(contact.text, 140),
        "reason_id": contact.reason_id,
        "assignee_id": None,
        "order_id": contact.sale.id,
        **(AT_THE_COUNTER if is_counter else route_of(contact.id, contact.sale.number)),
        "is_grievance": False,
        "is_confirmed": True,
        "waiting_since": None,
        "due_at": None,
        "warn_at": None,
        "warned_at": None,
        "missed_at": None,
        "warned_percent": 0,
        "list_at": contact.at,
        "first_replied_at": None,
        "first_solved_at": None,
        "solved_at": None,
        "closed_at": None,
        "reopened_count": 0,
        "last_event_id": 1,
        "created_at": contact.at,
        "updated_at": contact.at,
    }


def _settled(contact: Contact, replied_at: datetime, now: datetime, random: Random) -> dict[str, Any]:
    """Solved with the reply, closed seven days later; a few wait for the customer."""
    if now - replied_at < timedelta(days=2) and random.random() < 0.3:  # noqa: PLR2004 - three in ten
        state: dict[str, Any] = {"state": TicketState.PENDING}
    else:
        closed_at = replied_at + timedelta(days=7)
        is_closed = closed_at <= now
        state = {
            "state": TicketState.CLOSED if is_closed else TicketState.SOLVED,
            "first_solved_at": replied_at,
            "solved_at": replied_at,
            "closed_at": closed_at if is_closed else None,
        }
    moment = {"list_at": replied_at, "updated_at": replied_at, "first_replied_at": replied_at}
    return state | moment | {"last_event_id": 2, "created_at": contact.at}


def _message(contact: Contact, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "ticket_id": contact.id,
        "kind": MessageKind.CUSTOMER,
        "channel": contact.channel,
        "event_id": 1,
        "ends_wait": False,
        "agent_id": None,
        "author_name": contact.person.name,
        "author_address": contact.person.mail,
        "is_stranger": False,
        "subject": contact.subject,
        "text": contact.text,
        "quoted_text": "",
        "html": "",
        "inserted": dict(contact.inserted),
        "happened_at": contact.at,
    }


def _answer(contact: Contact, at: datetime, agent_id: int, agent_name: str) -> dict[str, Any]:
    return {
        "kind": MessageKind.AGENT,
        "event_id": 2,
        "ends_wait": True,
        "agent_id": agent_id,
        "author_name": agent_name,
        "author_address": None,
        "text": f"Bonjour {contact.person.name},\n\n{contact.answer}\n\n{agent_name}",
        "inserted": {},
        "happened_at": at,
    }


def _wait(contact: Contact, target: int, due_at: datetime | None) -> dict[str, Any]:
    return {
        "id": contact.id,
        "ticket_id": contact.id,
        "store_id": contact.sale.store_id,
        "channel": contact.channel,
        "reason_id": contact.reason_id,
        "kind": WaitKind.FIRST,
        "started_at": contact.at,
        "due_at": due_at,
        "target_seconds": target,
        "ended_at": None,
        "agent_id": None,
        "is_transferred": False,
        "seconds": None,
        "business_seconds": None,
    }


def _ended(contact: Contact, at: datetime, agent_id: int, hours: Hours | None) -> dict[str, Any]:
    worked = business_seconds(hours, contact.at, at) if hours else None
    elapsed = int((at - contact.at).total_seconds())
    return {"ended_at": at, "agent_id": agent_id, "seconds": elapsed, "business_seconds": worked}


def _party(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "ticket_id": contact.id,
        "address": contact.person.mail,
        "name": contact.person.name,
        "is_requester": True,
    }


def _index(contact: Contact) -> None:
    words = [make_number(contact.id, contact.at), contact.subject, contact.text, contact.answer]
    words += [contact.person.name, contact.person.mail, contact.sale.number]
    statement = update(Ticket).where(Ticket.id == contact.id).values(search=index_of(words))
    db.session.execute(statement.execution_options(synchronize_session=False))


def _agents() -> dict[int, list[tuple[int, str]]]:
    rows = db.session.execute(
        select(Membership.store_id, Agent.id, Agent.name)
        .join(Agent, Agent.id == Membership.agent_id)
        .where(Membership.store_id.is_not(None))
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for store_id, agent_id, name in rows:
        found.setdefault(store_id or 0, []).append((agent_id, name))
    return found


def _reasons() -> dict[str, int]:
    return dict(db.session.execute(select(Reason.key, Reason.id)).all())
