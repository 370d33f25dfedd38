"""Forgets the addresses of a customer and what was said for them; what must not be sent stays known as a keyed hash."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core import facts
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import Purpose
from hub.customers.consents import hash_of
from hub.customers.facts import AddressesErased
from hub.customers.models import (
    Address,
    ConsentEntry,
    ConsentState,
    ContactChoice,
    Customer,
    LeavingAnswer,
    OptinRequest,
    Suppression,
)
from hub.customers.words import ConsentAction, OptinState, SuppressionReason

ERASED = "erased:"
REFUSABLE = (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY)


def erase_addresses(customer_id: int, *, by: Actor, now: datetime) -> int:
    """Forget every address of a customer. Returns how many there were.

    The ledger keeps its entries as proof, under the keyed hash of the address and without IP and agent. What the address
    had refused becomes a suppression by hash: a new customer with the same address is not written to either, until he
    himself says yes. A refused theme blocks its whole purpose: the block may be wider than the refusal, never narrower.
    The fact lets others forget what they keep for these addresses. Raises NotFound.
    """
    if db.session.get(Customer, customer_id) is None:
        raise NotFound(N_("This customer does not exist any more."))
    mine = select(Address.value).where(Address.customer_id == customer_id)
    values = list(db.session.scalars(mine.with_for_update()))
    for value in values:
        _keep_refusals(value, now)
        _forget(value)
    db.session.execute(delete(Address).where(Address.customer_id == customer_id))
    note_change(
        "customer.addresses_erased",
        subject_kind="customer",
        subject_id=customer_id,
        by=by,
        now=now,
        count=len(values),
    )
    facts.record(AddressesErased(customer_id=customer_id, count=len(values)), now=now)
    return len(values)


def _keep_refusals(value: str, now: datetime) -> None:
    refused = select(ConsentState.purpose).where(
        ConsentState.address == value,
        ConsentState.purpose.in_(REFUSABLE),
        ConsentState.action == ConsentAction.WITHDRAWN,
    )
    for purpose in set(db.session.scalars(refused)):
        kept = insert(Suppression).values(
            address_hash=hash_of(value), purpose=purpose, reason=SuppressionReason.REFUSED, created_at=now
        )
        db.session.execute(kept.on_conflict_do_nothing())


def _forget(value: str) -> None:
    hidden = ERASED + hash_of(value)
    db.session.execute(delete(ConsentState).where(ConsentState.address == value))
    db.session.execute(delete(ContactChoice).where(ContactChoice.address == value))
    db.session.execute(select(func.set_config("comptoir.erasing", "yes", True)))
    db.session.execute(
        update(ConsentEntry)
        .where(ConsentEntry.address == value)
        .values(address=hidden, ip=None, user_agent=None, evidence={})
        .execution_options(synchronize_session=False)
    )
    db.session.execute(select(func.set_config("comptoir.erasing", "", True)))
    db.session.execute(
        update(OptinRequest)
        .where(OptinRequest.address == value)
        .values(address=hidden, wishes=[], ip=None, user_agent=None, state=OptinState.EXPIRED)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(LeavingAnswer)
        .where(LeavingAnswer.address_hash == hash_of(value))
        .values(address_hash="", remark="")
        .execution_options(synchronize_session=False)
    )
