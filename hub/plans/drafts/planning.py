"""Writes plans as a whole: one of the chain's own, its names, who goes first, how many receive nothing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_, slug
from hub.plans.drafts.actions import lock_plan, put_draft
from hub.plans.drafts.documents import as_document, new_document
from hub.plans.drafts.rows import PlanWords
from hub.plans.models import Plan, PlanVersion
from hub.plans.words import Trigger, VersionState

LONGEST_NAME = 80
MOST_PRIORITY = 999
MOST_CONTROL = 50
OWN = "own_"


def create_plan(
    *, words: PlanWords, trigger: Trigger, like: str | None = None, by: Actor, now: datetime
) -> str:
    """Begin a plan of the chain as a draft: empty, or with the content of another plan (`like`). Returns its key.

    It is off, and nobody can enter before it is published. Raises Invalid, NotFound.
    """
    kept = _checked(words)
    plan = Plan(
        key=_free_key(kept.name_fr),
        name_fr=kept.name_fr,
        name_en=kept.name_en,
        priority=kept.priority,
        control_percent=kept.control_percent,
        is_on=False,
        published_version_id=None,
        created_at=now,
    )
    definition = _content_of(like) if like else new_document([trigger.value])
    db.session.add(plan)
    db.session.flush()
    put_draft(plan, definition, from_version_id=None, by=by, now=now)
    note_change("plan.created", subject_kind="plan", subject_id=plan.id, by=by, now=now)
    return plan.key


def _content_of(key: str) -> dict[str, Any]:
    """The version in use of another plan, else its draft."""
    found = db.session.scalar(
        select(PlanVersion)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Plan.key == key,
            (PlanVersion.id == Plan.published_version_id) | (PlanVersion.state == VersionState.DRAFT),
        )
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound(N_("This plan does not exist. Please choose one of the list."))
    return as_document(found.definition)


def _free_key(name: str) -> str:
    """Ours begin with a mark of their own, so that a plan of the product that comes later finds its name free."""
    wished = OWN + (slug(name).replace("-", "_")[:40] or "plan")
    taken = set(db.session.scalars(select(Plan.key).where(Plan.key.startswith(wished, autoescape=True))))
    others = (f"{wished}_{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (wished, *others) if key not in taken)


def change_plan(*, key: str, words: PlanWords, by: Actor, now: datetime) -> None:
    """Rename, or set priority and control share; the share counts for those who enter from now. Raises Invalid, NotFound."""
    kept, plan = _checked(words), lock_plan(key)
    changes = {
        name: value
        for name in ("name_fr", "name_en", "priority", "control_percent")
        if (value := getattr(kept, name)) != getattr(plan, name)
    }
    before = {f"{name}_before": getattr(plan, name) for name in changes}
    for name, value in changes.items():
        setattr(plan, name, value)
    if changes:
        note_change(
            "plan.changed", subject_kind="plan", subject_id=plan.id, by=by, now=now, **changes, **before
        )


def _checked(words: PlanWords) -> PlanWords:
    names = {name: " ".join(getattr(words, name).split()) for name in ("name_fr", "name_en")}
    for name, value in names.items():
        if not value:
            raise Invalid(N_("Please give the plan a name in both languages."), field=name)
        if len(value) > LONGEST_NAME:
            raise Invalid(N_("A name has %(most)s characters at most."), field=name, most=LONGEST_NAME)
    if not 1 <= words.priority <= MOST_PRIORITY:
        raise Invalid(
            N_("The priority is a number from 1 to %(most)s."), field="priority", most=MOST_PRIORITY
        )
    if not 0 <= words.control_percent <= MOST_CONTROL:
        raise Invalid(
            N_("The control group is from 0 to %(most)s percent."), field="control_percent", most=MOST_CONTROL
        )
    return replace(words, name_fr=names["name_fr"], name_en=names["name_en"])
