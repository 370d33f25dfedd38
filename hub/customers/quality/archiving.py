"""The archive: customers silent for long are left out of lists and segments, and come back by any sign of life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, func, null, or_, select, text, update

from hub.core import facts
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.batches import given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.errors import Conflict, NotFound
from hub.core.text import N_
from hub.customers.facts import CustomerUnarchived
from hub.customers.listed import is_listed
from hub.customers.models import Customer
from hub.customers.quality.models import ArchiveRun

SHOWN = 20
_NOT_CLICKED = (
    "NOT EXISTS (SELECT 1 FROM outbound_messages m JOIN link_clicks k ON k.message_id = m.id"
    " WHERE m.customer_id = customers.id AND k.label = 'human' AND k.clicked_at >= :clicked_since)"
)
_seen = given_rows(table_of(Customer), ("id", "last_active_at"))
_table = table_of(Customer)
_is_earlier = _table.c.archived_at < _seen.c.last_active_at
_SEEN = (
    update(_table)
    .where(_table.c.id == _seen.c.id, _table.c.last_active_at < _seen.c.last_active_at)
    .values(
        last_active_at=_seen.c.last_active_at,
        archived_at=case((_is_earlier, null()), else_=_table.c.archived_at),
        archive_run_id=case((_is_earlier, null()), else_=_table.c.archive_run_id),
    )
)


@dataclass(frozen=True)
class ArchiveRow:
    """One archiving: `back_count` have come back since, by themselves or by the undo."""

    id: int
    is_planned: bool
    made_at: datetime
    months: int
    archived_count: int
    undone_at: datetime | None
    undone_count: int | None


def note_life(customer_id: int, at: datetime) -> None:
    """The customer did something: remembered when it is the latest, and he is archived no more."""
    seen = or_(Customer.last_active_at.is_(None), Customer.last_active_at < at)
    back = update(Customer).where(Customer.id == customer_id, or_(seen, Customer.archived_at < at))
    values = {
        "last_active_at": func.greatest(Customer.last_active_at, at),
        "archived_at": None,
        "archive_run_id": None,
    }
    db.session.execute(back.values(values).execution_options(synchronize_session=False))


def note_lives(seen: Mapping[int, datetime]) -> None:
    """The same for many at once; by customer when he did something last."""
    rows = [{"id": customer_id, "last_active_at": at} for customer_id, at in sorted(seen.items())]
    if rows:
        db.session.execute(_SEEN, rows_given(rows))


def count_to_archive(before: datetime) -> tuple[int, datetime | None]:
    """How many would be archived, and the oldest last sign of life: the dry run."""
    found = db.session.execute(
        select(func.count(), func.min(Customer.last_active_at)).where(_is_due(before))
    ).one()
    return found[0], found[1]


def archive_silent(*, before: datetime, months: int, is_planned: bool, by: Actor, now: datetime) -> int:
    """Archive who has shown no sign of life since `before`. Returns the id of the run, which undoes it."""
    run = ArchiveRun(
        is_planned=is_planned, made_at=now, made_by_id=by.agent_id, months=months, archived_count=0
    )
    db.session.add(run)
    db.session.flush()
    done = update(Customer).where(_is_due(before)).values(archived_at=now, archive_run_id=run.id)
    changed = db.session.execute(done.execution_options(synchronize_session=False))
    run.archived_count = int(getattr(changed, "rowcount", 0))
    note_change(
        "customers.archived",
        subject_kind="archive_run",
        subject_id=run.id,
        by=by,
        now=now,
        months=months,
        count=run.archived_count,
    )
    db.session.flush()
    return run.id


def undo_archive(run_id: int, *, by: Actor, now: datetime) -> int:
    """Bring back who is still archived by this run. Returns how many. Raises NotFound, Conflict."""
    run = db.session.get(ArchiveRun, run_id, with_for_update=True)
    if run is None:
        raise NotFound(N_("This archiving does not exist."))
    if run.undone_at is not None:
        raise Conflict(N_("This archiving has been undone already."))
    back = update(Customer).where(Customer.archived_at.is_not(None), Customer.archive_run_id == run_id)
    changed = db.session.execute(
        back.values(archived_at=None, archive_run_id=None).execution_options(synchronize_session=False)
    )
    run.undone_at, run.undone_count = now, int(getattr(changed, "rowcount", 0))
    note_change(
        "customers.unarchived",
        subject_kind="archive_run",
        subject_id=run_id,
        by=by,
        now=now,
        count=run.undone_count,
    )
    db.session.flush()
    return run.undone_count


def unarchive(customer_id: int, *, by: Actor, now: datetime) -> None:
    """Bring one customer back by hand. Raises NotFound."""
    row = db.session.get(Customer, customer_id, with_for_update=True)
    if row is None:
        raise NotFound(N_("This customer does not exist any more."))
    if row.archived_at is not None:
        facts.record(CustomerUnarchived(customer_id=customer_id), now=now)
    row.archived_at, row.archive_run_id, row.last_active_at = None, None, now
    note_change("customer.unarchived", subject_kind="customer", subject_id=customer_id, by=by, now=now)


def list_archivings() -> list[ArchiveRow]:
    """The latest archivings, newest first."""
    found = select(ArchiveRun).order_by(ArchiveRun.id.desc()).limit(SHOWN)
    return [
        ArchiveRow(r.id, r.is_planned, r.made_at, r.months, r.archived_count, r.undone_at, r.undone_count)
        for r in db.session.scalars(found)
    ]


def count_archived() -> int:
    return db.session.scalar(select(func.count()).where(Customer.archived_at.is_not(None))) or 0


def is_silent(before: datetime) -> ColumnElement[bool]:
    """No sign of life since then. Clicks are no facts, and are looked at where they stand."""
    unclicked = text(_NOT_CLICKED).bindparams(bindparam("clicked_since", before, unique=True))
    return (Customer.last_active_at < before) & unclicked


def _is_due(before: datetime) -> ColumnElement[bool]:
    return is_silent(before) & is_listed()
