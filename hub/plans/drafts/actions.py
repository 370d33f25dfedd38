"""Writes drafts of plans: begun from a version, changed, taken back, thrown away, published."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.plans.drafts.documents import as_document, check_shape, fingerprint
from hub.plans.drafts.loosely import Lack, read_loosely
from hub.plans.drafts.queries import NO_DRAFT, NO_PLAN
from hub.plans.models import Plan, PlanVersion
from hub.plans.reading import parse_definition
from hub.plans.words import VersionState

DRAFT_NUMBER = 0
MOST_EARLIER = 20
CHANGED = N_(
    "Somebody else changed this draft since you opened the page; your change was not made. "
    "Please look at the draft as it is now, then decide again."
)
HAS_DRAFT = N_("This plan has a draft already. Please go on with it, or throw it away first.")
NOTHING_EARLIER = N_("There is no earlier change to take back.")
LACKING = N_("The plan is not complete yet. Please go back to the draft: what is missing is marked there.")


def lock_plan(key: str) -> Plan:
    """The plan, locked: no draft of it begins, ends or is published meanwhile. Raises NotFound."""
    found = db.session.scalar(
        select(Plan).where(Plan.key == key).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(NO_PLAN)
    return found


def start_draft(*, plan_key: str, from_version_id: int | None = None, by: Actor, now: datetime) -> int:
    """Begin a draft from the version in use, or from an older one. Returns the draft's version id.

    The draft there is, if any, is returned as long as no older version is asked for: then it is a Conflict.
    """
    plan = lock_plan(plan_key)
    draft = _find(plan.id)
    if draft is not None:
        if from_version_id is None:
            return draft.id
        raise Conflict(HAS_DRAFT)
    origin = db.session.get(PlanVersion, from_version_id or plan.published_version_id or 0)
    if origin is None or origin.plan_id != plan.id:
        raise NotFound(N_("This version of the plan does not exist. Please choose another one."))
    begun = put_draft(plan, as_document(origin.definition), from_version_id=origin.id, by=by, now=now)
    note_change(
        "plan.draft_begun", subject_kind="plan", subject_id=plan.id, by=by, now=now, number=origin.number
    )
    return begun.id


def put_draft(
    plan: Plan, definition: Mapping[str, Any], *, from_version_id: int | None, by: Actor, now: datetime
) -> PlanVersion:
    """Write the draft of a plan that has none."""
    draft = PlanVersion(
        plan_id=plan.id,
        number=DRAFT_NUMBER,
        state=VersionState.DRAFT,
        definition=dict(definition),
        created_at=now,
        from_version_id=from_version_id,
        edited_by_id=by.agent_id,
        edited_at=now,
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def change_draft(
    *, version_id: int, definition: Mapping[str, Any], seen: str, by: Actor, now: datetime
) -> str:
    """Keep the new content; it may lack things. Returns what to hand in as `seen` with the next change.

    Raises Conflict when the draft is not what was `seen` any more, Invalid on what cannot be kept at all.
    """
    draft = _lock(version_id)
    if fingerprint(draft.definition) != seen:
        raise Conflict(CHANGED)
    check_shape(definition)
    read_loosely(definition)
    if definition != draft.definition:
        draft.earlier = [*draft.earlier, draft.definition][-MOST_EARLIER:]
        _sign(draft, definition, by=by, now=now)
    return fingerprint(draft.definition)


def undo_change(*, version_id: int, seen: str, by: Actor, now: datetime) -> str:
    """Back to the content before the last change, whoever made it. Returns the next `seen`; raises Conflict."""
    draft = _lock(version_id)
    if fingerprint(draft.definition) != seen:
        raise Conflict(CHANGED)
    if not draft.earlier:
        raise Conflict(NOTHING_EARLIER)
    *draft.earlier, last = draft.earlier
    _sign(draft, last, by=by, now=now)
    return fingerprint(draft.definition)


def _sign(draft: PlanVersion, definition: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    draft.definition = dict(definition)
    draft.edited_by_id, draft.edited_at = by.agent_id, now


def discard_draft(*, plan_key: str, seen: str | None = None, by: Actor, now: datetime) -> bool:
    """Throw the draft away; what is published stays. A plan never published goes with it. Returns whether the plan is left.

    Raises NotFound; Conflict when the draft is not what was `seen`.
    """
    plan, draft = _lock_both(plan_key, seen)
    db.session.delete(draft)
    db.session.flush()
    note_change("plan.draft_discarded", subject_kind="plan", subject_id=plan.id, by=by, now=now)
    is_left = plan.published_version_id is not None
    if not is_left:
        db.session.delete(plan)
        db.session.flush()
    return is_left


def publish_draft(*, plan_key: str, seen: str | None = None, by: Actor, now: datetime) -> int:
    """The draft becomes the version that newcomers enter, and is never changed again. Returns its number.

    Those inside stay on the version they entered with. Raises NotFound; Conflict when the draft is not what was `seen`;
    Invalid while it lacks something.
    """
    plan, draft = _lock_both(plan_key, seen)
    lacks = read_loosely(draft.definition).lacks
    if lacks:
        raise _refusal(lacks[0])
    parse_definition(draft.definition)
    last = db.session.scalar(select(func.max(PlanVersion.number)).where(PlanVersion.plan_id == plan.id))
    draft.number, draft.state = (last or 0) + 1, VersionState.PUBLISHED
    draft.published_at, draft.earlier = now, []
    plan.published_version_id = draft.id
    db.session.flush()
    note_change(
        "plan.published", subject_kind="plan", subject_id=plan.id, by=by, now=now, number=draft.number
    )
    return draft.number


def _refusal(lack: Lack) -> Invalid:
    return lack.error or Invalid(LACKING)


def _find(plan_id: int) -> PlanVersion | None:
    return db.session.scalar(
        select(PlanVersion)
        .where(PlanVersion.plan_id == plan_id, PlanVersion.state == VersionState.DRAFT)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _lock(version_id: int) -> PlanVersion:
    """The draft, locked. Raises Conflict when it was published or thrown away meanwhile."""
    draft = db.session.scalar(
        select(PlanVersion)
        .where(PlanVersion.id == version_id, PlanVersion.state == VersionState.DRAFT)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if draft is None:
        raise Conflict(N_("This draft was published or thrown away meanwhile. Please open the plan again."))
    return draft


def _lock_both(plan_key: str, seen: str | None) -> tuple[Plan, PlanVersion]:
    plan = lock_plan(plan_key)
    draft = _find(plan.id)
    if draft is None:
        raise NotFound(NO_DRAFT)
    if seen is not None and fingerprint(draft.definition) != seen:
        raise Conflict(CHANGED)
    return plan, draft
