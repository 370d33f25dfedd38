"""Unhappy survey answers become tickets of the store of the order; withdrawn answers take theirs back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.actor import CUSTOMER, SYSTEM, Actor
from hub.core.db import db
from hub.core.facts import record
from hub.core.words import Channel, Language
from hub.customers.actions import lock_customer
from hub.customers.queries import CustomerRow, get_customer
from hub.inbox.actions import waiting
from hub.inbox.actions.amending import replace_text
from hub.inbox.actions.events import lock_end, lock_ticket, move_state, note_ticket, settle_hold
from hub.inbox.actions.handing_out import hand_out
from hub.inbox.actions.opening import add_message, show_message
from hub.inbox.actions.receiving import reopen_row
from hub.inbox.actions.recounting import tell_recounted
from hub.inbox.actions.ruling import note_opening
from hub.inbox.actions.said import Said, begin_ticket
from hub.inbox.directory import Directory
from hub.inbox.facts import CustomerWrote, TicketOpened, TicketWithdrawn
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.states import OPEN_STATES, is_open, next_on_customer_message
from hub.inbox.words import DropReason, MessageKind, RouteSource, TicketState
from hub.orders import queries as orders

ANSWER = "answer"
MOST_TICKETS = 40
_SUBJECTS = {
    Language.FRENCH: ("Enquête de satisfaction", "Enquête de satisfaction, commande %s"),
    Language.ENGLISH: ("Satisfaction survey", "Satisfaction survey, order %s"),
}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What the customer answered, and about what."""

    answer_id: int
    order_id: int | None
    customer_id: int
    store_id: int
    choice: str
    score: int
    comment: str
    topics: tuple[str, ...]
    is_confirmed: bool

    @property
    def inserted(self) -> dict[str, object]:
        """What the line keeps beside the customer's own words."""
        said = {"answer_id": self.answer_id, "choice": self.choice, "score": self.score}
        return said | ({"topics": list(self.topics)} if self.topics else {})


def open_ticket_from_answer(
    *,
    answer_id: int,
    order_id: int | None,
    customer_id: int,
    store_id: int,
    choice: str,
    score: int,
    comment: str | None,
    topics: Sequence[str] = (),
    is_confirmed: bool,
    now: datetime,
) -> int:
    """The ticket id: an open one about the same order gets the answer as a message, else a new one is opened.

    `topics`: codes of what was ticked on the second page. The same answer again (confirmed, or with other words) changes
    its line. Holds on promotion and surveys are put in the same transaction.
    """
    answered = Answered(
        answer_id=answer_id,
        order_id=order_id,
        customer_id=customer_id,
        store_id=store_id,
        choice=choice,
        score=score,
        comment=(comment or "").replace("\x00", "").strip(),
        topics=tuple(topics),
        is_confirmed=is_confirmed,
    )
    lock_customer(customer_id)
    said = _find_said(answer_id)
    ticket = lock_end(said.ticket_id) if said else None
    if said and ticket and ticket.state is not TicketState.CLOSED:
        _change(ticket, said, answered, now=now)
    else:
        ticket = _say(answered, now=now)
    _mark(ticket, answered, now=now)
    return ticket.id


def withdraw_answer_ticket(
    answer_id: int, now: datetime, *, reason: str = "customer", by: Actor = SYSTEM
) -> bool:
    """The answer was reclassified: its ticket is closed, unless somebody has answered it or it is about more.

    An audit line tells of it in any case, with the reason, so that the store sees why. Returns whether a ticket was
    withdrawn.
    """
    said = _find_said(answer_id)
    ticket = lock_end(said.ticket_id) if said else None
    if said is None or ticket is None or ticket.state is TicketState.CLOSED:
        return False
    is_own = ticket.source_kind == ANSWER and ticket.source_id == answer_id
    if not is_own or not is_open(ticket.state) or ticket.first_replied_at is not None:
        note_ticket("answer_withdrawn", ticket, by=by, now=now, answer_id=answer_id, reason=reason)
        return False
    why = {"answer_id": answer_id, "reason": reason}
    move_state(ticket, TicketState.CLOSED, by=by, now=now, action="withdrawn", **why)
    waiting.drop_wait(ticket, at=now, reason=DropReason.WITHDRAWN)
    ticket.solved_at = ticket.closed_at = now
    settle_hold(ticket, now=now)
    db.session.flush()
    fact = TicketWithdrawn(customer_id=ticket.customer_id, ticket_id=ticket.id, store_id=ticket.store_id)
    record(fact, now=now)
    return True


def _key(answer_id: int, count: int) -> str:
    return f"{ANSWER}:{answer_id}:{count}"


def _find_said(answer_id: int) -> TicketMessage | None:
    """The latest line that this answer has written."""
    keys = [_key(answer_id, count) for count in range(MOST_TICKETS)]
    return db.session.scalar(
        select(TicketMessage).where(TicketMessage.key.in_(keys)).order_by(TicketMessage.id.desc()).limit(1)
    )


def _change(ticket: Ticket, said: TicketMessage, answered: Answered, *, now: datetime) -> None:
    """The customer confirmed, or chose other words: the line changes, the wait goes on from the first answer."""
    if said.text == answered.comment and said.inserted == answered.inserted:
        return
    if ticket.state is TicketState.SOLVED:
        reopen_row(ticket, by=CUSTOMER, now=now)
    note_ticket(
        "answer_changed", ticket, by=CUSTOMER, now=now, answer_id=answered.answer_id, score=answered.score
    )
    said.inserted = answered.inserted
    replace_text(ticket, said, answered.comment)
    show_message(ticket, answered.comment or ticket.subject, now=now)


def _say(answered: Answered, *, now: datetime) -> Ticket:
    """A new line, in the open ticket of the order or in a new one; the customer waits from now."""
    customer = get_customer(answered.customer_id)
    found = _find_on_order(answered)
    ticket = lock_ticket(found) if found else _open(answered, customer, now=now)
    earlier = _find_said(answered.answer_id)
    count = int(str(earlier.key).rpartition(":")[2]) + 1 if earlier else 0
    message = add_message(
        ticket,
        now=now,
        is_first=found is None,
        kind=MessageKind.CUSTOMER,
        channel=Channel.SURVEY,
        key=_key(answered.answer_id, count),
        author_name=customer.name,
        author_address=customer.mail,
        text=answered.comment,
        inserted=answered.inserted,
    )
    waiting.start_wait(ticket, at=now, channel=Channel.SURVEY, directory=Directory())
    if found:
        move_state(ticket, next_on_customer_message(ticket.state) or TicketState.OPEN, by=CUSTOMER, now=now)
        show_message(ticket, answered.comment or ticket.subject, now=now)
    db.session.flush()
    _tell(ticket, message.id, is_new=found is None, now=now)
    return ticket


def _tell(ticket: Ticket, message_id: int, *, is_new: bool, now: datetime) -> None:
    ids: dict[str, Any] = {
        "customer_id": ticket.customer_id,
        "ticket_id": ticket.id,
        "store_id": ticket.store_id,
    }
    if is_new:
        record(TicketOpened(**ids, channel=Channel.SURVEY), now=now)
    else:
        record(CustomerWrote(**ids, message_id=message_id, channel=Channel.SURVEY), now=now)


def _mark(ticket: Ticket, answered: Answered, *, now: datetime) -> None:
    if ticket.source_kind == ANSWER:
        if answered.is_confirmed and not ticket.is_confirmed:
            note_ticket("answer_confirmed", ticket, by=CUSTOMER, now=now, answer_id=answered.answer_id)
        ticket.is_confirmed = answered.is_confirmed
    ticket.is_grievance = True
    if ticket.score != answered.score and ticket.first_solved_at is not None:
        tell_recounted(ticket, now=now)
    ticket.score = answered.score
    settle_hold(ticket, now=now)
    db.session.flush()


def _find_on_order(answered: Answered) -> int | None:
    if answered.order_id is None:
        return None
    return db.session.scalar(
        select(Ticket.id)
        .where(
            Ticket.order_id == answered.order_id,
            Ticket.customer_id == answered.customer_id,
            Ticket.state.in_(OPEN_STATES),
        )
        .order_by(Ticket.id.desc())
        .limit(1)
    )


def _open(answered: Answered, customer: CustomerRow, *, now: datetime) -> Ticket:
    directory = Directory()
    order = orders.get_order(answered.order_id) if answered.order_id else None
    bare, about = _SUBJECTS[customer.language]
    said = Said(
        kind=ANSWER,
        id=answered.answer_id,
        customer=customer,
        subject=about % order.external_id if order else bare,
        text=answered.comment,
        store_id=answered.store_id,
        found_by=RouteSource.ANSWERED_ORDER,
        order=order,
        is_confirmed=answered.is_confirmed,
    )
    ticket, opening = begin_ticket(said, directory=directory, now=now)
    note_opening(ticket, opening, directory=directory, now=now)
    hand_out(directory.take_unassigned(), now=now)
    return ticket
