"""Takes in many new contacts by mail with a handful of statements; their effect is that of receiving each alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from hub.core import site
from hub.core.db import db, ring_after_commit
from hub.core.facts import record_many
from hub.core.words import Channel
from hub.customers.batch import find_or_create_by_mail
from hub.customers.queries import CustomerRow, get_customers
from hub.customers.rows import CustomerDetails
from hub.customers.rules import normalise_mail
from hub.inbox.actions import acknowledging, addressed, finding, looping, waiting
from hub.inbox.actions.acknowledging import Due
from hub.inbox.actions.events import settle_hold
from hub.inbox.actions.opening import BELL, Opening, make_message, make_ticket, take_ids
from hub.inbox.actions.receiving import make_opening, make_parties, message_fields, opened_fact, seen_of
from hub.inbox.actions.ruling import apply_rules, note_opening
from hub.inbox.deadlines import may_send_automatic
from hub.inbox.directory import Directory
from hub.inbox.models import ReplyWait, Ticket, TicketMessage, TicketParty
from hub.inbox.states import OPEN_STATES
from hub.inbox.threading import Hints, read_hints
from hub.inbox.values import Incoming, Received
from hub.inbox.words import IncomingKind, MessageKind


@dataclass(frozen=True)
class _Case:
    """A contact on its way in, with everything it makes; nothing is added yet."""

    incoming: Incoming
    ticket: Ticket
    parties: Sequence[TicketParty]
    message: TicketMessage
    wait: ReplyWait
    opening: Opening


def choose_plain(incomings: Sequence[Incoming]) -> list[bool]:
    """Which of them are new contacts that may be taken in together; the others are received one by one.

    Plain is a mail without any hint of a ticket and without files, the first of its address and of its Message-ID.
    The caller holds the Message-IDs (`lock_names`): what others took in meanwhile is known.
    """
    known = _known_message_ids([each.mail_message_id for each in incomings if each.mail_message_id])
    seen: set[str] = set()
    plain = []
    for each in incomings:
        names = {
            each.from_address.lower(),
            (each.reply_to or each.from_address).lower(),
            each.mail_message_id or "",
        }
        plain.append(_is_plain(each) and not names & seen and each.mail_message_id not in known)
        seen |= names
    return plain


def _is_plain(incoming: Incoming) -> bool:
    if incoming.channel is not Channel.EMAIL or incoming.kind is IncomingKind.AUTO_REPLY:
        return False
    if (
        incoming.attachments
        or incoming.key
        or incoming.phone
        or incoming.reason_key
        or not incoming.mail_message_id
    ):
        return False
    hints = read_hints(
        recipients=incoming.recipients,
        in_reply_to=incoming.in_reply_to,
        references=incoming.references,
        subject=incoming.subject,
        domain=site.inbound_domain(),
    )
    return hints == Hints() and "@" in incoming.from_address


def _known_message_ids(message_ids: Sequence[str]) -> set[str | None]:
    if not message_ids:
        return set()
    found = select(TicketMessage.mail_message_id).where(TicketMessage.mail_message_id.in_(message_ids))
    return set(db.session.scalars(found))


def receive_new_contacts(
    incomings: Sequence[Incoming], *, now: datetime, machine_now: datetime, directory: Directory
) -> list[Received]:
    """Open a ticket for each, acknowledged; in the order given. Only for what `choose_plain` chose.

    Raises Invalid when an address is of no use: then nothing is taken in, and the caller receives one by one.
    """
    customers, is_known = _customers_of(incomings, now)
    related = _related_of([each.id for each in customers if is_known[each.id]])
    cases = []
    for incoming, customer, ticket_id in zip(incomings, customers, take_ids(len(incomings)), strict=True):
        known = is_known[customer.id]
        place = finding.find_place(
            incoming, customer, is_known=known, is_linked=False, directory=directory, now=now
        )
        place = replace(place, related_id=related.get(customer.id))
        opening = apply_rules(
            make_opening(incoming, customer, place, related_id=None),
            seen_of(incoming, customer, place, is_known=known),
            directory=directory,
            now=now,
        )
        cases.append(_make(incoming, opening, ticket_id, directory=directory, now=now))
    dues = _dues_of(cases, directory=directory, now=now, machine_now=machine_now)
    lines = acknowledging.post_dues(dues, now=now)
    _add(cases, dues, lines)
    for case in cases:
        _finish(case, directory=directory, now=now)
    written = {due.ticket.id for due in dues}
    for each in _people(cases):
        if each.id not in written:
            looping.hold_back(each, now=now, machine_now=machine_now)
    db.session.flush()
    record_many([opened_fact(case.ticket) for case in cases], now=now)
    ring_after_commit(BELL)
    return [
        Received(case.ticket.id, case.ticket.number, case.message.id, is_new_ticket=True) for case in cases
    ]


def _customers_of(
    incomings: Sequence[Incoming], now: datetime
) -> tuple[list[CustomerRow], Mapping[int, bool]]:
    """Who wrote each, and whether they were known before."""
    people = []
    for incoming in incomings:
        first, last = finding.split_name(incoming.from_name)
        people.append(
            CustomerDetails(
                email=incoming.from_address, first_name=first, last_name=last, language=incoming.language
            )
        )
    found = find_or_create_by_mail(people, now=now)
    owners = [found[normalise_mail(incoming.from_address)] for incoming in incomings]
    rows = get_customers([owner.customer_id for owner in owners])
    return [rows[owner.customer_id] for owner in owners], {
        each.customer_id: not each.is_new for each in owners
    }


def _related_of(customer_ids: Sequence[int]) -> Mapping[int | None, int]:
    """The latest open ticket of each customer."""
    if not customer_ids:
        return {}
    latest = (
        select(Ticket.customer_id, func.max(Ticket.id))
        .where(Ticket.customer_id.in_(customer_ids), Ticket.state.in_(OPEN_STATES))
        .group_by(Ticket.customer_id)
    )
    return {row[0]: row[1] for row in db.session.execute(latest)}


def _make(
    incoming: Incoming, opening: Opening, ticket_id: int, *, directory: Directory, now: datetime
) -> _Case:
    ticket = make_ticket(opening, ticket_id, now=now)
    message = make_message(ticket, now=now, kind=MessageKind.CUSTOMER, **message_fields(incoming, now))
    wait = waiting.make_wait(ticket, at=message.happened_at, channel=incoming.channel, directory=directory)
    return _Case(incoming, ticket, make_parties(ticket, incoming), message, wait, opening)


def _finish(case: _Case, *, directory: Directory, now: datetime) -> None:
    """What a rule may have made of it: a grievance, tags, experts, a line in the trail."""
    if case.ticket.is_grievance:
        settle_hold(case.ticket, now=now)
    note_opening(case.ticket, case.opening, directory=directory, now=now)
    addressed.note_addressed(case.ticket, case.incoming, directory=directory, now=now)


def _people(cases: Sequence[_Case]) -> list[Ticket]:
    """The tickets whose sender is a person and is acknowledged, as far as the caps allow."""
    return [
        case.ticket
        for case in cases
        if case.incoming.kind is IncomingKind.MESSAGE and acknowledging.is_acknowledged(case.ticket)
    ]


def _dues_of(
    cases: Sequence[_Case], *, directory: Directory, now: datetime, machine_now: datetime
) -> list[Due]:
    """The acknowledgements that the caps allow; each address stands once in the batch."""
    people = _people(cases)
    sent = acknowledging.list_sent([str(each.requester_address) for each in people], machine_now=machine_now)
    return [
        acknowledging.draft_acknowledgement(each, directory=directory, now=now, machine_now=machine_now)
        for each in people
        if may_send_automatic(sent.get(str(each.requester_address), ()), machine_now)
    ]


def _add(cases: Sequence[_Case], dues: Sequence[Due], lines: Sequence[TicketMessage]) -> None:
    """Tickets first: the other rows point to them."""
    db.session.add_all([case.ticket for case in cases])
    db.session.flush()
    db.session.add_all([party for case in cases for party in case.parties])
    db.session.add_all([case.message for case in cases] + list(lines))
    db.session.add_all([case.wait for case in cases])
    db.session.add_all([due.counted for due in dues])
    db.session.flush()
