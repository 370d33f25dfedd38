"""Takes in a contact from outside: into its ticket, or into a new one in the right store."""

from datetime import datetime
from typing import Any

from hub.core.actor import CUSTOMER, Actor
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.facts import record
from hub.core.words import Channel, Language
from hub.customers.actions import CustomerDetails, resolve_customer
from hub.customers.queries import CustomerRow
from hub.inbox.actions import acknowledging, addressed, finding, looping, waiting
from hub.inbox.actions.events import lock_end, move_state, settle_hold
from hub.inbox.actions.handing_out import hand_out
from hub.inbox.actions.noticing import tell_followers
from hub.inbox.actions.opening import Opening, add_message, add_party, add_ticket, make_party, show_message
from hub.inbox.actions.recounting import tell_recounted
from hub.inbox.actions.ruling import Seen, apply_rules, note_opening
from hub.inbox.actions.snoozing import wake_by_customer
from hub.inbox.actions.texting import our_number, plain_phone
from hub.inbox.directory import Directory
from hub.inbox.facts import CustomerWrote, TicketOpened, TicketReopened
from hub.inbox.models import Ticket, TicketAttachment, TicketMessage, TicketParty
from hub.inbox.states import next_on_customer_message
from hub.inbox.values import Incoming, Received
from hub.inbox.words import TEXTS, IncomingKind, MessageKind, ThreadedBy, TicketState
from hub.reasons.queries import find_reason_by_key

MOST_RECIPIENTS = 10


def receive_message(
    incoming: Incoming,
    *,
    now: datetime,
    machine_now: datetime | None = None,
    directory: Directory | None = None,
) -> Received:
    """Thread the message or open a ticket for it; acknowledge a person's new contact.

    `directory` is handed in by a batch, which then posts the acknowledgements it collected itself. The same message
    handed in twice is received once.
    """
    place = directory or Directory()
    finding.lock_names([incoming.key or incoming.mail_message_id])
    twin = finding.find_twin(incoming)
    if twin is not None:
        addressed.note_twin(twin, incoming, directory=place, now=now)
        return _again(twin)
    thread = finding.find_thread(incoming, place)
    ticket = _join(thread.ticket_id, incoming)
    if incoming.kind is IncomingKind.AUTO_REPLY:
        return _keep_auto_reply(ticket, incoming, now)
    if ticket is not None and next_on_customer_message(ticket.state) is not None:
        return _append(ticket, incoming, thread.by, directory=place, now=now)
    related_id = ticket.id if ticket else thread.related_id
    received, opened = _open(incoming, related_id=related_id, directory=place, now=now)
    _acknowledge(opened, incoming, place, now=now, machine_now=machine_now or now)
    if directory is None:
        acknowledging.post_acknowledgements(place.take_dues(), now=now)
        hand_out(place.take_unassigned(), now=now)
    return received


def receive_into(
    ticket_id: int, incoming: Incoming, *, now: datetime, machine_now: datetime | None = None
) -> Received:
    """As `receive_message`, into a ticket that the sender's system named; a closed one is followed by a new one."""
    place = Directory()
    finding.lock_names([incoming.key])
    twin = finding.find_twin(incoming) if incoming.key else None
    if twin is not None:
        return _again(twin)
    ticket = _join(ticket_id, incoming)
    if ticket is not None and next_on_customer_message(ticket.state) is not None:
        return _append(ticket, incoming, ThreadedBy.SIGNED, directory=place, now=now)
    received, opened = _open(incoming, related_id=ticket.id if ticket else None, directory=place, now=now)
    _acknowledge(opened, incoming, place, now=now, machine_now=machine_now or now)
    acknowledging.post_acknowledgements(place.take_dues(), now=now)
    hand_out(place.take_unassigned(), now=now)
    return received


def _join(ticket_id: int | None, incoming: Incoming) -> Ticket | None:
    """The ticket at the end of the thread, locked; None for one that who hands this in may not write into."""
    ticket = lock_end(ticket_id) if ticket_id is not None else None
    return ticket if ticket is not None and incoming.may_join(ticket.store_id) else None


def _again(twin: TicketMessage) -> Received:
    ticket = db.session.get_one(Ticket, twin.ticket_id)
    return Received(ticket.id, ticket.number, twin.id, is_new_ticket=False)


def _keep_auto_reply(ticket: Ticket | None, incoming: Incoming, now: datetime) -> Received:
    """Attached to the ticket; does not reopen, touches no clock, is not acknowledged, triggers nothing."""
    if ticket is None:
        return Received(None, None, None, is_new_ticket=False)
    message = _write(ticket, incoming, MessageKind.AUTO_REPLY, now=now)
    db.session.flush()
    return Received(ticket.id, ticket.number, message.id, is_new_ticket=False)


def _append(
    ticket: Ticket, incoming: Incoming, by: ThreadedBy, *, directory: Directory, now: datetime
) -> Received:
    """The customer, or another party, writes again; a solved ticket is open again."""
    is_known = finding.is_party(ticket, incoming.from_address) if incoming.from_address else True
    parties = finding.get_parties([ticket.id]).get(ticket.id, frozenset())
    if incoming.from_address and incoming.from_address.lower() not in parties:
        add_party(ticket.id, incoming.from_address, incoming.from_name, is_requester=False)
    if ticket.state is TicketState.SOLVED:
        reopen_row(ticket, by=CUSTOMER, now=now)
    wake_by_customer(ticket, now=now)
    move_state(ticket, next_on_customer_message(ticket.state) or TicketState.OPEN, by=CUSTOMER, now=now)
    message = _write(ticket, incoming, MessageKind.CUSTOMER, now=now, is_stranger=not is_known)
    waiting.start_wait(ticket, at=message.happened_at, channel=incoming.channel, directory=directory)
    if ticket.waiting_since is None or ticket.due_at is None:
        ticket.list_at = ticket.waiting_since or now
    show_message(ticket, incoming.text, now=now)
    db.session.flush()
    tell_followers(ticket.id, "customer_wrote", by=None, now=now)
    fact = CustomerWrote(
        customer_id=ticket.customer_id,
        ticket_id=ticket.id,
        message_id=message.id,
        store_id=ticket.store_id,
        channel=incoming.channel,
    )
    record(fact, now=now)
    return Received(ticket.id, ticket.number, message.id, is_new_ticket=False, threaded_by=by)


def reopen_row(ticket: Ticket, *, by: Actor, now: datetime, **data: Any) -> None:
    """Solved becomes open: noted with `data`, counted, told, and held again if it is a grievance."""
    move_state(ticket, TicketState.OPEN, by=by, now=now, action="reopened", **data)
    tell_recounted(ticket, now=now, gone=[ticket.solved_at, ticket.first_solved_at])
    ticket.solved_at = None
    ticket.reopened_count += 1
    settle_hold(ticket, now=now)
    record(
        TicketReopened(customer_id=ticket.customer_id, ticket_id=ticket.id, store_id=ticket.store_id), now=now
    )


def _open(
    incoming: Incoming, *, related_id: int | None, directory: Directory, now: datetime
) -> tuple[Received, Ticket]:
    customer_id, is_new = _customer_of(incoming, now)
    customer = finding.find_customer(customer_id)
    place = finding.find_place(incoming, customer, is_known=not is_new, directory=directory, now=now)
    opening = make_opening(incoming, customer, place, related_id=related_id)
    opening = apply_rules(
        opening, seen_of(incoming, customer, place, is_known=not is_new), directory=directory, now=now
    )
    ticket = add_ticket(opening, now=now)
    db.session.add_all(make_parties(ticket, incoming))
    message = _write(ticket, incoming, MessageKind.CUSTOMER, now=now, is_first=True)
    waiting.start_wait(ticket, at=message.happened_at, channel=incoming.channel, directory=directory)
    if ticket.is_grievance:
        settle_hold(ticket, now=now)
    note_opening(ticket, opening, directory=directory, now=now)
    addressed.note_addressed(ticket, incoming, directory=directory, now=now)
    record(opened_fact(ticket), now=now)
    return Received(ticket.id, ticket.number, message.id, is_new_ticket=True), ticket


def seen_of(
    incoming: Incoming, customer: CustomerRow | None, place: finding.Found, *, is_known: bool
) -> Seen:
    """What routing rules may ask of the contact."""
    return Seen(
        sender=incoming.from_address or incoming.phone or "",
        written_to=incoming.recipients,
        order=place.order,
        customer_id=customer.id if customer and is_known else None,
        has_attachment=bool(incoming.attachments) or incoming.has_files_to_come,
    )


def make_opening(
    incoming: Incoming, customer: CustomerRow | None, place: finding.Found, *, related_id: int | None
) -> Opening:
    """The ticket that a contact opens; it is answered where the sender wants the answer."""
    reason = find_reason_by_key(incoming.reason_key) if incoming.reason_key else None
    address = incoming.reply_to or incoming.from_address or (customer.mail if customer else None)
    phone = plain_phone(incoming.phone)
    if incoming.channel in TEXTS:
        address = phone
    return Opening(
        channel=incoming.channel,
        language=incoming.language or (customer.language if customer else Language.FRENCH),
        subject=incoming.subject or incoming.text,
        text=incoming.text,
        route=place.route,
        customer_id=customer.id if customer else None,
        requester_name=incoming.from_name or (customer.name if customer else ""),
        requester_address=address.lower() if address else None,
        phone=phone or (customer.phone if customer else None),
        reason_id=reason.id if reason else None,
        order_id=place.order.id if place.order else None,
        order_number=place.order.external_id if place.order else incoming.order_number,
        is_grievance=bool(reason and reason.is_grievance),
        related_ticket_id=related_id or place.related_id,
        our_address=our_number(incoming),
        source_kind=incoming.source_kind,
        source_id=incoming.source_id,
    )


def make_parties(ticket: Ticket, incoming: Incoming) -> list[TicketParty]:
    """Who takes part in a new ticket: the address it is answered at, and the one it came from."""
    addresses = (ticket.requester_address, incoming.from_address.lower())
    return [
        make_party(ticket.id, address, incoming.from_name, is_requester=True)
        for address in dict.fromkeys(filter(None, addresses))
    ]


def opened_fact(ticket: Ticket) -> TicketOpened:
    return TicketOpened(
        customer_id=ticket.customer_id, ticket_id=ticket.id, store_id=ticket.store_id, channel=ticket.channel
    )


def _customer_of(incoming: Incoming, now: datetime) -> tuple[int | None, bool]:
    """Who wrote, made when nobody is known; None when the sender's address is of no use."""
    first, last = finding.split_name(incoming.from_name)
    details = CustomerDetails(
        email=incoming.from_address or None,
        phone=incoming.phone,
        first_name=first,
        last_name=last,
        language=incoming.language,
        external_ids=incoming.external_ids,
    )
    try:
        found = resolve_customer(details, now=now)
    except Invalid as error:
        if finding.is_usable(error):
            return None, True
        raise
    return found.customer_id, found.is_new


def message_fields(incoming: Incoming, now: datetime) -> dict[str, Any]:
    """What a line of the thread takes from a contact."""
    return {
        "channel": incoming.channel,
        "key": incoming.key,
        "author_name": incoming.from_name,
        "author_address": incoming.from_address or incoming.phone,
        "subject": incoming.subject,
        "text": incoming.text,
        "quoted_text": incoming.quoted_text,
        "html": incoming.html,
        "mail_message_id": incoming.mail_message_id,
        "arrival_id": incoming.arrival_id,
        "happened_at": min(incoming.happened_at or now, now),
        "inserted": {"written_to": list(incoming.recipients[:MOST_RECIPIENTS])}
        if incoming.recipients
        else {},
        "is_machine": incoming.kind is IncomingKind.MACHINE,
    }


def _write(
    ticket: Ticket,
    incoming: Incoming,
    kind: MessageKind,
    *,
    now: datetime,
    is_first: bool = False,
    is_stranger: bool = False,
) -> TicketMessage:
    fields = message_fields(incoming, now)
    message = add_message(ticket, now=now, is_first=is_first, kind=kind, is_stranger=is_stranger, **fields)
    if incoming.attachments:
        db.session.flush()
        db.session.add_all(
            TicketAttachment(message_id=message.id, **vars(file)) for file in incoming.attachments
        )
    return message


def _acknowledge(
    ticket: Ticket, incoming: Incoming, directory: Directory, *, now: datetime, machine_now: datetime
) -> None:
    if incoming.kind is not IncomingKind.MESSAGE or incoming.channel is Channel.PHONE:
        return
    if not acknowledging.is_acknowledged(ticket):
        return
    if not acknowledging.may_acknowledge(ticket, machine_now=machine_now):
        looping.hold_back(ticket, now=now, machine_now=machine_now)
        return
    due = acknowledging.draft_acknowledgement(ticket, directory=directory, now=now, machine_now=machine_now)
    db.session.add(due.counted)
    directory.dues.append(due)
