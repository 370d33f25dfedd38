"""Publishes a draft that the checks let through, has the people inside moved when that was chosen, and switches plans on."""

from dataclasses import dataclass
from datetime import datetime

from hub.core.actor import Actor
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.plans.checking.checks import blocking, check
from hub.plans.checking.findings import OF_CODES, Finding, Refused
from hub.plans.checking.gathering import get_known
from hub.plans.definitions import Definition
from hub.plans.drafts.actions import publish_draft
from hub.plans.drafts.queries import get_draft
from hub.plans.models import Plan
from hub.plans.moving.actions import ask_move
from hub.plans.queries import find_definition, find_plan
from hub.plans.switching import switch_plan

NO_PLAN = N_("This plan does not exist. Please choose one of the list.")
STOPPED = N_("This draft cannot be published yet: please mend what is marked as stopping it.")
NOBODY_THERE = N_("This plan has no version in use yet, so that nobody can be moved to it.")


@dataclass(frozen=True)
class Launch:
    """`number` is the new version's; `moving_count`: how many people inside are being brought to it."""

    number: int
    moving_count: int


def review(plan_key: str, definition: Definition, *, now: datetime) -> tuple[Finding, ...]:
    """Everything found in this content of a plan. Raises NotFound."""
    return check(definition, get_known(_get(plan_key), definition, now=now))


def launch(*, plan_key: str, seen: str | None, is_moving: bool, by: Actor, now: datetime) -> Launch:
    """Publish the draft that was `seen`; those inside stay on their version unless `is_moving`.

    Raises NotFound, Conflict when the draft is another by now, Invalid while it lacks something or a check stops it.
    """
    draft = get_draft(plan_key)
    if draft.is_whole and blocking(review(plan_key, draft.loose.definition, now=now)):
        raise Invalid(STOPPED)
    number = publish_draft(plan_key=plan_key, seen=seen, by=by, now=now)
    count = 0
    if is_moving:
        count = ask_move(plan_id=draft.plan_id, version_id=draft.version_id, by=by, now=now)
    return Launch(number, count)


def switch_on(*, plan_key: str, by: Actor, now: datetime) -> None:
    """Let new customers in, unless a step has no codes to give. Raises NotFound; Refused with what is missing,
    Conflict while the people of before are still leaving.
    """
    plan = _get(plan_key)
    definition = find_definition(plan.published_version_id)
    if definition is None:
        raise NotFound(NO_PLAN)
    lacking = [each for each in review(plan_key, definition, now=now) if each.fault in OF_CODES]
    if lacking:
        raise Refused(lacking)
    switch_plan(key=plan_key, is_on=True, by=by, now=now)


def switch_off(*, plan_key: str, by: Actor, now: datetime) -> None:
    """Nobody enters, nothing leaves any more, and those inside are let out."""
    switch_plan(key=plan_key, is_on=False, by=by, now=now)


def move_all(*, plan_key: str, by: Actor, now: datetime) -> int:
    """Have everybody inside brought to the version in use, some time after it was published. Returns how many."""
    plan = _get(plan_key)
    if plan.published_version_id is None:
        raise Invalid(NOBODY_THERE)
    return ask_move(plan_id=plan.id, version_id=plan.published_version_id, by=by, now=now)


def _get(plan_key: str) -> Plan:
    plan = find_plan(plan_key)
    if plan is None:
        raise NotFound(NO_PLAN)
    return plan
