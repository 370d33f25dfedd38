"""New versions of a plan: those inside stay on the version they entered with, those who enter later get the new one."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.content.queries import find_published
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.core.words import Purpose
from hub.outbox.promo_codes import shows_code
from hub.plans import rules
from hub.plans.checking.checks import blocking, check
from hub.plans.checking.findings import Finding, Refused
from hub.plans.checking.gathering import get_known
from hub.plans.models import Plan, PlanVersion
from hub.plans.rules import Definition, Step
from hub.plans.words import StepKind, VersionState
from hub.stores.queries import get_chain

WITH_CODES = frozenset({Purpose.PROMOTION, Purpose.NEWSLETTER})


def choose_pool(*, plan_key: str, step_key: str, pool_key: str, by: Actor, now: datetime) -> int:
    """Publish the plan with the promo pool of one step changed; an empty key takes it away. Returns the number.

    Nothing changes when the step has that pool already. Raises Invalid for a step that gives no codes, Refused when the
    change makes something stop the plan; what stood in its way before is mended elsewhere.
    """
    plan = db.session.scalar(select(Plan).where(Plan.key == plan_key).with_for_update())
    if plan is None or plan.published_version_id is None:
        raise NotFound(N_("This plan does not exist. Please go back to the list."))
    current = db.session.get_one(PlanVersion, plan.published_version_id)
    old = rules.parse_definition(current.definition)
    step = old.find_step(step_key)
    if step is None or not _may_give(step):
        raise Invalid(N_("Only a step that is a promotion can carry a promo code."), field="pool")
    if step.pool == pool_key:
        return current.number
    changed = _with_step(current.definition, step_key, {"promo_pool": pool_key, "pool": pool_key})
    _check(plan, old, rules.parse_definition(changed), now=now)
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


def _check(plan: Plan, old: Definition, new: Definition, *, now: datetime) -> None:
    before = [_mark(each) for each in blocking(check(old, get_known(plan, old, now=now)))]
    found = blocking(check(new, get_known(plan, new, now=now)))
    if stops := [each for each in found if _mark(each) not in before]:
        raise Refused(stops)


def _mark(finding: Finding) -> tuple[Any, ...]:
    """The same trouble, whatever its numbers are now."""
    return finding.fault, finding.step_key, finding.values.get("pool")


def _may_give(step: Step) -> bool:
    return step.kind is StepKind.PROMO or (step.is_send and step.purpose in WITH_CODES)


def list_steps_with_codes(definition: Definition) -> list[Step]:
    """The steps of a plan that give a code, and its promotions whose mail shows one, in the chain's language."""
    letters = {key for step in definition.steps if _may_give(step) for key in step.templates}
    found = find_published(letters, get_chain().language)
    showing = {key for key, letter in found.items() if shows_code(letter)}
    return [
        step
        for step in definition.steps
        if step.kind is StepKind.PROMO or (_may_give(step) and showing.intersection(step.templates))
    ]


def _with_step(definition: dict[str, Any], step_key: str, changes: dict[str, Any]) -> dict[str, Any]:
    steps = [{**step, **changes} if step["key"] == step_key else step for step in definition["steps"]]
    return {**definition, "steps": steps}


def _next_number(plan_id: int) -> int:
    numbers = db.session.scalars(select(PlanVersion.number).where(PlanVersion.plan_id == plan_id))
    return max(numbers, default=0) + 1
