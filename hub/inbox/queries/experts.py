"""What the pages show of experts: groups, whom to ask about a ticket, what a person is asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox.expertise import knows
from hub.inbox.models import Expert, ExpertGroup, ExpertQuestion, Ticket, TicketMessage
from hub.inbox.queries.rows import TicketView
from hub.inbox.states import OPEN_STATES
from hub.inbox.words import MessageKind
from hub.orders.queries import get_orders
from hub.reasons.queries import list_reasons
from hub.reasons.rules import with_parents
from hub.staff import queries as staff
from hub.stores import queries as stores

MOST_ASKED = 100


@dataclass(frozen=True)
class GroupRow:
    id: int
    name: str
    reason_ids: tuple[int, ...]
    words: tuple[str, ...]
    is_active: bool
    agent_ids: tuple[int, ...]
    agent_names: tuple[str, ...]


@dataclass(frozen=True)
class AskedRow:
    """A question to a group of the person. `store_name` "" in the central queue."""

    number: str
    subject: str
    requester_name: str
    store_name: str
    group_name: str
    text: str
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True)
class QuestionRow:
    """A question about one ticket; `answered_by` "" while it is open."""

    group_name: str
    text: str
    asked_by: str
    asked_at: datetime
    answered_by: str


def list_groups(*, is_active: bool | None = None) -> list[GroupRow]:
    """By name, with their people."""
    statement = select(ExpertGroup).order_by(ExpertGroup.name, ExpertGroup.id)
    if is_active is not None:
        statement = statement.where(ExpertGroup.is_active == is_active)
    rows = db.session.scalars(statement).all()
    members: dict[int, list[int]] = {}
    if rows:
        for group_id, agent_id in db.session.execute(select(Expert.group_id, Expert.agent_id)):
            members.setdefault(group_id, []).append(agent_id)
    people = staff.get_agents({each for ids in members.values() for each in ids})
    return [_group(row, sorted(members.get(row.id, [])), people) for row in rows]


def get_group(group_id: int) -> GroupRow:
    """Raises NotFound."""
    for row in list_groups():
        if row.id == group_id:
            return row
    raise NotFound(N_("This group of experts does not exist any more. Please choose another one."))


def _group(row: ExpertGroup, agent_ids: list[int], people: dict[int, staff.AgentRow]) -> GroupRow:
    return GroupRow(
        id=row.id,
        name=row.name,
        reason_ids=tuple(row.reason_ids),
        words=tuple(row.words),
        is_active=row.is_active,
        agent_ids=tuple(agent_ids),
        agent_names=tuple(
            people[each].name for each in agent_ids if each in people and people[each].is_active
        ),
    )


def list_groups_for(ticket: TicketView) -> list[tuple[GroupRow, bool]]:
    """Every group that may be asked, those who know the matter first."""
    groups = list_groups(is_active=True)
    parents = {row.id: row.parent_id for row in list_reasons(active=False)}
    asked = with_parents(ticket.reason_id, parents)
    texts = _texts(ticket)
    found = [
        (row, knows(reason_ids=row.reason_ids, words=row.words, asked_reasons=asked, texts=texts))
        for row in groups
    ]
    return sorted(found, key=lambda each: not each[1])


def _texts(ticket: TicketView) -> list[str]:
    """What the customer wrote, and what he or she bought."""
    said = db.session.scalars(
        select(func.left(TicketMessage.text, 5000))
        .where(TicketMessage.ticket_id == ticket.id, TicketMessage.kind == MessageKind.CUSTOMER)
        .order_by(TicketMessage.happened_at)
        .limit(5)
    ).all()
    order = get_orders([ticket.order_id]).get(ticket.order_id) if ticket.order_id else None
    return [ticket.subject, *said, *(line.name for line in order.lines)] if order else [ticket.subject, *said]


def list_asked_of(agent_id: int) -> list[AskedRow]:
    """Open questions about open tickets to the groups of a person, oldest first."""
    mine = select(Expert.group_id).where(Expert.agent_id == agent_id)
    found = (
        select(ExpertQuestion, ExpertGroup.name, Ticket)
        .join(ExpertGroup, ExpertGroup.id == ExpertQuestion.group_id)
        .join(Ticket, Ticket.id == ExpertQuestion.ticket_id)
        .where(
            ExpertQuestion.answered_at.is_(None),
            ExpertQuestion.group_id.in_(mine),
            Ticket.state.in_(OPEN_STATES),
        )
        .order_by(ExpertQuestion.asked_at, ExpertQuestion.id)
        .limit(MOST_ASKED)
    )
    rows = db.session.execute(found).all()
    people = staff.get_agents({row[0].asked_by_id for row in rows if row[0].asked_by_id})
    houses = stores.get_stores({row[2].store_id for row in rows if row[2].store_id})
    return [
        AskedRow(
            number=ticket.number,
            subject=ticket.subject,
            requester_name=ticket.requester_name,
            store_name=houses[ticket.store_id].name if ticket.store_id in houses else "",
            group_name=name,
            text=question.text,
            asked_by=people[question.asked_by_id].name if question.asked_by_id in people else "",
            asked_at=question.asked_at,
        )
        for question, name, ticket in rows
    ]


def count_asked_of(agent_id: int) -> int:
    mine = select(Expert.group_id).where(Expert.agent_id == agent_id)
    found = (
        select(func.count())
        .select_from(ExpertQuestion)
        .join(Ticket, Ticket.id == ExpertQuestion.ticket_id)
        .where(
            ExpertQuestion.answered_at.is_(None),
            ExpertQuestion.group_id.in_(mine),
            Ticket.state.in_(OPEN_STATES),
        )
    )
    return db.session.scalar(found) or 0


def list_questions(ticket_id: int) -> list[QuestionRow]:
    """What experts were asked about a ticket, oldest first."""
    found = (
        select(ExpertQuestion, ExpertGroup.name)
        .join(ExpertGroup, ExpertGroup.id == ExpertQuestion.group_id)
        .where(ExpertQuestion.ticket_id == ticket_id)
        .order_by(ExpertQuestion.id)
    )
    rows = db.session.execute(found).all()
    ids = {each for row in rows for each in (row[0].asked_by_id, row[0].answered_by_id) if each}
    people = staff.get_agents(ids)

    def name(agent_id: int | None) -> str:
        return people[agent_id].name if agent_id in people else ""

    return [
        QuestionRow(group, row.text, name(row.asked_by_id), row.asked_at, name(row.answered_by_id))
        for row, group in rows
    ]
