"""What is known of drafts: the one of a plan, and which names its steps have ever had."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.plans.drafts.documents import fingerprint
from hub.plans.drafts.loosely import read_loosely
from hub.plans.drafts.rows import DraftView, PlanWords, PriorityRow
from hub.plans.models import Plan, PlanVersion
from hub.plans.queries import PlanHead, plan_head
from hub.plans.words import VersionState

NO_DRAFT = N_("This plan has no draft. Please open the plan and begin one.")
NO_PLAN = N_("This plan does not exist. Please choose one of the list.")


def find_draft(plan_key: str) -> DraftView | None:
    """The draft of a plan, if there is one."""
    row = _find(plan_key)
    return None if row is None or row[1] is None else _view(*row)


def get_with_draft(plan_key: str) -> tuple[PlanHead, DraftView | None]:
    """A plan and its draft, if there is one. Raises NotFound."""
    row = _find(plan_key)
    if row is None:
        raise NotFound(NO_PLAN)
    return plan_head(row[0]), None if row[1] is None else _view(*row)


def _find(plan_key: str) -> Any:
    origin = aliased(PlanVersion)
    is_draft = (PlanVersion.plan_id == Plan.id) & (PlanVersion.state == VersionState.DRAFT)
    return db.session.execute(
        select(Plan, PlanVersion, func.jsonb_array_length(PlanVersion.earlier), origin.number)
        .outerjoin(PlanVersion, is_draft)
        .outerjoin(origin, origin.id == PlanVersion.from_version_id)
        .where(Plan.key == plan_key)
    ).one_or_none()


def _view(plan: Plan, version: PlanVersion, earlier_count: int, from_number: int | None) -> DraftView:
    return DraftView(
        version_id=version.id,
        plan_id=plan.id,
        plan_key=plan.key,
        name_fr=plan.name_fr,
        name_en=plan.name_en,
        definition=version.definition,
        loose=read_loosely(version.definition),
        seen=fingerprint(version.definition),
        from_version_id=version.from_version_id,
        from_number=from_number,
        published_version_id=plan.published_version_id,
        edited_by_id=version.edited_by_id,
        edited_at=version.edited_at,
        earlier_count=earlier_count,
    )


def get_draft(plan_key: str) -> DraftView:
    """As `find_draft`. Raises NotFound."""
    found = find_draft(plan_key)
    if found is None:
        raise NotFound(NO_DRAFT)
    return found


def list_drafted() -> set[int]:
    """Ids of the plans that have a draft."""
    return set(db.session.scalars(select(PlanVersion.plan_id).where(PlanVersion.state == VersionState.DRAFT)))


def list_step_keys(plan_id: int) -> frozenset[str]:
    """Every name that a step of any version has: results and passages know steps by it, so it is never given twice."""
    definitions: Iterable[dict[str, list[dict[str, str]]]] = db.session.scalars(
        select(PlanVersion.definition).where(PlanVersion.plan_id == plan_id)
    )
    return frozenset(step["key"] for each in definitions for step in each["steps"])


def get_words(plan_key: str) -> PlanWords:
    """Names, priority and control share of a plan. Raises NotFound."""
    plan = db.session.scalar(select(Plan).where(Plan.key == plan_key))
    if plan is None:
        raise NotFound(NO_PLAN)
    return PlanWords(
        name_fr=plan.name_fr,
        name_en=plan.name_en,
        priority=plan.priority,
        control_percent=plan.control_percent,
        is_published=plan.published_version_id is not None,
    )


def list_priorities() -> list[PriorityRow]:
    """All plans, who goes first at the top."""
    rows = db.session.execute(
        select(Plan.key, Plan.name_fr, Plan.name_en, Plan.priority).order_by(Plan.priority)
    )
    return [PriorityRow(*row) for row in rows]
