"""A property that was taken away loses its values customer by customer, in batches, and goes itself at the end."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update

from hub.core import apart, clock
from hub.core.db import db, ring_after_commit, transaction
from hub.customers.models import Customer
from hub.customers.property_models import PropertyDefinition

KIND = "properties"
BATCH = 5_000


@dataclass(frozen=True)
class Leaving:
    """A property on its way out: how many customers have lost their value so far."""

    key: str
    label: str
    count: int


def begin(row: PropertyDefinition) -> int:
    """The first batch at once, the others by the job. Returns how many customers had a value in it."""
    count = take_some(row)
    ring_after_commit(KIND)
    return count


def take_some(row: PropertyDefinition) -> int:
    """Take the values of one batch, in the order of the customers; the definition goes after a whole pass without any left.

    A merge may carry a value behind the place that was reached, so that a pass of several batches is followed by another.
    """
    is_whole = row.forgotten_up_to == 0
    found = select(Customer.id).where(Customer.id > row.forgotten_up_to, Customer.properties.has_key(row.key))
    ids = list(db.session.scalars(found.order_by(Customer.id).limit(BATCH).with_for_update(key_share=True)))
    gone = (
        update(Customer).where(Customer.id.in_(ids)).values(properties=Customer.properties.op("-")(row.key))
    )
    db.session.execute(gone.execution_options(synchronize_session=False))
    row.forgotten_count += len(ids)
    if len(ids) == BATCH:
        row.forgotten_up_to = ids[-1]
    elif is_whole:
        db.session.delete(row)
    else:
        row.forgotten_up_to = 0
    db.session.flush()
    return len(ids)


def list_leaving() -> list[Leaving]:
    """Those whose values are being taken away."""
    rows = db.session.scalars(select(PropertyDefinition).where(is_leaving()).order_by(PropertyDefinition.key))
    return [Leaving(row.key, row.label, row.forgotten_count) for row in rows]


def is_leaving() -> ColumnElement[bool]:
    return PropertyDefinition.forgotten_at.is_not(None)


def has_due() -> bool:
    return db.session.scalar(select(PropertyDefinition.id).where(_is_due()).limit(1)) is not None


def work_properties(wake: Callable[[], None]) -> int:
    """One batch of one property. Returns 1 when there was something to do."""
    del wake  # one batch after another
    with transaction():
        found = select(PropertyDefinition).where(_is_due()).order_by(PropertyDefinition.id).limit(1)
        row = db.session.scalar(found.with_for_update(skip_locked=True))
        if row is None:
            return 0
        machine_now = clock.machine_now()
        apart.do_each(KIND, [row], take_some, id_of=lambda each: each.id, machine_now=machine_now)
    return 1


def _is_due() -> ColumnElement[bool]:
    return is_leaving() & apart.is_free(KIND, PropertyDefinition.id, machine_now=clock.machine_now())
