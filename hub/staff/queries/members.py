"""Who works in which stores and may answer there, for many stores at once; who is here in which role."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.staff.models import Agent, Membership
from hub.staff.queries.people import ROW, AgentRow
from hub.staff.rules import PERMISSIONS
from hub.staff.words import Permission, Role

ANSWERING = tuple(
    role for role, permissions in PERMISSIONS.items() if Permission.ANSWER_TICKETS in permissions
)


def list_answering_members(store_ids: Collection[int]) -> dict[int, list[int]]:
    """By store the ids of its own active members who may answer tickets and have logged in at least once."""
    found = (
        select(Membership.store_id, Agent.id)
        .join(Agent, Agent.id == Membership.agent_id)
        .where(
            among(Membership.store_id, store_ids),
            Agent.deactivated_at.is_(None),
            Agent.password_hash.is_not(None),
            Agent.role.in_(ANSWERING),
        )
        .order_by(Membership.store_id, Agent.id)
    )
    members: dict[int, list[int]] = {}
    for store_id, agent_id in db.session.execute(found):
        members.setdefault(store_id or 0, []).append(agent_id)
    return members


def list_people_of(store_ids: Collection[int], *, most: int) -> list[AgentRow]:
    """Active members of these stores who may answer tickets, by name; `most` and one more, which tells that there are more."""
    members = select(Membership.agent_id).where(among(Membership.store_id, store_ids))
    found = select(*ROW).where(
        Agent.id.in_(members), Agent.deactivated_at.is_(None), Agent.role.in_(ANSWERING)
    )
    rows = db.session.execute(found.order_by(Agent.sort_key, Agent.id).limit(most + 1))
    return [AgentRow(*row) for row in rows]


def is_member(agent_id: int, store_ids: Collection[int]) -> bool:
    """Whether the person, also one who left, works in one of these stores."""
    mine = select(Membership.id).where(Membership.agent_id == agent_id, among(Membership.store_id, store_ids))
    return db.session.scalar(mine.limit(1)) is not None


def list_members(agent_ids: Collection[int], store_ids: Collection[int]) -> frozenset[int]:
    """Who of these people works, or worked until leaving, in one of these stores."""
    mine = select(Membership.agent_id).where(
        among(Membership.agent_id, agent_ids), among(Membership.store_id, store_ids)
    )
    return frozenset(db.session.scalars(mine))


def list_settled(roles: Collection[Role], *, before: datetime) -> list[int]:
    """Ids of active people of these roles who were here before that moment and have logged in at least once."""
    found = select(Agent.id).where(
        Agent.role.in_(roles),
        Agent.created_at < before,
        Agent.deactivated_at.is_(None),
        Agent.password_hash.is_not(None),
    )
    return list(db.session.scalars(found.order_by(Agent.id)))
