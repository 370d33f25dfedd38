"""Switches a plan on and off: off, nothing of it leaves from that moment; whoever is inside goes in batches after it."""

from datetime import datetime

from sqlalchemy import text, update

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict
from hub.core.text import N_
from hub.plans.leaving import stop_unsent
from hub.plans.models import Plan
from hub.plans.moving.emptying import empty_some, is_emptying
from hub.plans.moving.queries import BELL
from hub.plans.occurring.scanning import begin_scans, end_scans
from hub.plans.queries import get_plan_id
from hub.plans.words import ExitReason

STILL_LEAVING = N_(
    "The people who were inside this plan are still leaving it. Please switch it on again in a few minutes."
)
STEP = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('plans.switch', 0))")
SWITCH = text("SELECT pg_advisory_xact_lock(hashtextextended('plans.switch', 0))")


def stand_by_switches() -> None:
    """Until the end of this transaction no plan is switched off: what it posts for one that is on is seen by who does."""
    db.session.execute(STEP)


def switch_plan(*, key: str, is_on: bool, by: Actor, now: datetime) -> None:
    """On: new customers may enter, by what happens from now on. Off: nobody enters, and nothing of it leaves any more.

    The first of those inside leave at once, the others in the background; until they have, Conflict for who wants it on.
    """
    plan_id = get_plan_id(key)
    if is_on and is_emptying(plan_id):
        raise Conflict(STILL_LEAVING)
    if not is_on:
        db.session.execute(SWITCH)
    db.session.execute(update(Plan).where(Plan.id == plan_id).values(is_on=is_on))
    if is_on:
        begin_scans(plan_id, now=now)
    else:
        empty_some(now=now)
        # All at once, unlike the people: the door out stands below the plans and does not ask whether one is on, so that what
        # was left to a later batch would be sent. It is as much as waits in the gate just now, found by the index of sources.
        stop_unsent(plan_id=plan_id, reason=ExitReason.PLAN_OFF, now=now)
        end_scans(plan_id)
        ring_after_commit(BELL)
    note_change("plan.switched", subject_kind="plan", subject_id=plan_id, by=by, now=now, is_on=is_on)
