"""New versions of a plan: those inside stay on the version they entered with, those who enter later get the new one."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.content.queries import get_published
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.core.words import Language, Purpose
from hub.outbox.promo_codes import shows_code
from hub.plans import rules
from hub.plans.models import Plan, PlanVersion
from hub.plans.queries import get_plan
from hub.plans.rules import Step
from hub.plans.words import VersionState
from hub.stores.queries import get_chain

WITH_CODES = frozenset({Purpose.PROMOTION, Purpose.NEWSLETTER})


def choose_pool(*, plan_key: str, step_key: str, pool_key: str, by: Actor, now: datetime) -> int:
    """Publish the plan with the promo pool of one step changed; an empty key takes it away. Returns the number.

    Nothing changes when the step has that pool already. Raises Invalid for a step that is no promotion.
    """
    plan = db.session.scalar(select(Plan).where(Plan.key == plan_key).with_for_update())
    if plan is None or plan.published_version_id is None:
        raise NotFound(N_("This plan does not exist. Please go back to the list."))
    current = db.session.get_one(PlanVersion, plan.published_version_id)
    step = rules.parse_definition(current.definition).step(step_key)
    if not step.is_send or step.purpose not in WITH_CODES:
        raise Invalid(N_("Only a step that is a promotion can carry a promo code."), field="pool")
    if step.pool == pool_key:
        return current.number
    changed = _with_step(current.definition, step_key, {"promo_pool": pool_key, "pool": pool_key})
    rules.parse_definition(changed)
    version = PlanVersion(
        plan_id=plan.id,
        number=_next_number(plan.id),
        state=VersionState.PUBLISHED,
        definition=changed,
        created_at=now,
        published_at=now,
    )
    db.session.add(version)
    db.session.flush()
    plan.published_version_id = version.id
    note_change(
        "plan.published", subject_kind="plan", subject_id=plan.id, by=by, now=now, number=version.number
    )
    return version.number


def list_steps_with_codes(plan_key: str) -> list[Step]:
    """The promotions of a plan whose mail shows a code, in the chain's language."""
    language = get_chain().language
    return [
        step
        for step in get_plan(plan_key).definition.steps
        if step.purpose in WITH_CODES and any(_shows_code(key, language) for key in step.templates)
    ]


def _shows_code(template_key: str, language: Language) -> bool:
    return shows_code(get_published(template_key, language))


def _with_step(definition: dict[str, Any], step_key: str, changes: dict[str, Any]) -> dict[str, Any]:
    steps = [{**step, **changes} if step["key"] == step_key else step for step in definition["steps"]]
    return {**definition, "steps": steps}


def _next_number(plan_id: int) -> int:
    numbers = db.session.scalars(select(PlanVersion.number).where(PlanVersion.plan_id == plan_id))
    return max(numbers, default=0) + 1
