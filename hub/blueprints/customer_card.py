"""The customer beside the work: composed from the rooms, for the ticket pane and for the customer's page."""

from dataclasses import dataclass, replace
from datetime import datetime

from hub.blueprints import customer_words as words
from hub.blueprints.score_words import Scores, scores_of
from hub.core import clock
from hub.core.db import transaction
from hub.core.words import Purpose
from hub.customers import actions, queries
from hub.customers.contactability import list_suppressions
from hub.customers.notes.rows import NoteRow
from hub.customers.queries import AddressRow, ConsentRow, CustomerRow
from hub.customers.rules import choose_standing, show_phone
from hub.customers.words import SuppressionReason
from hub.identity.card import Standing, get_standing
from hub.inbox.queries import TicketRow, list_customer_tickets
from hub.inbox.words import TicketState
from hub.orders.behaviour.rows import BasketRow
from hub.orders.queries import OrderRow
from hub.plans.queries import EnrolmentRow
from hub.segments.values.rules import YEAR_MONTHS, borders_of, months_before, read_definitions
from hub.staff.rules import Viewer
from hub.staff.words import Permission
from hub.surveys.queries import AnswerRow
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
    scores: Scores | None = None
    basket: BasketRow | None = None
    plans: tuple[EnrolmentRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()

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

    Who was merged is shown as the customer he became. Must not be called inside a transaction.
    """
    now = clock.business_now()
    customer = queries.get_customer(customer_id)
    with transaction():
        actions.note_view(customer.id, by=viewer.actor, now=now)
    standing = get_standing(customer.id, since=months_before(now, YEAR_MONTHS))
    borders = borders_of(read_definitions(standing.definitions or {}), now)
    tickets = _tickets(customer.id, viewer)
    buying = standing.buying
    return Card(
        customer=customer,
        phone=show_phone(customer.phone) if customer.phone else "",
        verdict=words.verdict_of(choose_standing(buying, borders), buying, customer.title),
        orders=standing.orders,
        answers=standing.answers,
        tickets=tuple(tickets),
        consents=standing.consents,
        addresses=_addresses(standing.addresses),
        store_names=standing.store_names,
        now=now,
        scores=_scores(standing),
        basket=standing.basket if standing.basket and standing.basket.lines else None,
        plans=standing.plans,
        notes=standing.notes,
    )


def _addresses(rows: tuple[AddressRow, ...]) -> tuple[AddressRow, ...]:
    """With what blocks each."""
    blocked: dict[str, list[tuple[Purpose | None, SuppressionReason, datetime]]] = {}
    for value, purpose, reason, since in list_suppressions([row.value for row in rows]):
        blocked.setdefault(value, []).append((purpose, reason, since))
    return tuple(replace(row, suppressions=tuple(blocked.get(row.value, ()))) for row in rows)


def _tickets(customer_id: int, viewer: Viewer) -> list[TicketRow]:
    return list_customer_tickets(customer_id, viewer) if viewer.may(Permission.READ_TICKETS) else []


def _scores(standing: Standing) -> Scores | None:
    """Nothing before the first night of a new base."""
    if standing.score is None:
        return None
    definitions = read_definitions(standing.definitions or {})
    return scores_of(standing.score, definitions, standing.currency or "EUR")
