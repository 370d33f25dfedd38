"""What pages say of an erasure: whether one is under way, what goes, what stays and why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.personal import Held
from hub.customers.models import Customer
from hub.identity.erasing import STEPS
from hub.identity.holding import HELD
from hub.identity.privacy_models import Erasure
from hub.identity.privacy_words import ErasureState
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState

_OPEN = (TicketState.NEW, TicketState.OPEN, TicketState.PENDING)


@dataclass(frozen=True)
class Standing:
    """Where a customer stands: erased, being erased (`step` of `step_count` rooms), archived, with open tickets."""

    is_erasing: bool
    step: int
    step_count: int
    erased_at: datetime | None
    archived_at: datetime | None
    last_active_at: datetime | None
    open_tickets: int


def get_standing(customer_id: int) -> Standing:
    row = db.session.get_one(Customer, customer_id, populate_existing=True)
    under_way = db.session.scalar(
        select(Erasure).where(Erasure.customer_id == customer_id, Erasure.state != ErasureState.DONE)
    )
    tickets = select(func.count()).where(Ticket.customer_id == customer_id, Ticket.state.in_(_OPEN))
    return Standing(
        is_erasing=under_way is not None,
        step=under_way.step if under_way else 0,
        step_count=len(STEPS),
        erased_at=row.erased_at,
        archived_at=row.archived_at,
        last_active_at=row.last_active_at,
        open_tickets=db.session.scalar(tickets) or 0,
    )


def what_goes() -> list[str]:
    """The titles of what is deleted or emptied, in the order of the rooms."""
    return list(dict.fromkeys(held.title for held in HELD if held.is_exported and _is_touched(held)))


def what_stays() -> list[tuple[str, tuple[str, ...]]]:
    """Titles of what stays in part, each with the reasons."""
    found = [(held.title, tuple(dict.fromkeys(held.keep.values()))) for held in HELD if held.is_exported]
    return [(title, reasons) for title, reasons in found if reasons]


def _is_touched(held: Held) -> bool:
    return held.is_deleted or bool(held.blank) or bool(held.blank_to)
