"""The chain's definitions: what counts now, and changing them with a line in the audit trail."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, text

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.rules import StandingBorders
from hub.segments.models import Segment
from hub.segments.values.models import SegmentSettings
from hub.segments.values.rules import (
    Definitions,
    Tier,
    borders_of,
    check_definitions,
    keep_definitions,
    list_changes,
    read_definitions,
)
from hub.stores.queries import find_chain

KIND = "segment_settings"
NAMED = """jsonb_path_exists(definition, '$.** ? (@.field == "value.tier").value[*] ? (@ == $tier)',
    jsonb_build_object('tier', CAST(:tier AS text)))"""
"""Whether a segment's tree has a condition that asks for this tier."""


def get_definitions() -> Definitions:
    """The latest of the chain, or those of the product."""
    kept = db.session.scalar(select(SegmentSettings.values).order_by(SegmentSettings.id.desc()).limit(1))
    return read_definitions(kept or {})


def find_zone() -> str:
    """The time zone that days and months are those of: the chain's."""
    chain = find_chain()
    return chain.time_zone if chain else "UTC"


def get_borders(*, now: datetime) -> StandingBorders:
    """What "new or loyal" means for the chain, where a customer is looked at without a score."""
    return borders_of(get_definitions(), now)


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
    """Only the tiers, from the lowest to the highest. Raises Invalid, also when a segment names one that would go."""
    old = get_definitions()
    kept = {tier.key for tier in tiers}
    for gone in (tier for tier in old.tiers if tier.key not in kept):
        _check_unnamed(gone)
    return change_definitions(replace(old, tiers=tiers), by=by, now=now)


def _check_unnamed(gone: Tier) -> None:
    asked = select(Segment.name).where(Segment.archived_at.is_(None), text(NAMED)).limit(1)
    name = db.session.scalar(asked, {"tier": gone.key})
    if name is not None:
        raise Invalid(
            N_("“%(tier)s” cannot go: the segment “%(segment)s” names it. Please change the segment first."),
            field="tiers",
            tier=gone.name,
            segment=name,
        )
