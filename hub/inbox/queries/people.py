"""What the pages show of who gets new tickets: how each store hands them out, and who is away."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.inbox.models import AgentAbsence, AssignmentSetting
from hub.inbox.routing_words import AssignmentMode
from hub.staff import queries as staff
from hub.staff.queries import AgentRow
from hub.staff.queries.members import list_answering_members
from hub.stores import queries as stores


@dataclass(frozen=True)
class AssignmentRow:
    """How a store hands out its new tickets; `present` and `away` are names."""

    store_id: int
    store_name: str
    mode: AssignmentMode
    present: tuple[str, ...]
    away: tuple[str, ...]


@dataclass(frozen=True)
class AbsenceRow:
    """A person, and until when he or she is away; None: there."""

    agent: AgentRow
    until_at: datetime | None


def list_assignment(*, now: datetime) -> list[AssignmentRow]:
    """Every active store by name."""
    houses = stores.list_stores()
    modes = {row.store_id: row.mode for row in db.session.scalars(select(AssignmentSetting))}
    members = list_answering_members([row.id for row in houses])
    people = staff.get_agents({each for ids in members.values() for each in ids})
    away = set(db.session.scalars(select(AgentAbsence.agent_id).where(AgentAbsence.until_at > now)))
    return [
        AssignmentRow(
            store_id=row.id,
            store_name=row.name,
            mode=modes.get(row.id, AssignmentMode.BY_HAND),
            present=tuple(people[each].name for each in members.get(row.id, ()) if each not in away),
            away=tuple(people[each].name for each in members.get(row.id, ()) if each in away),
        )
        for row in houses
    ]


def list_absences(agent_ids: Collection[int], *, now: datetime) -> list[AbsenceRow]:
    """These people by name, with until when they are away."""
    found = select(AgentAbsence.agent_id, AgentAbsence.until_at).where(
        among(AgentAbsence.agent_id, agent_ids), AgentAbsence.until_at > now
    )
    until = {row[0]: row[1] for row in db.session.execute(found)}
    people = sorted(staff.get_agents(agent_ids).values(), key=lambda row: row.name)
    return [AbsenceRow(row, until.get(row.id)) for row in people]
