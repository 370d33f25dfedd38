"""Retargeting audiences of plans: who joins, who is in, and the hashed file for an advertising network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.batches import given_rows, rows_given, table_of
from hub.core.db import db
from hub.plans.models import AudienceMember, Enrolment
from hub.plans.passage import Passage
from hub.plans.queries import get_plan_id
from hub.plans.still import still_counts
from hub.segments.saved.tables import audience_head, hash_people
from hub.segments.words import FileKind

STAYS_DAYS = 30
"""So long without a word of the step."""
CHUNK = 1_000
ROW = ("plan_id", "name", "enrolment_id", "step_key", "customer_id", "joined_at", "ends_at")
JOIN = (
    insert(table_of(AudienceMember))
    .from_select(ROW, select(*given_rows(table_of(AudienceMember), ROW).c))
    .on_conflict_do_nothing()
)


@dataclass(frozen=True)
class AudienceRow:
    """`inside_count`: customers in it now, whether or not they agreed to advertising."""

    name: str
    inside_count: int


def join_audiences(passages: Sequence[Passage], *, now: datetime) -> None:
    """They are in from now on; whether an address may be handed out is asked when the file is made."""
    rows = [
        {
            "plan_id": passage.enrolment.plan_id,
            "name": str(passage.step.details["name"]),
            "enrolment_id": passage.enrolment.id,
            "step_key": passage.step.key,
            "customer_id": passage.customer.id,
            "joined_at": now,
            "ends_at": now + timedelta(days=passage.step.details.get("days") or STAYS_DAYS),
        }
        for passage in passages
    ]
    db.session.execute(JOIN, rows_given(rows))


def list_audiences(plan_key: str, *, now: datetime) -> list[AudienceRow]:
    """Those of a plan that hold somebody, by name."""
    found = _inside(
        get_plan_id(plan_key), now, AudienceMember.name, func.count(AudienceMember.customer_id.distinct())
    )
    rows = db.session.execute(found.group_by(AudienceMember.name).order_by(AudienceMember.name))
    return [AudienceRow(*row) for row in rows]


def list_members(plan_key: str, name: str, *, now: datetime) -> list[int]:
    """Ids of the customers in it now."""
    return list(_ids(get_plan_id(plan_key), name, now))


def hand_out_audience(plan_key: str, name: str, kind: FileKind, *, by: Actor, now: datetime) -> str:
    """The file for the network: one line a customer who agreed to advertising; with its line in the audit trail."""
    plan_id = get_plan_id(plan_key)
    parts, total, chunk = [audience_head(kind)], 0, list[int]()
    for customer_id in _ids(plan_id, name, now):
        chunk.append(customer_id)
        if len(chunk) == CHUNK:
            total += _add(parts, chunk, kind)
            chunk = []
    total += _add(parts, chunk, kind)
    note_change(
        "plan.audience_exported",
        subject_kind="plan",
        subject_id=plan_id,
        by=by,
        now=now,
        name=name,
        kind=kind.value,
        count=total,
    )
    return "".join(parts)


def _add(parts: list[str], ids: Sequence[int], kind: FileKind) -> int:
    if not ids:
        return 0
    text, count = hash_people(ids, kind)
    parts.append(text)
    return count


def _ids(plan_id: int, name: str, now: datetime) -> Iterator[int]:
    found = _inside(plan_id, now, AudienceMember.customer_id).where(AudienceMember.name == name).distinct()
    yield from db.session.scalars(found.order_by(AudienceMember.customer_id)).all()


def _inside(plan_id: int, now: datetime, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join(Enrolment, Enrolment.id == AudienceMember.enrolment_id)
        .where(
            AudienceMember.plan_id == plan_id,
            still_counts(AudienceMember, AudienceMember.joined_at, now=now),
        )
    )
