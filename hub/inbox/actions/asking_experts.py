"""Experts of a matter: groups, questions about a ticket that stays its store's, and that they were answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import SYSTEM, Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_, fold
from hub.inbox.actions.events import lock_ticket, note_ticket
from hub.inbox.actions.noticing import notify
from hub.inbox.models import AgentAbsence, Expert, ExpertGroup, ExpertQuestion, Ticket
from hub.inbox.states import is_open
from hub.inbox.words import NoticeKind
from hub.staff import queries as staff

LONGEST_NAME = 80
LONGEST_TEXT = 2000
MOST_WORDS = 60
NO_GROUP = N_("This group of experts does not exist any more. Please choose another one.")


@dataclass(frozen=True, kw_only=True)
class GroupDetails:
    """A group of experts as somebody edits it; `words` are product families, brands, anything a customer may write."""

    name: str
    agent_ids: Sequence[int]
    reason_ids: Sequence[int] = ()
    words: Sequence[str] = ()


def save_group(details: GroupDetails, *, group_id: int | None = None, by: Actor, now: datetime) -> int:
    """Make or change a group. Raises Invalid (field name, agent_ids, words) and NotFound."""
    name = " ".join(details.name.split())
    words = tuple(dict.fromkeys(" ".join(word.split()) for word in details.words if fold(word)))
    _check(details, name, words, group_id)
    row = (
        _get_group(group_id) if group_id else ExpertGroup(name=name, reason_ids=[], words=[], is_active=True)
    )
    row.name, row.words = name, list(words)
    row.reason_ids = sorted(set(details.reason_ids))
    db.session.add(row)
    db.session.flush()
    db.session.execute(delete(Expert).where(Expert.group_id == row.id))
    db.session.add_all(Expert(group_id=row.id, agent_id=each) for each in sorted(set(details.agent_ids)))
    note_change(
        "expert_group.saved",
        subject_kind="expert_group",
        subject_id=row.id,
        by=by,
        now=now,
        name=name,
        agent_ids=sorted(set(details.agent_ids)),
    )
    db.session.flush()
    return row.id


def _check(details: GroupDetails, name: str, words: Sequence[str], group_id: int | None) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(
            N_("Please give a name of at most %(most)s characters."), field="name", most=LONGEST_NAME
        )
    twin = db.session.scalar(select(ExpertGroup.id).where(ExpertGroup.name == name))
    if twin is not None and twin != group_id:
        raise Invalid(N_("Another group has this name. Please choose another one."), field="name")
    people = staff.get_agents(set(details.agent_ids))
    if not people or any(not row.is_active for row in people.values()):
        raise Invalid(N_("Please choose at least one person who still works here."), field="agent_ids")
    if len(words) > MOST_WORDS:
        raise Invalid(N_("Please keep to %(most)s words."), field="words", most=MOST_WORDS)


def switch_group(*, group_id: int, is_active: bool, by: Actor, now: datetime) -> None:
    """A group that is off is asked nothing more; what it was asked stays."""
    row = _get_group(group_id)
    row.is_active = is_active
    note_change(
        "expert_group.switched",
        subject_kind="expert_group",
        subject_id=row.id,
        by=by,
        now=now,
        is_active=is_active,
    )
    db.session.flush()


def ask_experts(*, ticket_id: int, group_id: int, text: str, by: Actor, now: datetime) -> None:
    """Ask a group about an open ticket; its store keeps it and its wait. Raises Invalid, Conflict, NotFound."""
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(N_("Please write what you would like to know."), field="text")
    if len(words) > LONGEST_TEXT:
        raise Invalid(N_("Please keep to %(most)s characters."), field="text", most=LONGEST_TEXT)
    ticket = lock_ticket(ticket_id)
    group = _get_group(group_id)
    if not is_open(ticket.state) or not group.is_active:
        raise Conflict(N_("This ticket is not open any more, or the group is not asked any more."))
    if not _ask(ticket, group, words, by=by, now=now):
        raise Conflict(N_("These experts are asked already. Their answer appears here."))


def ask_by_rule(ticket: Ticket, group_id: int, *, now: datetime) -> None:
    """A routing rule asks; a group that is gone or off is passed over."""
    group = db.session.get(ExpertGroup, group_id)
    if group is not None and group.is_active:
        db.session.flush()
        _ask(ticket, group, "", by=SYSTEM, now=now)


def _ask(ticket: Ticket, group: ExpertGroup, text: str, *, by: Actor, now: datetime) -> bool:
    """Whether they are asked now; False when they were already."""
    row = {
        "ticket_id": ticket.id,
        "group_id": group.id,
        "text": text,
        "asked_by_id": by.agent_id,
        "asked_at": now,
    }
    statement = insert(ExpertQuestion).values(row).on_conflict_do_nothing().returning(ExpertQuestion.id)
    if db.session.scalar(statement) is None:
        return False
    note_ticket("expert_asked", ticket, by=by, now=now, group_id=group.id, name=group.name)
    away = select(AgentAbsence.agent_id).where(AgentAbsence.until_at > now)
    people = select(Expert.agent_id).where(Expert.group_id == group.id, Expert.agent_id.not_in(away))
    told = set(db.session.scalars(people))
    notify(agent_ids=told, kind=NoticeKind.EXPERT_ASKED, ticket_id=ticket.id, now=now, by=by)
    db.session.flush()
    return True


def note_expert_answer(ticket: Ticket, *, by: Actor, now: datetime) -> None:
    """A note or reply of an expert answers what his or her groups were asked; whoever asked is told."""
    if by.agent_id is None:
        return
    mine = select(Expert.group_id).where(Expert.agent_id == by.agent_id)
    answered = (
        update(ExpertQuestion)
        .where(
            ExpertQuestion.ticket_id == ticket.id,
            ExpertQuestion.answered_at.is_(None),
            ExpertQuestion.group_id.in_(mine),
        )
        .values(answered_at=now, answered_by_id=by.agent_id)
        .returning(ExpertQuestion.asked_by_id)
        .execution_options(synchronize_session=False)
    )
    asked_by = db.session.scalars(answered).all()
    if asked_by:
        note_ticket("expert_answered", ticket, by=by, now=now)
        told = {each for each in asked_by if each} or {ticket.assignee_id} - {None}
        notify(
            agent_ids=[each for each in told if each],
            kind=NoticeKind.EXPERT_ANSWERED,
            ticket_id=ticket.id,
            now=now,
            by=by,
        )


def _get_group(group_id: int) -> ExpertGroup:
    row = db.session.get(ExpertGroup, group_id)
    if row is None:
        raise NotFound(NO_GROUP)
    return row
