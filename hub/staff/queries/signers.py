"""Who signs at the counter of a store with a PIN."""

from sqlalchemy import or_, select

from hub.core.db import db
from hub.staff.models import Agent, Membership
from hub.staff.queries.members import ANSWERING
from hub.staff.queries.people import AgentRow
from hub.staff.words import Role
from hub.stores.models import Store

SIGNING = tuple(role for role in ANSWERING if role is not Role.ADMINISTRATOR)


def list_signers(store_id: int) -> list[AgentRow]:
    """Active people of the store or its region who answer tickets and have a PIN, by name.

    No administrators: their rights are not worth four digits on a tablet.
    """
    region = select(Store.region_id).where(Store.id == store_id).scalar_subquery()
    members = select(Membership.agent_id).where(
        or_(Membership.store_id == store_id, Membership.region_id == region)
    )
    found = (
        select(Agent.id, Agent.name, Agent.email, Agent.role, Agent.language)
        .where(
            Agent.id.in_(members),
            Agent.deactivated_at.is_(None),
            Agent.pin_hash.is_not(None),
            Agent.role.in_(SIGNING),
        )
        .order_by(Agent.sort_key, Agent.id)
    )
    return [AgentRow(*row, is_active=True) for row in db.session.execute(found)]
