"""What is known of replays: those of a plan, one with its result, and the versions that can be replayed."""

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.plans.drafts.documents import fingerprint
from hub.plans.models import Plan, PlanVersion
from hub.plans.replay.actions import NO_REPLAY
from hub.plans.replay.models import Replay
from hub.plans.replay.rows import ReplayRow, ReplayView, VersionChoice
from hub.plans.words import VersionState

MOST = 50


def list_versions(plan_key: str) -> list[VersionChoice]:
    """The draft first, then the published version, then older ones."""
    rows = db.session.execute(
        select(PlanVersion, Plan.published_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(Plan.key == plan_key)
        .order_by((PlanVersion.state == VersionState.DRAFT).desc(), PlanVersion.number.desc())
    )
    return [
        VersionChoice(
            id=version.id,
            number=version.number,
            is_draft=version.state is VersionState.DRAFT,
            is_published=version.id == published_id,
            digest=fingerprint(version.definition),
            definition=version.definition,
        )
        for version, published_id in rows
    ]


def list_replays(plan_key: str) -> list[ReplayRow]:
    """Newest first."""
    now_known = {each.id: each.digest for each in list_versions(plan_key)}
    rows = db.session.scalars(
        select(Replay)
        .join(Plan, Plan.id == Replay.plan_id)
        .where(Plan.key == plan_key)
        .order_by(Replay.id.desc())
        .limit(MOST)
    )
    return [_row(row, now_known) for row in rows]


def get_replay(plan_key: str, replay_id: int) -> ReplayView:
    """Raises NotFound."""
    row = db.session.scalar(
        select(Replay)
        .join(Plan, Plan.id == Replay.plan_id)
        .where(Plan.key == plan_key, Replay.id == replay_id)
    )
    if row is None:
        raise NotFound(NO_REPLAY)
    now_known = {each.id: each.digest for each in list_versions(plan_key)}
    return ReplayView(_row(row, now_known), row.definition, row.tables, row.result)


def _row(row: Replay, now_known: dict[int, str]) -> ReplayRow:
    return ReplayRow(
        id=row.id,
        version_number=row.version_number,
        is_draft=row.is_draft,
        has_changed=now_known.get(row.version_id or 0) != row.digest,
        days=row.days,
        since=row.since,
        until=row.until,
        state=row.state,
        done_count=row.done_count,
        total_count=row.total_count,
        error=row.error,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
    )
