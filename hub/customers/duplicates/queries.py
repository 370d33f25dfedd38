"""What is looked up about pairs: one pair, the queue, the counts."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, exists, func, literal, or_, select, tuple_

from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.duplicates.models import CustomerPair, DuplicateRun
from hub.customers.duplicates.rows import PairLine, PairRow
from hub.customers.duplicates.words import PairState
from hub.customers.merging.models import CustomerMerge
from hub.customers.queries import get_customers

PAGE_SIZE = 30


def find_pair_between(one_id: int, other_id: int) -> PairRow | None:
    """The pair of these two customers, whatever its state."""
    left_id, right_id = sorted((one_id, other_id))
    found = select(CustomerPair).where(CustomerPair.left_id == left_id, CustomerPair.right_id == right_id)
    row = db.session.scalar(found)
    return _row_of(row) if row is not None else None


def get_pair(pair_id: int) -> PairRow:
    """Raises NotFound."""
    row = db.session.get(CustomerPair, pair_id)
    if row is None:
        raise NotFound(N_("This pair is gone: one of the two was changed or merged. Please open the list."))
    return _row_of(row)


def list_pairs(
    *,
    state: PairState = PairState.OPEN,
    is_exact: bool | None = None,
    least: int = 0,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[PairLine]:
    """The likeliest first. `least`: points at least; `is_exact`: only those by an address, or only the others."""
    pair = CustomerPair
    found = select(pair).where(pair.state == state, pair.points >= least)
    if is_exact is not None:
        found = found.where(pair.is_exact.is_(is_exact))
    if after:
        found = found.where(tuple_(pair.points, pair.id) < tuple_(*_position(after)))
    ordered = found.order_by(pair.points.desc(), pair.id.desc()).limit(size + 1)
    page = make_page(
        [_row_of(row) for row in db.session.scalars(ordered)],
        size=size,
        key=lambda row: (row.points, row.id),
    )
    return Page(_with_customers(page.rows), page.next_key)


def _position(after: str) -> list[Any]:
    match decode_key(after):
        case [int(points), int(pair_id)]:
            return [literal(points), literal(pair_id)]
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))


def _with_customers(pairs: Collection[PairRow]) -> list[PairLine]:
    people = get_customers({each for pair in pairs for each in (pair.left_id, pair.right_id)})
    return [PairLine(pair, people[pair.left_id], people[pair.right_id]) for pair in pairs]


def list_pairs_of(customer_id: int, *, limit: int = 5) -> list[PairLine]:
    """Open pairs of one customer, for the card."""
    pair = CustomerPair
    mine = or_(pair.left_id == customer_id, pair.right_id == customer_id)
    found = select(pair).where(mine, pair.state == PairState.OPEN).order_by(pair.points.desc()).limit(limit)
    return _with_customers([_row_of(row) for row in db.session.scalars(found)])


def count_pairs() -> dict[PairState, int]:
    """How many pairs stand where."""
    counted = select(CustomerPair.state, func.count().label("pairs")).group_by(CustomerPair.state)
    return {row.state: row.pairs for row in db.session.execute(counted)}


def list_exact(*, least: int, limit: int) -> list[PairLine]:
    """Open exact pairs of at least so many points, the oldest first: what one press merges.

    Not those that somebody merged and parted again: he decides about them one by one.
    """
    pair, merge = CustomerPair, CustomerMerge
    parted = exists().where(
        merge.undone_at.is_not(None),
        or_(
            and_(merge.survivor_id == pair.left_id, merge.merged_id == pair.right_id),
            and_(merge.survivor_id == pair.right_id, merge.merged_id == pair.left_id),
        ),
    )
    found = select(pair).where(pair.state == PairState.OPEN, pair.is_exact, pair.points >= least, ~parted)
    rows = db.session.scalars(found.order_by(pair.id).limit(limit))
    return _with_customers([_row_of(row) for row in rows])


def find_latest_run() -> DuplicateRun | None:
    """The latest walk over the customers, ended or not."""
    return db.session.scalar(select(DuplicateRun).order_by(DuplicateRun.id.desc()).limit(1))


def _row_of(row: CustomerPair) -> PairRow:
    return PairRow(
        row.id,
        row.left_id,
        row.right_id,
        row.state,
        row.points,
        row.is_exact,
        tuple(row.reasons),
        row.found_at,
        row.decided_at,
        row.decided_by_id,
    )
