"""When somebody of a store was last at a page of the hub, for many stores at once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from hub.core.db import db
from hub.staff.models import Agent, Attendance, Membership
from hub.staff.queries.members import ANSWERING
from hub.staff.rules import WHOLE_CHAIN


def list_last_seen(store_ids: Collection[int]) -> dict[int, datetime]:
    """By store, machine time, of its own active members who may answer; a store nobody was ever seen in is missing."""
    found = (
        select(Membership.store_id, func.max(Attendance.seen_at))
        .join(Attendance, Attendance.agent_id == Membership.agent_id)
        .join(Agent, Agent.id == Membership.agent_id)
        .where(Membership.store_id.in_(store_ids), Agent.deactivated_at.is_(None), Agent.role.in_(ANSWERING))
        .group_by(Membership.store_id)
    )
    return {store_id: seen_at for store_id, seen_at in db.session.execute(found) if store_id}


def find_office_last_seen() -> datetime | None:
    """Machine time, of those who may answer the central queue."""
    found = (
        select(func.max(Attendance.seen_at))
        .join(Agent, Agent.id == Attendance.agent_id)
        .where(Agent.deactivated_at.is_(None), Agent.role.in_(WHOLE_CHAIN & set(ANSWERING)))
    )
    return db.session.scalar(found)
