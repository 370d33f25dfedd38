"""Asks for replays, and stops them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.plans.drafts.documents import fingerprint
from hub.plans.models import Plan, PlanVersion
from hub.plans.reading import parse_definition
from hub.plans.replay.models import Replay
from hub.plans.replay.words import Reaction, ReplayState
from hub.plans.words import VersionState

BELL = "replays"
FEWEST_DAYS, MOST_DAYS = 7, 365
UNDER_WAY = (ReplayState.WAITING, ReplayState.RUNNING)
NO_VERSION = N_("This version of the plan does not exist any more. Please choose one of the list.")
NO_REPLAY = N_("This replay does not exist. Please choose one of the list.")


def start_replay(
    *, plan_key: str, version_id: int, days: int, rates: Mapping[Reaction, float], by: Actor, now: datetime
) -> int:
    """Ask for a version, also a draft, to be run on the last days. Returns the id of the replay.

    `rates`: shares from 0 to 1 of those that are not to be taken from what was seen. Raises Invalid with its field,
    also for a draft that cannot be read yet, NotFound, and Conflict while the plan has a replay under way.
    """
    _check(days, rates)
    plan = db.session.scalar(select(Plan).where(Plan.key == plan_key).with_for_update())
    version = db.session.get(PlanVersion, version_id)
    if plan is None or version is None or version.plan_id != plan.id:
        raise NotFound(NO_VERSION)
    parse_definition(version.definition)
    if _is_under_way(plan.id):
        raise Conflict(N_("A replay of this plan is under way. Please wait for its end, or stop it."))
    row = Replay(
        plan_id=plan.id,
        version_id=version.id,
        version_number=version.number,
        is_draft=version.state is VersionState.DRAFT,
        definition=version.definition,
        digest=fingerprint(version.definition),
        days=days,
        since=now - timedelta(days=days),
        until=now,
        rates={kind.value: value for kind, value in rates.items()},
        state=ReplayState.WAITING,
        asked_by_id=by.agent_id,
        asked_at=now,
    )
    db.session.add(row)
    db.session.flush()
    ring_after_commit(BELL)
    return row.id


def _check(days: int, rates: Mapping[Reaction, float]) -> None:
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise Invalid(
            N_("Please give a number of days between %(least)s and %(most)s."),
            field="days",
            least=FEWEST_DAYS,
            most=MOST_DAYS,
        )
    for kind, value in rates.items():
        if not 0 <= value <= 1:
            raise Invalid(N_("Please give a share between 0 and 100."), field=kind.value)


def _is_under_way(plan_id: int) -> bool:
    found = select(Replay.id).where(Replay.plan_id == plan_id, Replay.state.in_(UNDER_WAY))
    return db.session.scalar(found.limit(1)) is not None


def stop_replay(*, plan_key: str, replay_id: int, now: datetime) -> None:
    """It ends after the customers it is at; one that has ended stays as it is. Raises NotFound."""
    mine = select(Replay).join(Plan, Plan.id == Replay.plan_id)
    row = db.session.scalar(
        mine.where(Plan.key == plan_key, Replay.id == replay_id).with_for_update(of=Replay)
    )
    if row is None:
        raise NotFound(NO_REPLAY)
    if row.state in UNDER_WAY:
        row.state, row.ended_at, row.lease_until = ReplayState.STOPPED, now, None
