"""Gestures of goodwill as people see them, within their stores."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select, true

from hub.core.db import db
from hub.core.paging import Page, decode_key, make_page
from hub.inbox.gestures import may_decide, read_ceilings
from hub.inbox.models import Gesture, Ticket
from hub.inbox.words import GestureKind, GestureState
from hub.loyalty.queries import list_pools
from hub.staff.queries import get_agents
from hub.staff.rules import Viewer
from hub.staff.words import Role
from hub.stores.queries import get_chain, get_stores


class GestureList(StrEnum):
    TO_DECIDE = "to_decide"
    TO_REFUND = "to_refund"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class GestureRow:
    """`may_decide`: whether this reader may grant or refuse it."""

    id: int
    ticket_number: str
    kind: GestureKind
    state: GestureState
    amount_cents: int
    currency: str
    text: str
    code: str | None
    store_name: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    may_decide: bool


@dataclass(frozen=True)
class VoucherRow:
    """A pool whose codes may be given as a gesture."""

    key: str
    name: str
    amount_cents: int


_LISTS: dict[GestureList, ColumnElement[bool]] = {
    GestureList.TO_DECIDE: Gesture.state == GestureState.ASKED,
    GestureList.TO_REFUND: (Gesture.state == GestureState.GRANTED) & (Gesture.kind == GestureKind.REFUND),
    GestureList.ALL: true(),
}


def list_gestures(
    which: GestureList, viewer: Viewer, *, after: str | None = None, size: int = 30
) -> Page[GestureRow]:
    """Newest first."""
    found = select(Gesture, Ticket.number).join(Ticket, Ticket.id == Gesture.ticket_id).where(_LISTS[which])
    if not viewer.scope.is_everything:
        found = found.where(Gesture.store_id.in_(viewer.scope.store_ids))
    if after:
        found = found.where(Gesture.id < decode_key(after, int)[0])
    rows = db.session.execute(found.order_by(Gesture.id.desc()).limit(size + 1)).all()
    people = get_agents({each for row, _ in rows for each in (row.asked_by_id, row.decided_by_id) if each})
    stores = get_stores({row.store_id for row, _ in rows if row.store_id})
    ceilings = get_ceilings()
    shown = [
        GestureRow(
            id=row.id,
            ticket_number=number,
            kind=row.kind,
            state=row.state,
            amount_cents=row.amount_cents,
            currency=row.currency,
            text=row.text,
            code=row.code,
            store_name=stores[row.store_id].name if row.store_id in stores else "",
            asked_by=people[row.asked_by_id].name if row.asked_by_id in people else "",
            asked_at=row.asked_at,
            decided_by=people[row.decided_by_id].name if row.decided_by_id in people else "",
            may_decide=row.state is GestureState.ASKED
            and may_decide(viewer.role, count_cents_for(row, viewer.agent_id), ceilings),
        )
        for row, number in rows
    ]
    return make_page(shown, size=size, key=lambda row: (row.id,))


def count_cents_for(row: Gesture, agent_id: int | None) -> int:
    """What the ceiling of this person must cover to decide it: of one's own also what one gave here before.

    Here is the ticket, or any ticket of its order: small gestures add up.
    """
    if row.asked_by_id != agent_id:
        return row.amount_cents
    here = Gesture.ticket_id == row.ticket_id
    found = select(func.coalesce(func.sum(Gesture.amount_cents), 0)).where(
        or_(here, Gesture.order_id == row.order_id) if row.order_id else here,
        Gesture.id != row.id,
        Gesture.decided_by_id == agent_id,
        Gesture.state != GestureState.REFUSED,
    )
    return row.amount_cents + int(db.session.scalar(found) or 0)


def list_vouchers() -> list[VoucherRow]:
    """Active pools whose codes take a fixed amount off, by amount."""
    found = [
        VoucherRow(row.key, row.name, row.discount_cents)
        for row in list_pools()
        if row.is_active and row.discount_cents
    ]
    return sorted(found, key=lambda row: (row.amount_cents, row.name))


def get_ceilings() -> dict[Role, int]:
    """Cents a gesture, by role."""
    return read_ceilings(get_chain().settings)
