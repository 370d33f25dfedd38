"""The chain's definitions: what counts now, and changing them with a line in the audit trail."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.segments.values.models import SegmentSettings
from hub.segments.values.rules import (
    Definitions,
    Tier,
    check_definitions,
    keep_definitions,
    list_changes,
    read_definitions,
)

KIND = "segment_settings"


def get_definitions() -> Definitions:
    """The latest of the chain, or those of the product."""
    kept = db.session.scalar(select(SegmentSettings.values).order_by(SegmentSettings.id.desc()).limit(1))
    return read_definitions(kept or {})


def change_definitions(new: Definitions, *, by: Actor, now: datetime) -> bool:
    """Keep them; the coming night computes by them. False when nothing is different. Raises Invalid with the field."""
    check_definitions(new)
    changes = list_changes(get_definitions(), new)
    if not changes:
        return False
    row = SegmentSettings(values=keep_definitions(new), changed_at=now, agent_id=by.agent_id)
    db.session.add(row)
    db.session.flush()
    note_change(f"{KIND}.changed", subject_kind=KIND, subject_id=row.id, by=by, now=now, changes=changes)
    return True


def change_tiers(tiers: tuple[Tier, ...], *, by: Actor, now: datetime) -> bool:
    """Only the tiers, from the lowest to the highest. Raises Invalid."""
    return change_definitions(replace(get_definitions(), tiers=tiers), by=by, now=now)
