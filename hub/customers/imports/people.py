"""Whom imports made or changed; known for ever, without what was written, also once file and rows are deleted."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal, or_, select

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.imports.models import CustomerImport, ImportEffect
from hub.customers.imports.words import ImportState, UndoOutcome
from hub.customers.models import Customer

PAGE_SIZE = 30
LIST_SIZE = 100
STAYS = (UndoOutcome.KEPT, UndoOutcome.PARTLY)
PERSON = func.coalesce(Customer.merged_into_id, Customer.id)
"""Who was merged away since is who he was merged into."""


def people_of(import_ids: Collection[int]) -> Select[int]:
    """`customer_id` of whom these imports made or changed and an undo did not take back, each once."""
    return (
        select(PERSON.label("customer_id"))
        .join_from(ImportEffect, Customer, Customer.id == ImportEffect.customer_id)
        .where(among(ImportEffect.import_id, import_ids), _is_there())
        .group_by(PERSON)
    )


def list_people(import_id: int, after: str | None = None, size: int = PAGE_SIZE) -> Page[int]:
    """Numbers of customers, in their order, without who was erased since. Raises Invalid."""
    found = people_of([import_id]).where(Customer.erased_at.is_(None)).order_by(PERSON).limit(size + 1)
    if after:
        found = found.where(literal(_place(after)) < PERSON)
    return make_page(list(db.session.scalars(found)), size=size, key=lambda one: (one,))


def list_written() -> list[tuple[int, str, datetime]]:
    """The latest imports that were written and not undone, newest first: (id, name of the file, when)."""
    row = CustomerImport
    found = select(row.id, row.file_name, row.applied_at).where(
        row.state == ImportState.APPLIED, row.applied_at.is_not(None)
    )
    rows = db.session.execute(found.order_by(row.id.desc()).limit(LIST_SIZE))
    return [(id_, name, at) for id_, name, at in rows if at is not None]


def _is_there() -> ColumnElement[bool]:
    return or_(ImportEffect.undone.is_(None), ImportEffect.undone.in_(STAYS))


def _place(after: str) -> int:
    values = decode_key(after)
    if len(values) != 1 or not isinstance(values[0], int):
        raise Invalid(N_("This page address is not valid. Please start again from the first page."))
    return values[0]
