"""What is looked up about merges: the list with what may be undone, one merge."""

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.duplicates.rows import MergeRow
from hub.customers.merging.models import CustomerMerge
from hub.customers.queries import get_customers

PAGE_SIZE = 30


def list_merges(after: str | None = None, size: int = PAGE_SIZE) -> Page[MergeRow]:
    """The latest first, those undone too."""
    found = _rows().order_by(CustomerMerge.id.desc()).limit(size + 1)
    if after:
        found = found.where(CustomerMerge.id < _position(after))
    page = make_page(db.session.execute(found).all(), size=size, key=lambda row: (row[0].id,))
    return Page(_with_customers(page.rows), page.next_key)


def get_merge(merge_id: int) -> MergeRow:
    """Raises NotFound."""
    found = db.session.execute(_rows().where(CustomerMerge.id == merge_id)).all()
    if not found:
        raise NotFound(N_("This merge does not exist. Please go back to the list."))
    return _with_customers(found)[0]


def list_merges_of(customer_id: int) -> list[MergeRow]:
    """Who was merged into this customer and still is, the latest first."""
    mine = CustomerMerge.survivor_id == customer_id, CustomerMerge.undone_at.is_(None)
    found = _rows().where(*mine).order_by(CustomerMerge.id.desc()).limit(PAGE_SIZE)
    return _with_customers(db.session.execute(found).all())


def _position(after: str) -> int:
    match decode_key(after):
        case [int(merge_id)]:
            return merge_id
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))


def _rows() -> Select[Any]:
    """A merge, and the latest later one of either customer that stands: that one is undone first."""
    merge, later = CustomerMerge, aliased(CustomerMerge)
    both = (merge.survivor_id, merge.merged_id)
    stands = later.id > merge.id, later.undone_at.is_(None)
    touches = or_(later.survivor_id.in_(both), later.merged_id.in_(both))
    first = select(later.id).where(*stands, touches).order_by(later.id.desc()).limit(1)
    return select(merge, first.correlate(merge).scalar_subquery().label("later_id"))


def _with_customers(rows: Any) -> list[MergeRow]:
    merges = [row[0] for row in rows]
    people = get_customers({each for row in merges for each in (row.survivor_id, row.merged_id)})
    return [
        MergeRow(
            id=row.id,
            batch_id=row.batch_id,
            survivor=people[row.survivor_id],
            merged=people[row.merged_id],
            points=row.points,
            fields=row.fields,
            agent_id=row.agent_id,
            merged_at=row.merged_at,
            undone_at=row.undone_at,
            undone_by_id=row.undone_by_id,
            forgotten_at=row.forgotten_at,
            later_id=later_id,
        )
        for row, later_id in rows
    ]
