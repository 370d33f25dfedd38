"""Replies, their undo, collisions, notes, solving, transfers, counter contacts."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import site
from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.errors import Conflict, Forbidden, Invalid
from hub.core.facts import FactRow
from hub.core.words import Channel, Purpose
from hub.inbox.actions import (
    Contact,
    add_note,
    assign,
    change_priority,
    change_reason,
    log_call,
    mark_spam,
    open_contact,
    reopen,
    reply,
    save_draft,
    set_pending,
    solve,
    transfer,
    undo_reply,
)
from hub.inbox.models import Draft, ReplyWait, Ticket, TicketMessage
from hub.inbox.queries import list_drafts, list_events, list_thread, list_waits
from hub.inbox.words import MessageKind, Priority, TicketState, WaitKind
from hub.outbox.models import Hold, OutboundMessage
from hub.outbox.words import MessageState
from hub.staff.models import Agent
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

HOUR = timedelta(hours=1)


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store) -> Agent:
    return make_agent(session, store_ids=(lyon.id,))


@pytest.fixture
def bo(session: Session, lyon: Store) -> Agent:
    return make_agent(session, "Bo Petit", store_ids=(lyon.id,))


@pytest.fixture
def ticket(session: Session, lyon: Store) -> Ticket:
    return session.get_one(Ticket, make_received().ticket_id)


def latest(session: Session) -> OutboundMessage:
    found = select(OutboundMessage).where(OutboundMessage.purpose == Purpose.REPLY)
    return session.scalars(found.order_by(OutboundMessage.id.desc()).limit(1)).one()


def test_a_reply_leaves_signed_and_ends_the_wait(session: Session, ticket: Ticket, ada: Agent) -> None:
    done = reply(
        ticket_id=ticket.id, text="Bonjour Madame,\nune neuve part.", by=actor_of(ada), now=TUESDAY + HOUR
    )
    outbound = latest(session)
    assert done.outbound_id == outbound.id
    assert outbound.recipient == "dora@client.example"
    assert outbound.values["reply_text"] == "Bonjour Madame,\nune neuve part."
    assert outbound.values["subject"] == "Re: Ma lampe est arrivée cassée"
    assert outbound.values["agent_name"] == "Ada Martin"
    assert "salutation" not in outbound.values
    assert outbound.values["quoted_text"] == "Bonjour, que dois-je faire ?"
    assert outbound.headers["In-Reply-To"] == "<1@client.example>"
    assert outbound.message_id.endswith(f"@{site.inbound_domain()}>")
    [wait] = list_waits(ticket.id)
    assert (wait.kind, wait.agent_id, wait.seconds, wait.business_seconds) == (
        WaitKind.FIRST,
        ada.id,
        3600,
        3600,
    )
    assert (ticket.state, ticket.waiting_since, ticket.due_at) == (TicketState.OPEN, None, None)
    assert (
        session.scalars(select(FactRow.data).where(FactRow.kind == "TicketReplied")).one()["wait_id"]
        == wait.id
    )


def test_the_customers_answer_to_our_message_id_threads_and_starts_a_next_wait(
    session: Session, ticket: Ticket, ada: Agent
) -> None:
    reply(ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY + HOUR)
    ours = latest(session).message_id
    again = make_received(TUESDAY + 2 * HOUR, in_reply_to=ours, mail_message_id="<2@client.example>")
    assert again.ticket_id == ticket.id
    assert [wait.kind for wait in list_waits(ticket.id)] == [WaitKind.FIRST, WaitKind.NEXT]


def test_the_same_key_replies_once(session: Session, ticket: Ticket, ada: Agent) -> None:
    first = reply(ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY, key="k1")
    second = reply(
        ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY, key="k1", last_event_id=0
    )
    assert first == second


def test_a_writer_learns_who_was_faster(session: Session, ticket: Ticket, ada: Agent, bo: Agent) -> None:
    seen = ticket.last_event_id
    reply(ticket_id=ticket.id, text="Voilà", by=actor_of(bo), now=TUESDAY)
    with pytest.raises(Conflict, match="Bo Petit"):
        reply(ticket_id=ticket.id, text="Voilà aussi", by=actor_of(ada), now=TUESDAY, last_event_id=seen)
    reply(
        ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY, last_event_id=seen, is_forced=True
    )


def test_a_writer_learns_that_the_customer_wrote_again(session: Session, ticket: Ticket, ada: Agent) -> None:
    seen = ticket.last_event_id
    add_note(ticket_id=ticket.id, text="Je regarde", by=actor_of(ada), now=TUESDAY)
    make_received(in_reply_to="<1@client.example>", mail_message_id="<2@client.example>")
    with pytest.raises(Conflict, match="customer wrote again"):
        reply(ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY, last_event_id=seen)


def test_a_note_in_between_is_no_collision(session: Session, ticket: Ticket, ada: Agent, bo: Agent) -> None:
    seen = ticket.last_event_id
    add_note(ticket_id=ticket.id, text="Je regarde", by=actor_of(bo), now=TUESDAY)
    reply(ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY, last_event_id=seen)


def test_undo_takes_the_reply_back_and_the_customer_waits_as_before(
    session: Session, ticket: Ticket, ada: Agent
) -> None:
    before = [(wait.started_at, wait.target_seconds, wait.due_at) for wait in list_waits(ticket.id)]
    done = reply(ticket_id=ticket.id, text="Oups", by=actor_of(ada), now=TUESDAY + HOUR, undo_seconds=10)
    assert latest(session).due_at == TUESDAY + HOUR + timedelta(seconds=10)
    back = undo_reply(ticket_id=ticket.id, message_id=done.message_id, by=actor_of(ada), now=TUESDAY + HOUR)
    assert back.text == "Oups"
    assert latest(session).state is MessageState.CANCELLED
    assert [line.kind for line in list_thread(ticket.id)] == [MessageKind.CUSTOMER, MessageKind.AUTOMATIC]
    after = list_waits(ticket.id)
    assert [(wait.started_at, wait.target_seconds, wait.due_at) for wait in after] == before
    assert after[0].ended_at is None
    assert (ticket.waiting_since, ticket.first_replied_at) == (TUESDAY, None)
    reply(ticket_id=ticket.id, text="Mieux", by=actor_of(ada), now=TUESDAY + HOUR)


def test_undo_leaves_the_ticket_as_it_was_and_tells_so(session: Session, ticket: Ticket, ada: Agent) -> None:
    ticket.warned_at = TUESDAY + HOUR
    session.flush()
    before = (ticket.state, ticket.due_at, ticket.warn_at, ticket.warned_at, ticket.missed_at, ticket.list_at)
    done = reply(ticket_id=ticket.id, text="Oups", by=actor_of(ada), now=TUESDAY + HOUR, undo_seconds=10)
    assert ticket.state is TicketState.OPEN
    undo_reply(ticket_id=ticket.id, message_id=done.message_id, by=actor_of(ada), now=TUESDAY + HOUR)
    assert before == (
        ticket.state,
        ticket.due_at,
        ticket.warn_at,
        ticket.warned_at,
        ticket.missed_at,
        ticket.list_at,
    )
    assert ticket.state is TicketState.NEW
    of_the_ticket = select(FactRow.kind, FactRow.data).where(FactRow.kind != "FiguresChanged")
    told = session.execute(of_the_ticket.order_by(FactRow.id)).all()
    assert [row.kind for row in told[-2:]] == ["TicketReplied", "ReplyUndone"]
    assert told[-1].data == {"ticket_id": ticket.id, "store_id": ticket.store_id, "agent_id": ada.id}


def test_undo_gives_back_no_state_that_what_came_since_has_overtaken(
    session: Session, ticket: Ticket, ada: Agent, bo: Agent
) -> None:
    reply(ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY)
    set_pending(ticket_id=ticket.id, by=actor_of(ada), now=TUESDAY)
    oops = reply(ticket_id=ticket.id, text="Oups", by=actor_of(ada), now=TUESDAY)
    make_received(in_reply_to="<1@client.example>", mail_message_id="<2@client.example>")
    undo_reply(ticket_id=ticket.id, message_id=oops.message_id, by=actor_of(ada), now=TUESDAY)
    assert ticket.state is TicketState.OPEN
    reply(ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY)
    set_pending(ticket_id=ticket.id, by=actor_of(ada), now=TUESDAY)
    oops = reply(ticket_id=ticket.id, text="Oups", by=actor_of(ada), now=TUESDAY)
    reply(ticket_id=ticket.id, text="Moi aussi", by=actor_of(bo), now=TUESDAY)
    undo_reply(ticket_id=ticket.id, message_id=oops.message_id, by=actor_of(ada), now=TUESDAY)
    assert ticket.state is TicketState.OPEN


def test_undo_is_refused_once_the_reply_left(session: Session, ticket: Ticket, ada: Agent, bo: Agent) -> None:
    done = reply(ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY)
    with pytest.raises(Forbidden):
        undo_reply(ticket_id=ticket.id, message_id=done.message_id, by=actor_of(bo), now=TUESDAY)
    latest(session).state = MessageState.ACCEPTED
    session.flush()
    with pytest.raises(Conflict, match="already left"):
        undo_reply(ticket_id=ticket.id, message_id=done.message_id, by=actor_of(ada), now=TUESDAY)


def test_what_cannot_be_replied_to_says_why(session: Session, ticket: Ticket, ada: Agent) -> None:
    by = actor_of(ada)
    with pytest.raises(Invalid, match="write something"):
        reply(ticket_id=ticket.id, text="  ", by=by, now=TUESDAY)
    with pytest.raises(Forbidden):
        reply(ticket_id=ticket.id, text="x", by=SYSTEM, now=TUESDAY)
    mark_spam(ticket_id=ticket.id, by=by, now=TUESDAY)
    with pytest.raises(Conflict, match="closed"):
        reply(ticket_id=ticket.id, text="x", by=by, now=TUESDAY)


def test_solving_needs_a_reason_and_drops_the_wait(session: Session, ticket: Ticket, ada: Agent) -> None:
    with pytest.raises(Invalid) as error:
        solve(ticket_id=ticket.id, by=actor_of(ada), now=TUESDAY)
    assert error.value.field == "reason"
    solve(ticket_id=ticket.id, reason_id=make_reason(session).id, by=actor_of(ada), now=TUESDAY)
    [wait] = list_waits(ticket.id)
    assert wait.drop_reason == "solved_without_reply"
    assert wait.ended_at is None
    reopen(ticket_id=ticket.id, by=actor_of(ada), now=TUESDAY)
    assert (ticket.state, ticket.reopened_count) == (TicketState.OPEN, 1)


def test_pending_waits_for_nobody_who_asked(session: Session, ticket: Ticket, ada: Agent) -> None:
    with pytest.raises(Conflict, match="reply first"):
        set_pending(ticket_id=ticket.id, by=actor_of(ada), now=TUESDAY)
    reply(ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY)
    set_pending(ticket_id=ticket.id, by=actor_of(ada), now=TUESDAY)
    make_received(in_reply_to="<1@client.example>", mail_message_id="<2@client.example>")
    session.refresh(ticket)
    assert ticket.state is TicketState.OPEN


def test_a_transfer_cuts_the_clock(session: Session, ticket: Ticket, ada: Agent, lyon: Store) -> None:
    lille = make_store(session, "Lille", code="LIL")
    transfer(ticket_id=ticket.id, store_id=lille.id, by=actor_of(ada), now=TUESDAY + HOUR)
    reply(ticket_id=ticket.id, text="Voilà", by=actor_of(ada), now=TUESDAY + 2 * HOUR)
    first, second = list_waits(ticket.id)
    assert (first.store_id, first.is_transferred, first.business_seconds, first.agent_id) == (
        lyon.id,
        True,
        3600,
        None,
    )
    assert (second.store_id, second.kind, second.target_seconds) == (
        lille.id,
        WaitKind.FIRST,
        first.target_seconds,
    )
    assert (second.business_seconds, second.agent_id) == (3600, ada.id)
    assert ticket.transfer_count == 1


def test_a_call_ends_the_wait_only_if_it_reached_the_customer(
    session: Session, ticket: Ticket, ada: Agent
) -> None:
    log_call(
        ticket_id=ticket.id, text="Pas de réponse", has_reached=False, by=actor_of(ada), now=TUESDAY + HOUR
    )
    assert list_waits(ticket.id)[0].ended_at is None
    log_call(
        ticket_id=ticket.id, text="Tout est dit", has_reached=True, by=actor_of(ada), now=TUESDAY + 2 * HOUR
    )
    assert list_waits(ticket.id)[0].ended_at == TUESDAY + 2 * HOUR


def test_a_counter_contact_is_the_stores_and_has_no_clock(session: Session, lyon: Store, ada: Agent) -> None:
    make_customer(session)
    contact = Contact(
        store_id=lyon.id,
        channel=Channel.COUNTER,
        text="Abat-jour rayé",
        phone="06 12 34 56 78",
        last_name="Lefèvre",
    )
    number = open_contact(contact, by=actor_of(ada), now=TUESDAY)
    row = session.scalars(select(Ticket).where(Ticket.number == number)).one()
    assert (row.store_id, row.assignee_id, row.waiting_since) == (lyon.id, ada.id, None)
    assert row.requester_address == "dora@client.example"
    assert list_waits(row.id) == []
    reply(ticket_id=row.id, text="Nous l'échangeons.", by=actor_of(ada), now=TUESDAY)
    with pytest.raises(Invalid, match="name, a mail"):
        open_contact(
            Contact(store_id=lyon.id, channel=Channel.COUNTER, text="x"), by=actor_of(ada), now=TUESDAY
        )


def test_a_grievance_holds_and_lets_go(session: Session, ticket: Ticket, ada: Agent) -> None:
    grievance, plain = make_reason(session, "broken", is_grievance=True), make_reason(session)
    change_reason(ticket_id=ticket.id, reason_id=grievance.id, by=actor_of(ada), now=TUESDAY)
    held = session.scalars(select(Hold.purpose).where(Hold.lifted_at.is_(None))).all()
    assert set(held) == {Purpose.PROMOTION, Purpose.SURVEY}
    assert session.scalars(select(ReplyWait.reason_id)).all() == [grievance.id]
    change_reason(ticket_id=ticket.id, reason_id=plain.id, by=actor_of(ada), now=TUESDAY)
    session.expire_all()
    assert session.scalar(select(func.count()).where(Hold.lifted_at.is_(None))) == 0


def test_every_change_leaves_a_line_and_grows_the_event_number(
    session: Session, ticket: Ticket, ada: Agent, bo: Agent
) -> None:
    before = ticket.last_event_id
    assign(ticket_id=ticket.id, assignee_id=bo.id, by=actor_of(ada), now=TUESDAY)
    change_priority(ticket_id=ticket.id, priority=Priority.URGENT, by=actor_of(ada), now=TUESDAY)
    assert ticket.last_event_id == before + 2
    assert [line.action for line in list_events(ticket.id)] == ["assigned", "priority_changed"]
    mine = select(AuditEntry.agent_id).where(
        AuditEntry.subject_kind == "ticket", AuditEntry.subject_id == ticket.id
    )
    assert session.scalars(mine).all() == [ada.id, ada.id]


def test_a_reply_forgets_its_draft(session: Session, ticket: Ticket, ada: Agent) -> None:

    for text in ("Bon", "Bonjour"):
        save_draft(ticket_id=ticket.id, agent_id=ada.id, kind=MessageKind.AGENT, text=text, now=TUESDAY)
    assert [draft.text for draft in list_drafts(ticket.id, ada.id)] == ["Bonjour"]
    reply(ticket_id=ticket.id, text="Bonjour", by=actor_of(ada), now=TUESDAY)
    assert session.scalar(select(func.count()).select_from(Draft)) == 0
    assert session.scalar(select(func.count()).select_from(TicketMessage)) == 3
