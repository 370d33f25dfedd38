"""Looks up what threading and routing ask of the tables, with as few statements as the message allows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, text

from hub.core import site
from hub.core.db import db
from hub.core.errors import Invalid
from hub.customers import queries as customers
from hub.customers.card_holders import find_card_holder
from hub.customers.queries import CustomerRow
from hub.inbox.actions.events import find_end
from hub.inbox.actions.texting import find_text_thread, plain_phone
from hub.inbox.directory import Directory
from hub.inbox.models import Ticket, TicketMessage, TicketParty
from hub.inbox.routing import (
    RECENT_ORDER_DAYS,
    Route,
    choose_route,
    find_card_numbers,
    find_order_numbers,
    find_postcodes,
    find_store_by_name,
    local_parts,
)
from hub.inbox.states import OPEN_STATES, next_on_customer_message
from hub.inbox.threading import Hints, Known, Thread, choose_thread, read_hints
from hub.inbox.values import Incoming
from hub.inbox.words import TEXTS, RouteSource, ThreadedBy
from hub.orders import queries as orders
from hub.orders.queries import OrderRow
from hub.stores import queries as stores

_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('inbox.contact:' || name, 0))"
    " FROM unnest(CAST(:names AS text[])) AS name"
)


@dataclass(frozen=True)
class Found:
    """Where a new ticket goes, the order it is about, and an open ticket that may be related."""

    route: Route
    order: OrderRow | None
    related_id: int | None


def find_thread(incoming: Incoming, directory: Directory | None = None) -> Thread:
    """Which ticket the message belongs to; a text message carries no thread, it goes on where its phone last wrote."""
    if incoming.ticket_id is not None:
        return Thread(incoming.ticket_id, ThreadedBy.SIGNED)
    if incoming.channel in TEXTS and incoming.phone:
        return find_text_thread(incoming, directory)
    hints = read_hints(
        recipients=incoming.recipients,
        in_reply_to=incoming.in_reply_to,
        references=incoming.references,
        subject=incoming.subject,
        domain=site.inbound_domain(),
    )
    return choose_thread(hints, _known(hints), sender=incoming.from_address.lower())


def belongs_to_ticket(incoming: Incoming) -> bool:
    """Whether the message answers a ticket, whatever state that is in."""
    return find_thread(incoming).ticket_id is not None


def continues_ticket(incoming: Incoming) -> bool:
    """Whether the message answers a ticket that still takes messages: merges are followed, nothing is locked."""
    ticket_id = find_thread(incoming).ticket_id
    end_id = find_end(ticket_id) if ticket_id is not None else None
    state = db.session.scalar(select(Ticket.state).where(Ticket.id == end_id)) if end_id else None
    return state is not None and next_on_customer_message(state) is not None


def _known(hints: Hints) -> Known:
    by_number = _ids_by_number(hints.numbers)
    wanted = {*by_number.values(), *(token.ticket_id for token in hints.tokens)}
    return Known(get_parties(wanted), _ids_by_message(hints.references), by_number)


def _ids_by_number(numbers: Iterable[str]) -> Mapping[str, int]:
    if not numbers:
        return {}
    rows = db.session.execute(select(Ticket.number, Ticket.id).where(Ticket.number.in_(numbers)))
    return {str(number): int(ticket_id) for number, ticket_id in rows}


def _ids_by_message(message_ids: tuple[str, ...]) -> Mapping[str, int]:
    if not message_ids:
        return {}
    found = select(TicketMessage.mail_message_id, TicketMessage.ticket_id)
    rows = db.session.execute(found.where(TicketMessage.mail_message_id.in_(message_ids)))
    return {message_id: ticket_id for message_id, ticket_id in rows if message_id}


def get_parties(ticket_ids: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """The addresses that take part, lower case, by ticket."""
    if not ticket_ids:
        return {}
    found = select(TicketParty.ticket_id, TicketParty.address).where(TicketParty.ticket_id.in_(ticket_ids))
    parties: dict[int, set[str]] = {}
    for ticket_id, address in db.session.execute(found):
        parties.setdefault(ticket_id, set()).add(address)
    return {ticket_id: frozenset(addresses) for ticket_id, addresses in parties.items()}


def is_party(ticket: Ticket, address: str) -> bool:
    """Whether the address takes part, or belongs to the ticket's customer."""
    if address.lower() in get_parties([ticket.id]).get(ticket.id, ()):
        return True
    if ticket.customer_id is None:
        return False
    owner = customers.find_customer_by_address(address)
    return owner is not None and owner.id == ticket.customer_id


def lock_names(names: Iterable[str | None]) -> None:
    """Hold keys and Message-IDs to the end of the transaction, so that a twin at work elsewhere is seen by the look.

    A batch holds all of its own before anything else, in one order for all, so that two batches never wait for
    each other.
    """
    if wanted := sorted({name for name in names if name}):
        db.session.execute(_LOCK, {"names": wanted})


def find_twin(incoming: Incoming) -> TicketMessage | None:
    """The same message, received before by another mailbox or posted twice by a door."""
    if incoming.key:
        return db.session.scalar(select(TicketMessage).where(TicketMessage.key == incoming.key))
    if not incoming.mail_message_id:
        return None
    found = select(TicketMessage).where(TicketMessage.mail_message_id == incoming.mail_message_id)
    for row in db.session.scalars(found.limit(5)):
        if row.author_address == incoming.from_address and row.text == incoming.text:
            return row
    return None


def find_place(
    incoming: Incoming,
    customer: CustomerRow | None,
    *,
    is_known: bool,
    directory: Directory,
    now: datetime,
    is_linked: bool = True,
) -> Found:
    """Route a new contact. `is_known`: the customer existed before, so there may be orders and tickets.

    `is_linked` False leaves out the look-up of a related ticket.
    """
    known = customer if is_known else None
    found = _Search(incoming, known, customer, directory, now).run()
    related_id = find_related(known.id) if known and is_linked else None
    return replace(found, related_id=related_id)


@dataclass
class _Search:
    """One run through the sources; what one source found is not asked again by the next."""

    incoming: Incoming
    known: CustomerRow | None
    customer: CustomerRow | None
    directory: Directory
    now: datetime
    order: OrderRow | None = None
    detail: str = ""

    def run(self) -> Found:
        route = choose_route(
            self.directory.routing_order,
            {
                RouteSource.ORDER_NUMBER: self.by_order_number,
                RouteSource.STORE_ADDRESS: self.by_address,
                RouteSource.STORE_NUMBER: self.by_number,
                RouteSource.STORE_FORM: self.by_form,
                RouteSource.RECENT_ORDER: self.by_recent_order,
                RouteSource.LOYALTY_CARD: self.by_card,
                RouteSource.PREFERRED_STORE: self.by_preference,
                RouteSource.POSTCODE: self.by_postcode,
                RouteSource.STORE_NAME: self.by_name,
            },
        )
        own = self.order if self.order and self.known and self.order.customer_id == self.known.id else None
        return Found(replace(route, detail=self.detail if route.store_id else ""), own, None)

    def say(self, detail: str, store_id: int | None) -> int | None:
        """What was found, remembered for the reader of the ticket."""
        self.detail = detail
        return store_id

    def by_order_number(self) -> int | None:
        text = f"{self.incoming.order_number or ''} {self.incoming.subject}\n{self.incoming.text[:5000]}"
        for number in find_order_numbers(text):
            self.order = orders.find_order_by_external_id(number)
            if self.order:
                return self.say(self.order.external_id, self.order.store_id)
        return None

    def by_address(self) -> int | None:
        for local in local_parts(self.incoming.recipients, self.directory.domains):
            if local in self.directory.by_mailbox:
                return self.say(local, self.directory.by_mailbox[local])
        return None

    def by_number(self) -> int | None:
        for number in (plain_phone(each) for each in self.incoming.recipients if "@" not in each):
            if number and number in self.directory.by_phone:
                return self.say(number, self.directory.by_phone[number])
        return None

    def by_form(self) -> int | None:
        return self.say("", self.incoming.store_id)

    def by_recent_order(self) -> int | None:
        latest = orders.find_latest_order(self.known.id) if self.known else None
        if latest is None or latest.placed_at < self.now - timedelta(days=RECENT_ORDER_DAYS):
            return None
        return self.say(latest.external_id, latest.store_id)

    def by_card(self) -> int | None:
        """The preferred store of the holder of the card that the text names, else that of the latest order."""
        numbers = find_card_numbers(f"{self.incoming.subject}\n{self.incoming.text[:5000]}")
        holder = find_card_holder(numbers) if numbers else None
        if holder is None:
            return None
        latest = None if holder.preferred_store_id else orders.find_latest_order(holder.customer_id)
        return self.say(holder.card, holder.preferred_store_id or (latest.store_id if latest else None))

    def by_preference(self) -> int | None:
        return self.say("", self.customer.preferred_store_id if self.customer else None)

    def by_postcode(self) -> int | None:
        given = (self.customer.postcode,) if self.customer and self.customer.postcode else ()
        for postcode in (*find_postcodes(self.incoming.text[:5000]), *given):
            near = stores.find_stores_by_postcode(postcode)
            if len(near) == 1:
                return self.say(postcode, near[0].id)
        return None

    def by_name(self) -> int | None:
        text = f"{self.incoming.subject}\n{self.incoming.text[:5000]}"
        return self.say("", find_store_by_name(text, self.directory.names))


def find_related(customer_id: int) -> int | None:
    """The latest open ticket of the customer."""
    return db.session.scalar(
        select(Ticket.id)
        .where(Ticket.customer_id == customer_id, Ticket.state.in_(OPEN_STATES))
        .order_by(Ticket.id.desc())
        .limit(1)
    )


def find_customer(customer_id: int | None) -> CustomerRow | None:
    return customers.get_customers([customer_id]).get(customer_id) if customer_id else None


def split_name(name: str) -> tuple[str, str]:
    """First and last name of a display name; a lone word is the last name."""
    first, _, last = " ".join(name.split()).rpartition(" ")
    return first, last


def is_usable(error: Invalid) -> bool:
    """Whether the contact can be kept without a customer: only its address was unusable."""
    return error.field in {"email", "phone"}
