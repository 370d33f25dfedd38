"""Changes of a ticket that say nothing to the customer: note, assignee, reason, priority, store."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from hub.core.actor import SYSTEM, Actor
from hub.core.db import db
from hub.core.errors import Conflict, Invalid
from hub.core.facts import record
from hub.core.text import N_
from hub.inbox.actions import waiting
from hub.inbox.actions.asking_experts import note_expert_answer
from hub.inbox.actions.attaching import move_to_message
from hub.inbox.actions.correcting import keep_correction
from hub.inbox.actions.events import lock_ticket, note_ticket, settle_hold
from hub.inbox.actions.following import tell_mentioned
from hub.inbox.actions.handing_out import hand_out
from hub.inbox.actions.noticing import notify, tell_followers
from hub.inbox.actions.opening import add_message
from hub.inbox.actions.recounting import tell_recounted
from hub.inbox.actions.snoozing import end_snooze
from hub.inbox.actions.suggestions import decide_suggestion, find_offered
from hub.inbox.colleagues import find_answerer
from hub.inbox.directory import Directory
from hub.inbox.facts import TicketTransferred
from hub.inbox.models import ReplyWait, Ticket
from hub.inbox.states import OPEN_STATES, is_open
from hub.inbox.words import MessageKind, NoticeKind, Priority, RouteSource, TicketState
from hub.reasons.queries import get_reason
from hub.stores import queries as stores

UNFINISHED = (*OPEN_STATES, TicketState.SOLVED)


def add_note(
    *,
    ticket_id: int,
    text: str,
    by: Actor,
    now: datetime,
    file_ids: Sequence[int] = (),
    key: str | None = None,
) -> int:
    """A line that only the staff sees; touches no clock. Returns the message id.

    Colleagues named with @ follow the ticket from now on and are told. `file_ids`: files of the person's composer.
    `key`: the caller knows that nothing stands under it yet.
    """
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(N_("Please write something before saving."), field="text")
    ticket = lock_ticket(ticket_id)
    message = add_message(
        ticket,
        now=now,
        kind=MessageKind.NOTE,
        key=key,
        agent_id=by.agent_id,
        api_key_id=by.api_key_id,
        author_name=by.name,
        text=words,
    )
    ticket.updated_at = now
    db.session.flush()
    move_to_message(message, file_ids, by.agent_id)
    named = tell_mentioned(ticket, words, by=by, now=now)
    tell_followers(ticket.id, "noted", by=by, now=now, but=named)
    note_expert_answer(ticket, by=by, now=now)
    db.session.flush()
    return message.id


def assign(*, ticket_id: int, assignee_id: int | None, by: Actor, now: datetime) -> None:
    """Give the ticket to somebody who answers in its store, its region or the head office, or to nobody.

    Every way in comes through here: pages, bulk, undo, routing rules, other systems. Raises Invalid (assignee).
    """
    ticket = lock_ticket(ticket_id)
    if ticket.assignee_id == assignee_id:
        return
    if assignee_id is not None and find_answerer(assignee_id, ticket.store_id) is None:
        raise Invalid(
            N_("This person does not work in the store of the ticket. Please choose another one."),
            field="assignee",
        )
    note_ticket("assigned", ticket, by=by, now=now, from_id=ticket.assignee_id, assignee_id=assignee_id)
    ticket.assignee_id = assignee_id
    db.session.flush()
    if assignee_id is not None:
        notify(agent_ids=[assignee_id], kind=NoticeKind.ASSIGNED, ticket_id=ticket.id, by=by, now=now)


def free_tickets_of(*, agent_id: int, now: datetime) -> int:
    """Unassign the tickets of a person who left, each with its line in the audit trail. Returns how many.

    Those that are solved too: the customer may write again.
    """
    return _free(Ticket.assignee_id == agent_id, now=now)


def free_tickets_out_of_reach(*, agent_id: int | None = None, now: datetime) -> int:
    """Unassign tickets in whose store (or in the central queue) their assignee answers no more. Returns how many.

    `agent_id`: only those of this person, whose role or stores changed; None: of everybody.
    """
    found = select(Ticket.assignee_id, Ticket.store_id).where(
        Ticket.assignee_id.is_not(None) if agent_id is None else Ticket.assignee_id == agent_id,
        Ticket.state.in_(UNFINISHED),
    )
    count = 0
    for assignee_id, store_id in db.session.execute(found.distinct()).all():
        if assignee_id is not None and find_answerer(assignee_id, store_id) is None:
            is_there = Ticket.store_id.is_not_distinct_from(store_id)
            count += _free(Ticket.assignee_id == assignee_id, is_there, now=now)
    return count


def _free(*which: ColumnElement[bool], now: datetime) -> int:
    found = select(Ticket.id).where(*which, Ticket.state.in_(UNFINISHED))
    ids = db.session.scalars(found.order_by(Ticket.id)).all()
    for ticket_id in ids:
        assign(ticket_id=ticket_id, assignee_id=None, by=SYSTEM, now=now)
    return len(ids)


def change_reason(*, ticket_id: int, reason_id: int | None, by: Actor, now: datetime) -> None:
    """Why the customer wrote; a grievance holds promotion and surveys while the ticket is open."""
    set_reason(lock_ticket(ticket_id), reason_id, by=by, now=now)
    db.session.flush()


def accept_suggestion(*, ticket_id: int, by: Actor, now: datetime) -> None:
    """The reason that is suggested. Raises Conflict when it is out of date."""
    ticket = lock_ticket(ticket_id)
    set_reason(ticket, find_offered(ticket_id), by=by, now=now)
    db.session.flush()


def set_reason(ticket: Ticket, reason_id: int | None, *, by: Actor, now: datetime) -> None:
    """The same for a ticket that is locked already."""
    decide_suggestion(ticket.id, reason_id, by=by, now=now)
    if ticket.reason_id == reason_id:
        return
    reason = get_reason(reason_id) if reason_id else None
    note_ticket("reason_changed", ticket, by=by, now=now, from_id=ticket.reason_id, reason_id=reason_id)
    ticket.reason_id = reason_id
    ticket.is_grievance = ticket.score is not None or bool(reason and reason.is_grievance)
    db.session.execute(
        update(ReplyWait)
        .where(ReplyWait.ticket_id == ticket.id)
        .values(reason_id=reason_id)
        .execution_options(synchronize_session=False)
    )
    tell_recounted(ticket, now=now)
    settle_hold(ticket, now=now)


def change_priority(*, ticket_id: int, priority: Priority, by: Actor, now: datetime) -> None:
    """From the next wait on: the target of the one under way was frozen at its start."""
    ticket = lock_ticket(ticket_id)
    if ticket.priority is priority:
        return
    note_ticket("priority_changed", ticket, by=by, now=now, from_priority=ticket.priority, priority=priority)
    ticket.priority = priority
    db.session.flush()


def transfer(
    *,
    ticket_id: int,
    store_id: int | None,
    by: Actor,
    now: datetime,
    unassigned: list[Ticket] | None = None,
) -> None:
    """To another store, or to the central queue (None); the wait is split and nobody is assigned any more.

    `unassigned`: of many, this one is added instead of handed out, for the caller to hand out all of them last.
    """
    ticket = lock_ticket(ticket_id)
    _check_move(ticket, store_id)
    origin = ticket.store_id
    if origin == store_id:
        return
    if by.is_person:
        keep_correction(ticket, store_id, by=by, now=now)
    note_ticket(
        "transferred",
        ticket,
        by=by,
        now=now,
        from_store_id=origin,
        store_id=store_id,
        from_assignee_id=ticket.assignee_id,
        assignee_id=None,
    )
    waiting.split_wait(ticket, store_id=store_id, at=now, directory=Directory())
    _let_go(ticket)
    if unassigned is None:
        hand_out([(ticket, None)], now=now)
    else:
        unassigned.append(ticket)
    db.session.flush()
    fact = TicketTransferred(
        customer_id=ticket.customer_id, ticket_id=ticket.id, from_store_id=origin, store_id=store_id
    )
    record(fact, now=now)


def _check_move(ticket: Ticket, store_id: int | None) -> None:
    if not is_open(ticket.state):
        raise Conflict(N_("This ticket is not open any more. Please reopen it before moving it."))
    if store_id in (None, ticket.store_id):
        return
    if not stores.get_store(store_id).is_active:
        raise Invalid(N_("This store is closed for good. Please choose another one."), field="store")


def _let_go(ticket: Ticket) -> None:
    """Nobody of the old store has it in hand; a person chose the new one."""
    ticket.assignee_id = None
    end_snooze(ticket)
    ticket.route_source = RouteSource.AGENT
    ticket.route_confidence = 1.0
    ticket.route_detail = ""
    ticket.transfer_count += 1
