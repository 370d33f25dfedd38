"""Calls of customers that go on right now, for whom they ring; and on which line each store is called."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from hub.core.db import db
from hub.customers import queries as customers
from hub.customers.rules import show_phone
from hub.inbox.models import PhoneCall, PhoneLine, Ticket
from hub.inbox.phone_rules import RING_SECONDS
from hub.inbox.queries.access import only_visible
from hub.inbox.states import OPEN_STATES
from hub.inbox.words import PhoneCallState
from hub.staff.rules import Viewer
from hub.stores.queries import get_store, get_stores, list_stores

MOST_CALLS = 4
MOST_TICKETS = 3


@dataclass(frozen=True)
class TicketLink:
    number: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class LiveCall:
    """A call that rings or is talked on. `caller` as people read it, "" when hidden; `ticket_number` where it is noted."""

    id: int
    caller: str
    is_talking: bool
    started_at: datetime
    store_name: str
    customer_id: int | None
    name: str
    tickets: tuple[TicketLink, ...]
    ticket_number: str


@dataclass(frozen=True)
class CallToNote:
    """What the form of a contact takes from a call; `caller` is E.164, None when hidden."""

    id: int
    caller: str | None
    store_id: int | None
    customer_id: int | None


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """How a store is called; a store without a line of its own is called on `phone`, its public number."""

    store_id: int
    store_name: str
    phone: str | None
    number: str | None
    rings_at: str | None
    ring_seconds: int

    @property
    def dialled(self) -> str | None:
        """The telephone that rings: never the very number that is called."""
        behind = self.rings_at or self.phone
        return behind if behind != (self.number or self.phone) else None


def list_live_calls(viewer: Viewer) -> list[LiveCall]:
    """The latest calls that ring for the person, oldest first."""
    found = select(PhoneCall, Ticket.number).outerjoin(Ticket, Ticket.id == PhoneCall.ticket_id)
    live = PhoneCall.state.in_([PhoneCallState.RINGING, PhoneCallState.TALKING])
    latest = found.where(PhoneCall.ended_at.is_(None), live, _rings_for(viewer)).order_by(PhoneCall.id.desc())
    rows = db.session.execute(latest.limit(MOST_CALLS)).all()
    people = customers.get_customers({call.customer_id for call, _ in rows if call.customer_id})
    houses = get_stores({call.store_id for call, _ in rows if call.store_id})
    tickets = _open_tickets([call for call, _ in rows], viewer)
    return [
        LiveCall(
            id=call.id,
            caller=show_phone(call.caller) if call.caller else "",
            is_talking=call.state is PhoneCallState.TALKING,
            started_at=call.started_at,
            store_name=houses[call.store_id].name if call.store_id else "",
            customer_id=call.customer_id,
            name=people[call.customer_id].name if call.customer_id in people else "",
            tickets=tuple(tickets[call.id][:MOST_TICKETS]),
            ticket_number=number or "",
        )
        for call, number in reversed(rows)
    ]


def find_call_to_note(call_id: int, viewer: Viewer) -> CallToNote | None:
    """A call of the person's stores, to be noted."""
    call = db.session.get(PhoneCall, call_id)
    if call is None or not viewer.scope.has_store(call.store_id):
        return None
    return CallToNote(call.id, call.caller, call.store_id, call.customer_id)


def _rings_for(viewer: Viewer) -> ColumnElement[bool]:
    """Calls ring for the people of the store: who works for the whole chain is not interrupted by sixty stores."""
    return PhoneCall.store_id.in_(frozenset() if viewer.scope.is_everything else viewer.scope.store_ids)


def _open_tickets(calls: Collection[PhoneCall], viewer: Viewer) -> dict[int, list[TicketLink]]:
    """Open tickets of each caller that the person may see, latest first: by customer, else by earlier calls."""
    by_call: dict[int, list[TicketLink]] = defaultdict(list)
    if not calls:
        return by_call
    earlier = select(PhoneCall.ticket_id, PhoneCall.caller).where(
        PhoneCall.ticket_id.is_not(None), PhoneCall.caller.in_({call.caller for call in calls if call.caller})
    )
    noted = earlier.subquery()
    found = select(Ticket.id, Ticket.number, Ticket.subject, Ticket.customer_id, noted.c.caller)
    found = found.outerjoin(noted, noted.c.ticket_id == Ticket.id).where(
        Ticket.state.in_(OPEN_STATES),
        or_(
            Ticket.customer_id.in_({call.customer_id for call in calls if call.customer_id}),
            noted.c.caller.is_not(None),
        ),
    )
    for _, number, subject, customer_id, caller in db.session.execute(
        only_visible(found, viewer).order_by(Ticket.id.desc()).distinct()
    ):
        for call in calls:
            link = TicketLink(number, subject)
            is_theirs = customer_id == call.customer_id if customer_id and call.customer_id else False
            if (is_theirs or (caller and caller == call.caller)) and link not in by_call[call.id]:
                by_call[call.id].append(link)
    return by_call


def list_phone_lines() -> list[LineRow]:
    """Every store that is open for business, by name."""
    lines = {row.store_id: row for row in db.session.scalars(select(PhoneLine))}
    return [_line_row(store.id, store.name, store.phone, lines.get(store.id)) for store in list_stores()]


def get_phone_line(store_id: int) -> LineRow:
    """How one store is called. Raises NotFound."""
    store = get_store(store_id)
    line = db.session.get(PhoneLine, store_id)
    return _line_row(store.id, store.name, store.phone, line)


def _line_row(store_id: int, name: str, phone: str | None, line: PhoneLine | None) -> LineRow:
    return LineRow(
        store_id=store_id,
        store_name=name,
        phone=phone,
        number=line.number if line else None,
        rings_at=line.rings_at if line else None,
        ring_seconds=line.ring_seconds if line else RING_SECONDS,
    )
