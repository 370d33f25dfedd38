"""Gives new tickets of a store to its people: whom a rule named, whose turn it is, or who has least to do.

A store's setting is locked until the end of the transaction, so that two workers never give out the same turn. All
locks are taken in one go, in the order of the stores, and after everything else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, inspect, literal_column, select

from hub.core.actor import SYSTEM, Actor
from hub.core.audit import note_change
from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.inbox.actions.events import note_ticket
from hub.inbox.actions.noticing import notify
from hub.inbox.assigning import least_busy, next_in_turn
from hub.inbox.models import AgentAbsence, AssignmentSetting, Ticket
from hub.inbox.models.tickets import OPEN_STATES
from hub.inbox.routing_words import AssignmentMode
from hub.inbox.words import NoticeKind
from hub.staff.queries.members import list_answering_members
from hub.stores import queries as stores

Waiting = Sequence[tuple[Ticket, int | None]]


def hand_out(waiting: Waiting, *, now: datetime) -> None:
    """Find an assignee for each of these new tickets, with whom a rule wants; what was rolled back is passed over."""
    found = [(ticket, wanted) for ticket, wanted in waiting if _is_there(ticket)]
    store_ids = sorted({ticket.store_id for ticket, _ in found if ticket.store_id is not None})
    if not store_ids:
        return
    db.session.flush()
    settings = _lock_settings(store_ids)
    present = _list_present(store_ids, now=now)
    loads = _count_loads({agent_id for ids in present.values() for agent_id in ids}, settings.values())
    for ticket, wanted in sorted(found, key=lambda each: each[0].id):
        people = present.get(ticket.store_id or 0, [])
        agent_id = wanted if wanted in people else _choose(settings.get(ticket.store_id or 0), people, loads)
        if agent_id is not None:
            loads[agent_id] = loads.get(agent_id, 0) + 1
            _give(ticket, agent_id, now=now)
    db.session.flush()


def _is_there(ticket: Ticket) -> bool:
    return bool(inspect(ticket).persistent) and ticket.assignee_id is None


def _lock_settings(store_ids: Sequence[int]) -> dict[int, AssignmentSetting]:
    found = (
        select(AssignmentSetting)
        .where(among(AssignmentSetting.store_id, store_ids), AssignmentSetting.mode != AssignmentMode.BY_HAND)
        .order_by(AssignmentSetting.store_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.store_id: row for row in db.session.scalars(found)}


def _list_present(store_ids: Sequence[int], *, now: datetime) -> dict[int, list[int]]:
    """The members of each store who are not away."""
    members = list_answering_members(store_ids)
    away = set(db.session.scalars(select(AgentAbsence.agent_id).where(AgentAbsence.until_at > now)))
    return {store_id: [each for each in ids if each not in away] for store_id, ids in members.items()}


def _count_loads(agent_ids: Collection[int], settings: Iterable[AssignmentSetting]) -> dict[int, int]:
    """Open tickets whose customer waits, by assignee; not looked at where nobody asks for it."""
    if not agent_ids or all(row.mode is not AssignmentMode.LEAST_BUSY for row in settings):
        return {}
    found = (
        select(Ticket.assignee_id, func.count())
        .where(
            among(Ticket.assignee_id, agent_ids),
            Ticket.waiting_since.is_not(None),
            literal_column(f"(tickets.{OPEN_STATES})"),
        )
        .group_by(Ticket.assignee_id)
    )
    return {row[0] or 0: row[1] for row in db.session.execute(found)}


def _choose(setting: AssignmentSetting | None, people: Sequence[int], loads: Mapping[int, int]) -> int | None:
    if setting is None:
        return None
    if setting.mode is AssignmentMode.LEAST_BUSY:
        agent_id = least_busy(people, loads, setting.last_agent_id)
    else:
        agent_id = next_in_turn(people, setting.last_agent_id)
    setting.last_agent_id = agent_id or setting.last_agent_id
    return agent_id


def _give(ticket: Ticket, agent_id: int, *, now: datetime) -> None:
    note_ticket("assigned", ticket, by=SYSTEM, now=now, from_id=None, assignee_id=agent_id)
    ticket.assignee_id = agent_id
    notify(agent_ids=[agent_id], kind=NoticeKind.ASSIGNED, ticket_id=ticket.id, now=now)


def change_assignment(*, store_ids: Collection[int], mode: AssignmentMode, by: Actor, now: datetime) -> None:
    """How these stores hand out new tickets; whose turn it is stays. Raises NotFound for a store that does not exist."""
    for store_id in sorted(set(store_ids)):
        store = stores.get_store(store_id)
        row = db.session.get(AssignmentSetting, store.id, with_for_update=True)
        if row is None:
            row = AssignmentSetting(store_id=store.id, mode=mode)
            db.session.add(row)
        row.mode = mode
        note_change(
            "assignment.changed", subject_kind="store", subject_id=store.id, by=by, now=now, mode=mode.value
        )
    db.session.flush()


def note_absence(*, agent_id: int, until_at: datetime | None, by: Actor, now: datetime) -> None:
    """The person is away until then and gets no new tickets by turn; None: back again. Raises Invalid."""
    if until_at is not None and until_at <= now:
        raise Invalid(N_("Please give a day that is still to come."), field="until")
    row = db.session.get(AgentAbsence, agent_id, with_for_update=True)
    if until_at is None:
        if row is not None:
            db.session.delete(row)
    elif row is None:
        db.session.add(
            AgentAbsence(agent_id=agent_id, until_at=until_at, noted_by_id=by.agent_id, noted_at=now)
        )
    else:
        row.until_at, row.noted_by_id, row.noted_at = until_at, by.agent_id, now
    until = until_at.isoformat() if until_at else None
    note_change("agent.absence", subject_kind="agent", subject_id=agent_id, by=by, now=now, until_at=until)
    db.session.flush()
