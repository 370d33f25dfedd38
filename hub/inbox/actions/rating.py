"""The question after a solved ticket: asked a while later, taken back when the ticket is reopened, answered by a button."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select

from hub.core import signing, site
from hub.core.actor import CUSTOMER, Actor
from hub.core.db import db
from hub.core.errors import Gone, Invalid, NotFound
from hub.core.facts import record
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.inbox.actions.events import TICKET, find_end, lock_ticket, lock_tickets, note_ticket
from hub.inbox.actions.receiving import receive_message
from hub.inbox.actions.recounting import tell_recounted
from hub.inbox.facts import TicketRated
from hub.inbox.models import Ticket, TicketMessage, TicketRating
from hub.inbox.own_links import rating_url
from hub.inbox.ratings import (
    ANSWERABLE,
    LONGEST_DELAY_HOURS,
    SCORES,
    SETTING,
    UNHAPPY,
    Solved,
    is_sent_by_a_person,
    may_ask,
    read_setting,
)
from hub.inbox.threading import make_reply_address
from hub.inbox.values import Incoming
from hub.inbox.words import UNHAPPY_WORDS
from hub.outbox import actions as outbox
from hub.stores.actions import change_setting
from hub.stores.queries import get_chain

TEMPLATE = "ticket_rating"
PAGE = "rating-page"
LONGEST_COMMENT = 5000
PRESS_AGAIN = N_("Please press the button once more.")


def ask_rating(ticket_id: int, *, now: datetime) -> int | None:
    """Post the question, due after the chain's delay; its id, or None where nobody is asked."""
    setting = read_setting(get_chain().settings)
    if not setting.is_on:
        return None
    ticket = lock_ticket(ticket_id)
    row = db.session.scalar(_rating_of(ticket.id))
    if (row is not None and row.score is not None) or not may_ask(_solved(ticket), now=now):
        return None
    tell_recounted(ticket, now=now, gone=[row.asked_at if row else None])
    row = row or TicketRating(ticket_id=ticket.id, comment="")
    row.customer_id, row.store_id, row.agent_id = ticket.customer_id, ticket.store_id, _last_agent(ticket.id)
    row.message_key, row.asked_at = f"{TICKET}:{ticket.id}:rating:{ticket.last_event_id}", now
    db.session.add(row)
    db.session.flush()
    _post(ticket, row, due_at=now + timedelta(hours=setting.delay_hours), now=now)
    return row.id


def withdraw_rating(ticket_id: int, *, now: datetime) -> bool:
    """The ticket is not solved after all: a question that has not left does not leave. Whether it was taken back."""
    ticket = lock_ticket(ticket_id)
    row = db.session.scalar(_rating_of(ticket_id))
    if row is None or row.score is not None or not outbox.cancel(row.message_key, now=now):
        return False
    tell_recounted(ticket, now=now, gone=[row.asked_at])
    db.session.delete(row)
    db.session.flush()
    return True


def change_rating_setting(*, is_on: bool, delay_hours: int, by: Actor, now: datetime) -> None:
    """Questions already posted still leave. Raises Invalid (field delay_hours)."""
    if delay_hours not in range(LONGEST_DELAY_HOURS + 1):
        raise Invalid(
            N_("Please give a number of hours between 0 and %(most)s."),
            field="delay_hours",
            most=LONGEST_DELAY_HOURS,
        )
    change_setting(SETTING, {"is_on": is_on, "delay_hours": delay_hours}, by=by, now=now)


def sign_page(rating_id: int, *, machine_now: datetime) -> str:
    """What the page sends back: that it was opened, and when."""
    return signing.sign(PAGE, {"rating": rating_id, "at": machine_now.timestamp()})


def answer_rating(
    rating_id: int, *, score: int, comment: str, page: str, machine_now: datetime, now: datetime
) -> None:
    """The last answer counts. An unhappy one goes to the store as a message, which reopens the ticket.

    Raises Invalid when the page was not looked at by a person, Gone after 30 days, NotFound.
    """
    _check_page(rating_id, page, machine_now)
    row = _lock(rating_id)
    if row is None or score not in SCORES:
        raise NotFound(N_("This link is not complete. Please open it again from the message."))
    if now - row.asked_at > ANSWERABLE:
        raise Gone(N_("This question was open for 30 days. Please write to us if something is not right."))
    words = comment.replace("\x00", "").strip()[:LONGEST_COMMENT]
    if (row.score, row.comment) == (score, words):
        return
    before = row.answered_at
    row.score, row.comment, row.answered_at = score, words, now
    _tell(row, before, now=now)
    if score == UNHAPPY:
        _pass_on(row, now=now, machine_now=machine_now)


def _lock(rating_id: int) -> TicketRating | None:
    """Its tickets first, then the row: the order in which the staff's acts take them."""
    ticket_id = db.session.scalar(select(TicketRating.ticket_id).where(TicketRating.id == rating_id))
    if ticket_id is None:
        return None
    lock_tickets({ticket_id, find_end(ticket_id) or ticket_id})
    return db.session.scalar(_rating_of(ticket_id))


def _rating_of(ticket_id: int) -> Select[TicketRating]:
    """The row as it is now, held; the ticket is locked already."""
    found = select(TicketRating).where(TicketRating.ticket_id == ticket_id).with_for_update()
    return found.execution_options(populate_existing=True)


def _check_page(rating_id: int, page: str, machine_now: datetime) -> None:
    try:
        seen = signing.read(PAGE, page, now=machine_now)
    except (NotFound, Gone):
        raise Invalid(PRESS_AGAIN) from None
    opened_at = datetime.fromtimestamp(seen["at"], machine_now.tzinfo)
    if seen["rating"] != rating_id or not is_sent_by_a_person(opened_at, machine_now):
        raise Invalid(PRESS_AGAIN)


def _tell(row: TicketRating, before: datetime | None, *, now: datetime) -> None:
    ticket = lock_ticket(row.ticket_id)
    if before is not None:
        tell_recounted(ticket, now=now, gone=[before])
    note_ticket("rated", ticket, by=CUSTOMER, now=now, score=row.score)
    db.session.flush()
    fact = TicketRated(
        customer_id=row.customer_id,
        ticket_id=row.ticket_id,
        store_id=row.store_id,
        agent_id=row.agent_id,
        score=row.score or 0,
    )
    record(fact, now=now)


def _pass_on(row: TicketRating, *, now: datetime, machine_now: datetime) -> None:
    """As a message of the customer, so that the store answers in time; once for each text."""
    ticket = db.session.get_one(Ticket, row.ticket_id)
    address = ticket.requester_address or ""
    receive_message(
        Incoming(
            channel=Channel.SURVEY,
            from_address=address,
            recipients=(make_reply_address(ticket.id, address, site.inbound_domain()),),
            subject=ticket.subject,
            text=row.comment or UNHAPPY_WORDS[ticket.language],
            language=ticket.language,
            store_id=row.store_id,
            key=f"rating:{row.id}:{signing.code(PAGE, row.comment)}",
        ),
        now=now,
        machine_now=machine_now,
    )


def _solved(ticket: Ticket) -> Solved:
    asked = select(func.max(TicketRating.asked_at)).where(
        or_(TicketRating.ticket_id == ticket.id, TicketRating.customer_id == ticket.customer_id)
    )
    return Solved(
        state=ticket.state,
        is_merged=ticket.merged_into_id is not None,
        is_confirmed=ticket.is_confirmed,
        has_reply=_last_agent(ticket.id) is not None,
        address=ticket.requester_address or "",
        asked_at=db.session.scalar(asked),
    )


def _last_agent(ticket_id: int) -> int | None:
    """Who wrote the last public answer."""
    return db.session.scalar(
        select(TicketMessage.agent_id)
        .where(TicketMessage.ticket_id == ticket_id, TicketMessage.ends_wait)
        .order_by(TicketMessage.event_id.desc())
        .limit(1)
    )


def _post(ticket: Ticket, row: TicketRating, *, due_at: datetime, now: datetime) -> None:
    very, satisfied, unhappy = (rating_url(row.id, score) for score in SCORES)
    outbox.post(
        key=row.message_key,
        template_key=TEMPLATE,
        values={
            "ticket_number": ticket.number,
            "very_satisfied_url": very,
            "satisfied_url": satisfied,
            "not_satisfied_url": unhappy,
        },
        purpose=Purpose.SERVICE,
        language=ticket.language,
        customer_id=ticket.customer_id,
        recipient=ticket.requester_address,
        recipient_name=ticket.requester_name,
        store_id=ticket.store_id,
        source_kind=TICKET,
        source_id=ticket.id,
        due_at=due_at,
        expires_at=due_at + timedelta(days=7),
        now=now,
    )
