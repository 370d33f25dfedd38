"""The day a plan announces for an erasure: written for those whom a letter told, taken away by any sign of life, read by identity."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import SYSTEM
from hub.core.audit import note_change
from hub.core.batches import among
from hub.core.db import db
from hub.plans import rules
from hub.plans.drafting import silent_since
from hub.plans.models import ErasureDate
from hub.plans.passage import Passage
from hub.plans.telling import day_of


@dataclass(frozen=True)
class DueErasure:
    """A customer who is erased in the night after `due_on`, unless he showed a sign of life after `silent_since`."""

    customer_id: int
    due_on: date
    silent_since: datetime


def announce(passages: Sequence[Passage], *, now: datetime) -> None:
    """Write the day down that the letter told; never earlier than planned. Of two plans the later day holds."""
    rows = {row["customer_id"]: row for row in sorted((_row(each, now) for each in passages), key=_due_on)}
    new = insert(ErasureDate).values(list(rows.values()))
    names = ("enrolment_id", "erasure_due_on", "silent_since", "written_at")
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["customer_id"],
            set_={name: new.excluded[name] for name in names},
            where=ErasureDate.erasure_due_on < new.excluded.erasure_due_on,
        )
    )


def _row(passage: Passage, now: datetime) -> dict[str, Any]:
    position = passage.position
    written_on = day_of(passage.step, max(now, position.planned_at), position.time_zone)
    return {
        "customer_id": passage.customer.id,
        "enrolment_id": passage.enrolment.id,
        "erasure_due_on": max(written_on, rules.told_on(position.values) or written_on),
        "silent_since": silent_since(position),
        "written_at": now,
    }


def _due_on(row: Mapping[str, Any]) -> tuple[date, int]:
    return row["erasure_due_on"], row["enrolment_id"]


def call_off(customer_ids: Collection[int], *, now: datetime, happened_at: datetime | None = None) -> int:
    """A sign of life takes the day away; one from before the silence does not. Returns how many had one."""
    mine = delete(ErasureDate).where(among(ErasureDate.customer_id, customer_ids))
    if happened_at is not None:
        mine = mine.where(ErasureDate.silent_since <= happened_at)
    gone = db.session.execute(mine.returning(ErasureDate.customer_id, ErasureDate.erasure_due_on)).all()
    for customer_id, due_on in gone:
        note_change(
            "customer.erasure_called_off",
            subject_kind="customer",
            subject_id=customer_id,
            by=SYSTEM,
            now=now,
            due_on=due_on.isoformat(),
        )
    return len(gone)


def take_due(on: date, *, before: datetime, limit: int) -> list[DueErasure]:
    """Locked for the night's work: those whose day was `on` or before, written before the night began (`before`)."""
    found = _due(on, before).order_by(ErasureDate.erasure_due_on, ErasureDate.customer_id).limit(limit)
    rows = db.session.execute(found.with_for_update(skip_locked=True))
    return [DueErasure(*row) for row in rows]


def has_due(on: date, *, before: datetime) -> bool:
    return db.session.execute(_due(on, before).limit(1)).first() is not None


def _due(on: date, before: datetime) -> Select[int, date, datetime]:
    return _rows().where(ErasureDate.erasure_due_on <= on, ErasureDate.written_at < before)


def _rows() -> Select[int, date, datetime]:
    return select(ErasureDate.customer_id, ErasureDate.erasure_due_on, ErasureDate.silent_since)


def forget(customer_ids: Collection[int]) -> None:
    """The erasure has been asked for: the day has done its work."""
    db.session.execute(delete(ErasureDate).where(among(ErasureDate.customer_id, customer_ids)))


def count_announced() -> tuple[int, date | None]:
    """How many customers have a day, and the first of these days."""
    row = db.session.execute(select(func.count(), func.min(ErasureDate.erasure_due_on))).one()
    return row[0], row[1]


def list_announced(limit: int) -> list[DueErasure]:
    """Some of them, the next first."""
    found = _rows().order_by(ErasureDate.erasure_due_on, ErasureDate.customer_id).limit(limit)
    return [DueErasure(*row) for row in db.session.execute(found)]
