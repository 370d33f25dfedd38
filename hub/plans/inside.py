"""Who waits inside a plan, at which step, and why it has not run."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_

from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.customers.queries import get_customers
from hub.plans.failing import failure_of
from hub.plans.models import Enrolment
from hub.plans.queries import get_definition
from hub.plans.rules import Step
from hub.plans.words import EnrolmentState, Wait


@dataclass(frozen=True)
class InsideRow:
    """`step` None: the version he is on has no such step, or cannot be read. `failure`: what went wrong at the last try."""

    enrolment_id: int
    customer_id: int
    name: str
    step: Step | None
    step_key: str
    due_at: datetime | None
    wait: Wait | None = None
    failure: str = ""


def list_inside(plan_id: int, *, after: str | None = None, size: int = 20) -> Page[InsideRow]:
    """Who waits in a plan, next due first, with keyset paging; also who stands where no step is any more."""
    query = select(Enrolment).where(Enrolment.plan_id == plan_id, Enrolment.state == EnrolmentState.WAITING)
    if after:
        query = query.where(
            tuple_(Enrolment.due_at, Enrolment.id) > tuple_(*decode_key(after, datetime, int))
        )
    rows = db.session.scalars(query.order_by(Enrolment.due_at, Enrolment.id).limit(size + 1)).all()
    people = get_customers({row.customer_id for row in rows})
    found = [
        InsideRow(
            row.id,
            row.customer_id,
            people[row.customer_id].name,
            _find_step(row),
            row.step_key or "",
            row.due_at,
            row.wait_reason,
            failure_of(row.values),
        )
        for row in rows
    ]
    return make_page(found, size=size, key=lambda row: (row.due_at, row.enrolment_id))


def _find_step(row: Enrolment) -> Step | None:
    try:
        return get_definition(row.version_id).find_step(row.step_key)
    except (Invalid, NotFound):
        return None
