"""Brings the plans of the product into a chain: new ones, and a new version of those that the chain has not written itself."""

from datetime import datetime

from sqlalchemy import func, select, text

from hub.core.actor import SYSTEM
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.words import Language
from hub.plans.builtin import BUILTIN_PLANS, BuiltinPlan
from hub.plans.models import Plan, PlanVersion
from hub.plans.reading import parse_definition
from hub.plans.words import VersionState
from hub.stores.queries import find_chain

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('plans.add_builtin_plans'))"


def add_builtin_plans(*, now: datetime) -> int:
    """Publish what is missing, and version n+1 where the published one is still the product's own of an earlier time.

    A plan that the chain has edited is left alone, also whether it is on; who is inside stays on the version of the
    entry. Returns how many versions there are more. Safe by several processes at once, as often as you like.
    """
    db.session.execute(text(_LOCK))
    known = {plan.key: (plan, version) for plan, version in db.session.execute(_PUBLISHED)}
    count = 0
    for builtin in BUILTIN_PLANS:
        plan, version = known.get(builtin.key, (None, None))
        if plan is None:
            _publish(_make(builtin, now=now), builtin, number=1, now=now)
        elif version is not None and builtin.is_own(version.definition):
            _renew(plan, builtin, now=now)
        else:
            continue
        count += 1
    return count


_PUBLISHED = select(Plan, PlanVersion).outerjoin(PlanVersion, PlanVersion.id == Plan.published_version_id)


def _make(builtin: BuiltinPlan, *, now: datetime) -> Plan:
    plan = Plan(
        key=builtin.key,
        name_fr=builtin.name_fr,
        name_en=builtin.name_en,
        priority=builtin.priority,
        control_percent=builtin.control_percent,
        is_on=builtin.is_on,
        created_at=now,
    )
    db.session.add(plan)
    db.session.flush()
    return plan


def _renew(plan: Plan, builtin: BuiltinPlan, *, now: datetime) -> None:
    last = db.session.scalar(select(func.max(PlanVersion.number)).where(PlanVersion.plan_id == plan.id))
    number = (last or 0) + 1
    _publish(plan, builtin, number=number, now=now)
    note_change("plan.published", subject_kind="plan", subject_id=plan.id, by=SYSTEM, now=now, number=number)


def _publish(plan: Plan, builtin: BuiltinPlan, *, number: int, now: datetime) -> None:
    chain = find_chain()
    definition = builtin.definition_in(chain.language if chain else Language.FRENCH)
    parse_definition(definition)
    version = PlanVersion(
        plan_id=plan.id,
        number=number,
        state=VersionState.PUBLISHED,
        definition=definition,
        created_at=now,
        published_at=now,
    )
    db.session.add(version)
    db.session.flush()
    plan.published_version_id = version.id
