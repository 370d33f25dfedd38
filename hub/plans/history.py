"""The versions of a plan: who published what and when, and who is still inside on each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, cast, select

from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.plans.comparing import Comparison, compare
from hub.plans.definitions import Definition
from hub.plans.models import PlanVersion
from hub.plans.moving.queries import list_standing
from hub.plans.queries import get_definition, get_plan_id
from hub.plans.words import VersionState

PUBLISHED = "plan.published"


@dataclass(frozen=True)
class VersionRow:
    """`by_id`: who published it, None for one delivered with the product; `changes` against the one before, None for the first.

    `inside_count`: who still waits on it.
    """

    version_id: int
    number: int
    published_at: datetime | None
    by_id: int | None
    definition: Definition
    changes: Comparison | None
    inside_count: int


def list_versions(plan_key: str) -> list[VersionRow]:
    """Every published version, newest first. Raises NotFound."""
    plan_id = get_plan_id(plan_key)
    rows = db.session.execute(
        select(PlanVersion.id, PlanVersion.number, PlanVersion.published_at)
        .where(PlanVersion.plan_id == plan_id, PlanVersion.state == VersionState.PUBLISHED)
        .order_by(PlanVersion.number)
    ).all()
    publishers = _publishers(plan_id)
    inside: dict[int, int] = {}
    for each in list_standing(plan_id):
        inside[each.version_id] = inside.get(each.version_id, 0) + each.count
    found: list[VersionRow] = []
    for row in rows:
        definition = get_definition(row.id)
        before = found[-1].definition if found else None
        found.append(
            VersionRow(
                version_id=row.id,
                number=row.number,
                published_at=row.published_at,
                by_id=publishers.get(row.number),
                definition=definition,
                changes=compare(before, definition) if before else None,
                inside_count=inside.get(row.id, 0),
            )
        )
    return found[::-1]


def _publishers(plan_id: int) -> dict[int, int]:
    """Version number → who published it, as the audit trail has it."""
    number = cast(AuditEntry.data["number"].astext, Integer)
    noted = select(number, AuditEntry.agent_id).where(
        AuditEntry.subject_kind == "plan",
        AuditEntry.subject_id == plan_id,
        AuditEntry.action == PUBLISHED,
        AuditEntry.agent_id.is_not(None),
    )
    return {row[0]: row[1] for row in db.session.execute(noted) if row[1] is not None}


def list_numbers(plan_id: int) -> dict[int, int]:
    """Version id → number of everything that was published."""
    rows = select(PlanVersion.id, PlanVersion.number).where(
        PlanVersion.plan_id == plan_id, PlanVersion.state == VersionState.PUBLISHED
    )
    return {row[0]: row[1] or 0 for row in db.session.execute(rows)}
