"""What other rooms ask about people and their stores."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, or_, select, union

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_, fold
from hub.core.words import Language
from hub.staff.models import Agent, Attendance, Membership
from hub.staff.rules import PERMISSIONS, WHOLE_CHAIN, Viewer, scope_of
from hub.staff.words import Permission, Role
from hub.stores.models import Chain, Store

NO_AGENT = N_("This person does not exist. Please choose another one.")


@dataclass(frozen=True)
class AgentRow:
    """A person of the staff; `is_active` False once the person has left."""

    id: int
    name: str
    email: str
    role: Role
    language: Language
    is_active: bool


@dataclass(frozen=True)
class AgentCard:
    """A person as the settings and the profile show it. `is_invited`: the invitation is not accepted yet."""

    id: int
    name: str
    email: str
    role: Role
    language: Language
    store_ids: tuple[int, ...]
    region_ids: tuple[int, ...]
    undo_seconds: int
    has_shortcuts: bool
    has_sound: bool
    has_pin: bool
    is_invited: bool
    invited_at: datetime | None
    deactivated_at: datetime | None
    session_epoch: int

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None


Rows = Select[*tuple[Any, ...]]
ROW: tuple[Any, ...] = (
    Agent.id,
    Agent.name,
    Agent.email,
    Agent.role,
    Agent.language,
    Agent.deactivated_at.is_(None),
)


def get_viewer(agent_id: int) -> Viewer:
    """The person as pages see them, in one statement. Raises NotFound when unknown or gone."""
    found = find_viewer(agent_id)
    if found is None:
        raise NotFound(NO_AGENT)
    return found


def find_viewer(agent_id: int) -> Viewer | None:
    """As get_viewer, None when the person is unknown or has left."""
    own = select(Membership.store_id.label("id")).where(
        Membership.agent_id == agent_id, Membership.store_id.is_not(None)
    )
    regional = select(Store.id).join(Membership, Membership.region_id == Store.region_id)
    reach = union(own, regional.where(Membership.agent_id == agent_id)).subquery()
    stores = select(func.array_agg(reach.c.id)).scalar_subquery()
    statement = select(Agent, stores, *_home(agent_id)).where(
        Agent.id == agent_id, Agent.deactivated_at.is_(None)
    )
    row = db.session.execute(statement).one_or_none()
    return None if row is None else _viewer(*row)


def _home(agent_id: int) -> tuple[Any, Any, Any]:
    """The store the person joined first, and the time zone he or she works in."""
    first = (
        select(Store.id, Store.name, Store.time_zone)
        .join(Membership, Membership.store_id == Store.id)
        .where(Membership.agent_id == agent_id)
        .order_by(Membership.id)
        .limit(1)
        .subquery()
    )
    of_chain = select(Chain.time_zone).order_by(Chain.id).limit(1).scalar_subquery()
    of_store = select(first.c.time_zone).scalar_subquery()
    return (
        select(first.c.id).scalar_subquery(),
        select(first.c.name).scalar_subquery(),
        func.coalesce(of_store, of_chain, ""),
    )


def _viewer(
    agent: Agent, store_ids: list[int] | None, home_id: int | None, home_name: str | None, time_zone: str
) -> Viewer:
    is_central = agent.role in WHOLE_CHAIN
    return Viewer(
        agent_id=agent.id,
        name=agent.name,
        email=agent.email,
        role=agent.role,
        language=agent.language,
        scope=scope_of(agent.role, frozenset(store_ids or ())),
        session_epoch=agent.session_epoch,
        home_store_id=None if is_central else home_id,
        home_store_name="" if is_central else home_name or "",
        undo_seconds=agent.undo_seconds,
        has_shortcuts=agent.has_shortcuts,
        has_sound=agent.has_sound,
        time_zone=time_zone,
    )


def find_agent_by_email(email: str) -> AgentRow | None:
    """By the address the person logs in with, in any case; people who left too."""
    row = db.session.execute(select(*ROW).where(Agent.email == email.strip().lower())).one_or_none()
    return None if row is None else AgentRow(*row)


def get_agent(agent_id: int) -> AgentCard:
    """One person with stores and regions, also one who left. Raises NotFound."""
    agent = db.session.get(Agent, agent_id)
    if agent is None:
        raise NotFound(NO_AGENT)
    return _cards([agent])[0]


def get_agents(agent_ids: Collection[int]) -> dict[int, AgentRow]:
    """People by id, those who left included; unknown ids are missing."""
    if not agent_ids:
        return {}
    found = db.session.execute(select(*ROW).where(Agent.id.in_(agent_ids)))
    return {row[0]: AgentRow(*row) for row in found}


def list_agents(
    *,
    search: str = "",
    store_id: int | None = None,
    is_active: bool | None = True,
    after: str | None = None,
    size: int = 50,
) -> Page[AgentCard]:
    """People by name, a page at a time; `search` looks in name and address, `is_active` None shows all."""
    statement = select(Agent).order_by(Agent.sort_key, Agent.id).limit(size + 1)
    if is_active is not None:
        statement = statement.where(Agent.deactivated_at.is_(None) == is_active)
    if store_id is not None:
        statement = statement.where(
            Agent.id.in_(select(Membership.agent_id).where(Membership.store_id == store_id))
        )
    if search.strip():
        words = fold(search)
        inside = Agent.sort_key.contains(words, autoescape=True)
        statement = statement.where(or_(inside, Agent.email.contains(words, autoescape=True)))
    if after:
        sort_key, agent_id = decode_key(after, str, int)
        statement = statement.where(
            or_(Agent.sort_key > sort_key, (Agent.sort_key == sort_key) & (Agent.id > agent_id))
        )
    agents = list(db.session.scalars(statement))
    cards = _cards(agents)
    return make_page(cards, size=size, key=lambda card: (fold(card.name), card.id))


def list_agents_with(permission: Permission) -> list[AgentRow]:
    """Active people whose role has the permission, by name."""
    roles = [role for role, permissions in PERMISSIONS.items() if permission in permissions]
    found = select(*ROW).where(Agent.role.in_(roles), Agent.deactivated_at.is_(None))
    return [AgentRow(*row) for row in db.session.execute(found.order_by(Agent.sort_key, Agent.id))]


def _cards(agents: list[Agent]) -> list[AgentCard]:
    ids = [agent.id for agent in agents]
    members = db.session.execute(
        select(Membership.agent_id, Membership.store_id, Membership.region_id)
        .where(Membership.agent_id.in_(ids))
        .order_by(Membership.id)
    ).all()
    return [
        _card(
            agent,
            tuple(store for person, store, _ in members if person == agent.id and store is not None),
            tuple(region for person, _, region in members if person == agent.id and region is not None),
        )
        for agent in agents
    ]


def _card(agent: Agent, store_ids: tuple[int, ...], region_ids: tuple[int, ...]) -> AgentCard:
    return AgentCard(
        id=agent.id,
        name=agent.name,
        email=agent.email,
        role=agent.role,
        language=agent.language,
        store_ids=store_ids,
        region_ids=region_ids,
        undo_seconds=agent.undo_seconds,
        has_shortcuts=agent.has_shortcuts,
        has_sound=agent.has_sound,
        has_pin=agent.pin_hash is not None,
        is_invited=agent.password_hash is None,
        invited_at=agent.invited_at,
        deactivated_at=agent.deactivated_at,
        session_epoch=agent.session_epoch,
    )


def list_store_agents(store_id: int | None) -> list[AgentRow]:
    """Active members of a store and of its region, by name. None: those who may answer the central queue."""
    statement = select(*ROW).where(Agent.deactivated_at.is_(None)).order_by(Agent.sort_key, Agent.id)
    return [AgentRow(*row) for row in db.session.execute(_of_store(statement, store_id))]


def _of_store(statement: Rows, store_id: int | None) -> Rows:
    if store_id is None:
        central = [role for role in WHOLE_CHAIN if Permission.ANSWER_TICKETS in PERMISSIONS[role]]
        return statement.where(Agent.role.in_(central))
    region = select(Store.region_id).where(Store.id == store_id).scalar_subquery()
    members = select(Membership.agent_id).where(
        or_(Membership.store_id == store_id, Membership.region_id == region)
    )
    return statement.where(Agent.id.in_(members))


def has_administrator() -> bool:
    """Whether somebody administers: until then the set-up is not complete."""
    found = select(Agent.id).where(Agent.role == Role.ADMINISTRATOR, Agent.deactivated_at.is_(None)).limit(1)
    return db.session.scalar(found) is not None


def list_neighbours(agent_id: int) -> list[AgentRow]:
    """People with a PIN who share a store with this one and may take over the shared PC, by name, without them."""
    own = select(Membership.store_id).where(Membership.agent_id == agent_id, Membership.store_id.is_not(None))
    sharing = select(Membership.agent_id).where(Membership.store_id.in_(own))
    statement = select(*ROW).where(
        Agent.id.in_(sharing),
        Agent.id != literal(agent_id),
        Agent.deactivated_at.is_(None),
        Agent.pin_hash.is_not(None),
        Agent.role != Role.ADMINISTRATOR,
    )
    return [AgentRow(*row) for row in db.session.execute(statement.order_by(Agent.sort_key, Agent.id))]


ATTENDS_FOR = timedelta(seconds=150)


def is_anybody_there(store_id: int | None, *, machine_now: datetime) -> bool:
    """Whether somebody who may answer the tickets of this store (None: the central queue) has a page open now."""
    central = Agent.role.in_([role for role in WHOLE_CHAIN if Permission.ANSWER_TICKETS in PERMISSIONS[role]])
    may_answer = [role for role, given in PERMISSIONS.items() if Permission.ANSWER_TICKETS in given]
    found = select(Agent.id).join(Attendance, Attendance.agent_id == Agent.id)
    found = found.where(Attendance.seen_at > machine_now - ATTENDS_FOR, Agent.deactivated_at.is_(None))
    if store_id is None:
        found = found.where(central)
    else:
        region = select(Store.region_id).where(Store.id == store_id).scalar_subquery()
        mine = or_(Membership.store_id == store_id, Membership.region_id == region)
        members = select(Membership.agent_id).where(mine)
        found = found.where(or_(central, Agent.role.in_(may_answer) & Agent.id.in_(members)))
    return db.session.scalar(found.limit(1)) is not None
