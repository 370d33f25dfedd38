"""The customer beside the work: composed from the rooms, for the ticket pane and for the customer's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.blueprints import customer_words as words
from hub.core import clock
from hub.core.db import transaction
from hub.customers import actions, queries
from hub.customers.queries import AddressRow, ConsentRow, CustomerRow
from hub.customers.rules import LOYAL_DAYS, choose_standing, show_phone
from hub.inbox.queries import TicketRow, list_customer_tickets
from hub.inbox.words import TicketState
from hub.orders.queries import OrderRow, get_buying, list_customer_orders
from hub.staff.rules import Viewer
from hub.staff.words import Permission
from hub.stores.queries import get_stores
from hub.surveys.queries import AnswerRow, list_customer_answers
from hub.surveys.words import AnswerState

OVER = frozenset({TicketState.SOLVED, TicketState.CLOSED})
SPOKEN = frozenset({AnswerState.PROVISIONAL, AnswerState.CONFIRMED})


@dataclass(frozen=True)
class Card:
    """All of a customer at a glance; lists are newest first."""

    customer: CustomerRow
    phone: str
    verdict: words.Verdict
    orders: tuple[OrderRow, ...]
    answers: tuple[AnswerRow, ...]
    tickets: tuple[TicketRow, ...]
    consents: tuple[ConsentRow, ...]
    addresses: tuple[AddressRow, ...]
    store_names: dict[int, str]
    now: datetime

    @property
    def latest(self) -> OrderRow | None:
        return self.orders[0] if self.orders else None

    @property
    def answer(self) -> AnswerRow | None:
        """The latest answer that still stands."""
        return next((answer for answer in self.answers if answer.state in SPOKEN), None)

    @property
    def open_tickets(self) -> list[TicketRow]:
        return [ticket for ticket in self.tickets if ticket.state not in OVER]

    @property
    def current_consents(self) -> list[ConsentRow]:
        return [consent for consent in self.consents if consent.is_current]

    @property
    def blocked(self) -> list[AddressRow]:
        return [address for address in self.addresses if address.suppressions]


def open_card(customer_id: int, viewer: Viewer) -> Card:
    """The card, its opening written to the access log. Raises NotFound. Tickets are those the reader may see.

    Must not be called inside a transaction.
    """
    now = clock.business_now()
    customer = queries.get_customer(customer_id)
    with transaction():
        actions.note_view(customer_id, by=viewer.actor, now=now)
    buying = get_buying(customer_id, since=now - timedelta(days=LOYAL_DAYS))
    orders = list_customer_orders(customer_id)
    tickets = _tickets(customer_id, viewer)
    return Card(
        customer=customer,
        phone=show_phone(customer.phone) if customer.phone else "",
        verdict=words.verdict_of(choose_standing(buying, now=now), buying, customer.title),
        orders=tuple(orders),
        answers=tuple(list_customer_answers(customer_id)),
        tickets=tuple(tickets),
        consents=tuple(queries.list_consents(customer_id)),
        addresses=tuple(queries.list_addresses(customer_id)),
        store_names=_store_names(customer, orders, tickets),
        now=now,
    )


def _tickets(customer_id: int, viewer: Viewer) -> list[TicketRow]:
    return list_customer_tickets(customer_id, viewer) if viewer.may(Permission.READ_TICKETS) else []


def _store_names(
    customer: CustomerRow, orders: Sequence[OrderRow], tickets: Sequence[TicketRow]
) -> dict[int, str]:
    """What the tickets name already is not asked again."""
    names = {ticket.store_id: ticket.store_name for ticket in tickets if ticket.store_id}
    wanted = {order.store_id for order in orders} | {customer.preferred_store_id or 0}
    missing = wanted - names.keys() - {0}
    return names | {store.id: store.name for store in get_stores(missing).values()}
