"""The access log: who opened the card of whom, or exported it, and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.queries import get_customers
from hub.staff.queries import get_agents

PAGE_SIZE = 50
LOOKS = ("customer.viewed", "customer.exported")


@dataclass(frozen=True)
class Look:
    """One opening. `agent_name` is "" for a machine, `customer_name` for who is erased."""

    id: int
    happened_at: datetime
    agent_id: int | None
    agent_name: str
    customer_id: int
    customer_name: str
    is_export: bool


def list_looks(
    *, customer_id: int | None = None, agent_id: int | None = None, after: str | None = None
) -> Page[Look]:
    """Of one customer, of one person of the staff, or all; the latest first."""
    found = select(AuditEntry).where(AuditEntry.subject_kind == "customer", AuditEntry.action.in_(LOOKS))
    if customer_id is not None:
        found = found.where(AuditEntry.subject_id == customer_id)
    if agent_id is not None:
        found = found.where(AuditEntry.agent_id == agent_id)
    if after:
        found = found.where(AuditEntry.id < _id_of(after))
    entries = list(db.session.scalars(found.order_by(AuditEntry.id.desc()).limit(PAGE_SIZE + 1)))
    agents = get_agents({entry.agent_id for entry in entries if entry.agent_id})
    people = get_customers({entry.subject_id for entry in entries if entry.subject_id})
    looks = [
        Look(
            id=entry.id,
            happened_at=entry.happened_at,
            agent_id=entry.agent_id,
            agent_name=agents[entry.agent_id].name if entry.agent_id in agents else "",
            customer_id=entry.subject_id or 0,
            customer_name=people[entry.subject_id].name if entry.subject_id in people else "",
            is_export=entry.action == "customer.exported",
        )
        for entry in entries
    ]
    return make_page(looks, size=PAGE_SIZE, key=lambda look: (look.id,))


def count_looks(customer_id: int) -> int:
    found = select(func.count()).where(
        AuditEntry.subject_kind == "customer",
        AuditEntry.subject_id == customer_id,
        AuditEntry.action.in_(LOOKS),
    )
    return db.session.scalar(found) or 0


def _id_of(after: str) -> int:
    match decode_key(after):
        case [int(entry_id)]:
            return entry_id
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))
