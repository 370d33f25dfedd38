"""Repairs in bulk: what a report suggests is written to many customers, kept in a journal, and undone as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.customers.inheriting import inherit_choices
from hub.customers.models import Address, Customer
from hub.customers.quality.models import QualityChange, QualityRepair
from hub.customers.quality.reports import Asked, Report, condition_of, meant_mail, proper_names
from hub.customers.words import AddressKind

MOST, PAGE = 2000, 500
SHOWN = 20
MAIL, FIRST_NAME, LAST_NAME = "mail", "first_name", "last_name"


@dataclass(frozen=True)
class RepairRow:
    """One repair; `refused_count` could not be written (the address belongs to somebody else)."""

    id: int
    report: str
    made_at: datetime
    change_count: int
    refused_count: int
    undone_at: datetime | None
    undone_count: int | None


def repair(report: Report, asked: Asked, *, by: Actor, now: datetime) -> int:
    """Write the suggestions of a report, about 2,000 at once. Returns the id of the repair.

    Raises Invalid for a report without suggestions, or when nothing is left to repair.
    """
    if not report.is_repairable:
        raise Invalid(N_("This report is for a person: nothing can be repaired by itself."))
    row = QualityRepair(report=report.key, made_at=now, made_by_id=by.agent_id, change_count=0)
    db.session.add(row)
    db.session.flush()
    for customer in _walk(report, asked):
        for change in _changes(report, customer, asked, now):
            row.refused_count += change is None
            row.change_count += change is not None
            if change is not None:
                change.repair_id = row.id
                db.session.add(change)
        if row.change_count + row.refused_count >= MOST:
            break
    if not row.change_count and not row.refused_count:
        raise Invalid(N_("Nothing is left to repair here."))
    _note("repaired", row, by, now)
    return row.id


def _walk(report: Report, asked: Asked) -> Iterator[Customer]:
    """Every customer of the report, held, a page at a time: those who only a person can mend hold up nobody."""
    last_id = 0
    while True:
        found = select(Customer).where(condition_of(report, asked), Customer.id > last_id)
        page = found.order_by(Customer.id).limit(PAGE).with_for_update(key_share=True)
        customers = db.session.scalars(page).all()
        yield from customers
        if len(customers) < PAGE:
            return
        last_id = customers[-1].id


def _changes(
    report: Report, customer: Customer, asked: Asked, now: datetime
) -> Iterator[QualityChange | None]:
    if report.key == "name_case":
        yield from _rename(customer, now)
        return
    for address in _mails_of(customer.id):
        meant = meant_mail(address.value, customer.last_name, customer.company, asked)
        if meant is not None:
            before = address.value
            is_done = _readdress(customer, address, meant, now)
            yield (
                QualityChange(customer_id=customer.id, field=MAIL, before=before, after=meant)
                if is_done
                else None
            )


def _rename(customer: Customer, now: datetime) -> Iterator[QualityChange]:
    names = proper_names(customer.first_name, customer.last_name)
    for field, proper in zip((FIRST_NAME, LAST_NAME), names, strict=True):
        before: str = getattr(customer, field)
        if proper != before:
            setattr(customer, field, proper)
            customer.updated_at = now
            yield QualityChange(customer_id=customer.id, field=field, before=before, after=proper)


def _mails_of(customer_id: int) -> list[Address]:
    mine = select(Address).where(Address.customer_id == customer_id, Address.kind == AddressKind.MAIL)
    return list(db.session.scalars(mine.order_by(Address.id).with_for_update()))


def _readdress(customer: Customer, address: Address, value: str, now: datetime) -> bool:
    """False when somebody has that address: they are probably one person, which the duplicates say.

    Consents stay with the address they were given for; what the customer has refused holds for the new one too.
    """
    taken = select(Address.id).where(Address.kind == address.kind, Address.value == value)
    if db.session.scalar(taken) is not None:
        return False
    old, address.value = address.value, value
    if customer.sort_key == old:
        customer.sort_key = value
    customer.updated_at = now
    db.session.flush()
    inherit_choices(AddressKind.MAIL, value, customer.id, now=now)
    return True


def undo_repair(repair_id: int, *, by: Actor, now: datetime) -> int:
    """Write back what was there before, where nobody changed it since. Returns how many. Raises NotFound, Conflict."""
    row = db.session.get(QualityRepair, repair_id, with_for_update=True)
    if row is None:
        raise NotFound(N_("This repair does not exist."))
    if row.undone_at is not None:
        raise Conflict(N_("This repair has been undone already."))
    changes = (
        select(QualityChange).where(QualityChange.repair_id == repair_id).order_by(QualityChange.id.desc())
    )
    row.undone_count = sum(_undo(change, now) for change in db.session.scalars(changes))
    row.undone_at = now
    _note("undone", row, by, now)
    return row.undone_count


def _undo(change: QualityChange, now: datetime) -> bool:
    customer = db.session.get(Customer, change.customer_id, with_for_update={"key_share": True})
    if customer is None or customer.erased_at is not None:
        return False
    if change.field == MAIL:
        return _undo_mail(customer, change, now)
    if getattr(customer, change.field) != change.after:
        return False
    setattr(customer, change.field, change.before)
    customer.updated_at = now
    return True


def _undo_mail(customer: Customer, change: QualityChange, now: datetime) -> bool:
    taken = select(Address.id).where(Address.kind == AddressKind.MAIL, Address.value == change.before)
    if db.session.scalar(taken) is not None:
        return False
    back = update(Address).where(
        Address.customer_id == customer.id, Address.kind == AddressKind.MAIL, Address.value == change.after
    )
    done = db.session.execute(back.values(value=change.before).returning(Address.id)).first() is not None
    if done:
        customer.updated_at = now
        if customer.sort_key == change.after:
            customer.sort_key = change.before
    return done


def list_repairs(report: str | None = None) -> list[RepairRow]:
    """The latest repairs, newest first."""
    found = select(QualityRepair).order_by(QualityRepair.id.desc()).limit(SHOWN)
    rows = db.session.scalars(found.where(QualityRepair.report == report) if report else found)
    return [
        RepairRow(r.id, r.report, r.made_at, r.change_count, r.refused_count, r.undone_at, r.undone_count)
        for r in rows
    ]


def _note(what: str, row: QualityRepair, by: Actor, now: datetime) -> None:
    note_change(
        f"customers.{what}",
        subject_kind="quality_repair",
        subject_id=row.id,
        by=by,
        now=now,
        report=row.report,
        count=row.change_count,
    )
    db.session.flush()
