"""Every sentence of "Response times (exact)" through the actions that agents and customers use."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import Actor
from hub.core.words import ActorKind, Channel
from hub.inbox import actions
from hub.inbox.models import ReplyWait, Ticket
from hub.inbox.queries import list_waits
from hub.inbox.values import Contact
from hub.inbox.words import DropReason, IncomingKind, Priority, TicketState, WaitKind
from hub.stores.models import OpeningRange, Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SPOKEN = "Voici la réponse."


class Desk:
    """Lyon (10–12:30, 14–19), Ada and Bo, and a clock told by the test."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lyon: Store = make_house(session)
        self.ada = actor_of(make_agent(session, store_ids=(self.lyon.id,)))
        self.bo = actor_of(make_agent(session, "Bo Petit", store_ids=(self.lyon.id,)))
        self.reason_id = make_reason(session).id
        self.count = 0

    def write(self, now: datetime = TUESDAY, **fields: Any) -> int:
        """Dora writes; again in her ticket once there is one."""
        self.count += 1
        again = {"in_reply_to": "<1@client.example>"} if self.count > 1 else {}
        name = {"mail_message_id": f"<{self.count}@client.example>"}
        return make_received(now, **again | name | fields).ticket_id or 0

    def waits(self, ticket_id: int) -> list[ReplyWait]:
        self.session.flush()
        found = (
            select(ReplyWait)
            .where(ReplyWait.ticket_id == ticket_id)
            .order_by(ReplyWait.started_at, ReplyWait.id)
        )
        return list(self.session.scalars(found.execution_options(populate_existing=True)))


@pytest.fixture
def desk(session: Session, hand_clock: HandClock) -> Desk:
    return Desk(session)


def test_from_the_oldest_unanswered_message_to_the_first_public_message_of_a_person(desk: Desk) -> None:
    """10:00 until 14:30 in Lyon: 2 h 30 and 30 min of opening time."""
    ticket = desk.write(TUESDAY)
    desk.write(TUESDAY + HOUR)
    actions.reply(ticket_id=ticket, text=SPOKEN, by=desk.ada, now=TUESDAY + 4.5 * HOUR)
    actions.reply(ticket_id=ticket, text="Encore un mot.", by=desk.bo, now=TUESDAY + 5 * HOUR)
    [wait] = desk.waits(ticket)
    assert (wait.kind, wait.started_at, wait.ended_at) == (WaitKind.FIRST, TUESDAY, TUESDAY + 4.5 * HOUR)
    assert (wait.seconds, wait.business_seconds) == (4.5 * 3600, 3 * 3600)
    desk.write(TUESDAY + 6 * HOUR)
    assert [each.kind for each in desk.waits(ticket)] == [WaitKind.FIRST, WaitKind.NEXT]


def test_a_message_that_came_late_sets_the_start_back(desk: Desk) -> None:
    ticket = desk.write(TUESDAY + HOUR)
    desk.write(TUESDAY + 2 * HOUR, happened_at=TUESDAY)
    [wait] = desk.waits(ticket)
    row = desk.session.get_one(Ticket, ticket)
    assert (wait.started_at, row.waiting_since) == (TUESDAY, TUESDAY)
    assert row.due_at == TUESDAY + 5.5 * HOUR


def test_acknowledgements_notes_and_changes_of_state_end_no_wait(desk: Desk) -> None:
    ticket = desk.write()
    assert desk.session.get_one(Ticket, ticket).acknowledged_at == TUESDAY
    actions.add_note(ticket_id=ticket, text="Je regarde", by=desk.ada, now=TUESDAY + MINUTE)
    actions.assign(ticket_id=ticket, assignee_id=desk.ada.agent_id, by=desk.ada, now=TUESDAY + MINUTE)
    actions.change_reason(ticket_id=ticket, reason_id=desk.reason_id, by=desk.ada, now=TUESDAY + MINUTE)
    actions.change_priority(ticket_id=ticket, priority=Priority.URGENT, by=desk.ada, now=TUESDAY + MINUTE)
    actions.log_call(
        ticket_id=ticket, text="Messagerie", has_reached=False, by=desk.ada, now=TUESDAY + MINUTE
    )
    [wait] = desk.waits(ticket)
    assert (wait.ended_at, wait.dropped_at) == (None, None)


def test_a_machine_without_a_person_behind_it_cannot_reply(desk: Desk) -> None:
    ticket = desk.write()
    bot = Actor(ActorKind.API_KEY, api_key_id=1, name="Automate")
    with pytest.raises(Exception, match="Only a person can reply"):
        actions.reply(ticket_id=ticket, text=SPOKEN, by=bot, now=TUESDAY + MINUTE)
    assert desk.waits(ticket)[0].ended_at is None


def test_auto_replies_start_no_wait(desk: Desk) -> None:
    ticket = desk.write()
    actions.reply(ticket_id=ticket, text=SPOKEN, by=desk.ada, now=TUESDAY + HOUR)
    desk.write(TUESDAY + 2 * HOUR, kind=IncomingKind.AUTO_REPLY)
    assert len(desk.waits(ticket)) == 1
    assert desk.session.get_one(Ticket, ticket).waiting_since is None


def test_a_ticket_opened_by_an_agent_waits_once_the_customer_writes(desk: Desk) -> None:
    contact = Contact(
        store_id=desk.lyon.id,
        channel=Channel.COUNTER,
        text="Est passée au magasin",
        email="dora@client.example",
    )
    number = actions.open_contact(contact, by=desk.ada, now=TUESDAY)
    ticket = desk.session.scalars(select(Ticket).where(Ticket.number == number)).one()
    assert desk.waits(ticket.id) == []
    assert (ticket.waiting_since, ticket.due_at) == (None, None)
    make_received(TUESDAY + HOUR, subject=f"Re: {number}", mail_message_id="<9@client.example>")
    [wait] = desk.waits(ticket.id)
    assert (wait.kind, wait.started_at) == (WaitKind.FIRST, TUESDAY + HOUR)


@pytest.mark.parametrize("reason", list(DropReason))
def test_what_ends_without_a_reply_is_dropped_with_its_reason(desk: Desk, reason: DropReason) -> None:
    ticket = desk.write()
    end(desk, ticket, reason)
    [wait] = desk.waits(ticket)
    assert (wait.drop_reason, wait.dropped_at, wait.ended_at) == (reason, TUESDAY + HOUR, None)
    assert (wait.seconds, wait.business_seconds) == (None, None)
    assert desk.session.get_one(Ticket, ticket).due_at is None


def end(desk: Desk, ticket: int, reason: DropReason) -> None:
    which: dict[str, Any] = {"by": desk.ada, "now": TUESDAY + HOUR}
    if reason is DropReason.SOLVED_WITHOUT_REPLY:
        actions.solve(ticket_id=ticket, reason_id=desk.reason_id, **which)
    elif reason is DropReason.SPAM:
        actions.mark_spam(ticket_id=ticket, **which)
    elif reason is DropReason.MERGED:
        other = make_received(mail_message_id="<o@client.example>", subject="Autre").ticket_id or 0
        actions.merge(ticket_id=ticket, into_id=other, **which)
    else:
        row = desk.session.get_one(Ticket, ticket)
        actions.waiting.drop_wait(row, at=TUESDAY + HOUR, reason=DropReason.WITHDRAWN)


def test_a_call_that_reached_the_customer_ends_the_wait(desk: Desk) -> None:
    ticket = desk.write()
    actions.log_call(ticket_id=ticket, text="Jointe", has_reached=True, by=desk.bo, now=TUESDAY + HOUR)
    [wait] = desk.waits(ticket)
    assert (wait.ended_at, wait.agent_id) == (TUESDAY + HOUR, desk.bo.agent_id)


def test_a_reply_by_a_key_bound_to_an_agent_counts_as_that_persons(desk: Desk) -> None:
    ticket = desk.write()
    key = Actor(ActorKind.API_KEY, agent_id=desk.bo.agent_id, api_key_id=3, name=desk.bo.name)
    actions.reply(ticket_id=ticket, text=SPOKEN, by=key, now=TUESDAY + HOUR)
    assert desk.waits(ticket)[0].agent_id == desk.bo.agent_id


def test_credited_to_the_sender_and_not_to_the_assignee(desk: Desk) -> None:
    ticket = desk.write()
    actions.assign(ticket_id=ticket, assignee_id=desk.ada.agent_id, by=desk.ada, now=TUESDAY)
    actions.reply(ticket_id=ticket, text=SPOKEN, by=desk.bo, now=TUESDAY + HOUR)
    assert desk.waits(ticket)[0].agent_id == desk.bo.agent_id


def test_the_target_is_frozen_at_the_start(desk: Desk) -> None:
    ticket = desk.write()
    actions.change_priority(ticket_id=ticket, priority=Priority.URGENT, by=desk.ada, now=TUESDAY)
    actions.change_target(
        channel=Channel.EMAIL,
        priority=Priority.URGENT,
        first_seconds=600,
        next_seconds=1200,
        by=desk.ada,
        now=TUESDAY,
    )
    assert desk.waits(ticket)[0].target_seconds == 4 * 3600
    actions.reply(ticket_id=ticket, text=SPOKEN, by=desk.ada, now=TUESDAY + HOUR)
    desk.write(TUESDAY + 2 * HOUR)
    assert desk.waits(ticket)[1].target_seconds == 1200


def test_a_transfer_splits_the_wait_and_the_new_store_gets_its_full_target(desk: Desk) -> None:
    ticket = desk.write()
    lille = make_store(desk.session, "Lille", code="LIL")
    actions.transfer(ticket_id=ticket, store_id=lille.id, by=desk.ada, now=TUESDAY + 2 * HOUR)
    actions.reply(ticket_id=ticket, text=SPOKEN, by=desk.bo, now=TUESDAY + 2.5 * HOUR)
    first, second = desk.waits(ticket)
    assert (first.store_id, first.is_transferred, first.business_seconds) == (desk.lyon.id, True, 2 * 3600)
    assert (second.store_id, second.is_transferred, second.business_seconds) == (lille.id, False, 1800)
    assert (first.kind, second.kind) == (WaitKind.FIRST, WaitKind.FIRST)
    assert second.target_seconds == 4 * 3600
    assert first.agent_id is None
    assert second.due_at is not None
    assert first.due_at is not None
    assert second.due_at > first.due_at


def test_without_known_hours_business_time_is_null_and_closed_all_day_it_is_zero(desk: Desk) -> None:
    """The central queue has no hours; on Sunday 8 March Lyon is closed all day."""
    nowhere = (
        make_received(
            recipients=("inconnu@hub.example",),
            mail_message_id="<c@x.example>",
            from_address="c@client.example",
        ).ticket_id
        or 0
    )
    actions.reply(ticket_id=nowhere, text=SPOKEN, by=desk.ada, now=TUESDAY + HOUR)
    [wait] = desk.waits(nowhere)
    assert (wait.store_id, wait.seconds, wait.business_seconds, wait.due_at) == (None, 3600, None, None)
    sunday = TUESDAY + timedelta(days=5)
    ticket = desk.write(sunday)
    actions.reply(ticket_id=ticket, text=SPOKEN, by=desk.ada, now=sunday + 3 * HOUR)
    [wait] = desk.waits(ticket)
    assert (wait.seconds, wait.business_seconds) == (3 * 3600, 0)


def test_a_store_without_hours_gives_null(desk: Desk) -> None:
    desk.session.query(OpeningRange).filter(OpeningRange.store_id == desk.lyon.id).delete()
    ticket = desk.write()
    actions.reply(ticket_id=ticket, text=SPOKEN, by=desk.ada, now=TUESDAY + HOUR)
    assert desk.waits(ticket)[0].business_seconds is None


def test_solved_becomes_closed_after_seven_days_and_not_before(desk: Desk, hand_clock: HandClock) -> None:
    ticket = desk.write()
    actions.solve(ticket_id=ticket, reason_id=desk.reason_id, by=desk.ada, now=TUESDAY)
    for days, state in ((6.99, TicketState.SOLVED), (0.01, TicketState.CLOSED)):
        hand_clock.move(days=days)
        actions.work_tickets(lambda: None)
        desk.session.expire_all()
        assert desk.session.get_one(Ticket, ticket).state is state


def test_the_command_says_what_differs_and_mends_it(
    desk: Desk, session: Session, client: FlaskClient
) -> None:
    ticket = desk.write()
    actions.reply(ticket_id=ticket, text=SPOKEN, by=desk.ada, now=TUESDAY + HOUR)
    session.commit()
    runner = client.application.test_cli_runner()
    right = runner.invoke(args=["inbox", "rebuild-waits", "--check"])
    assert (right.exit_code, '"differing": 0' in right.output) == (0, True), right.output
    [kept] = list_waits(ticket)
    desk.waits(ticket)[0].business_seconds = 1
    session.commit()
    wrong = runner.invoke(args=["inbox", "rebuild-waits", "--check"])
    assert (wrong.exit_code, '"differing": 1' in wrong.output) == (1, True), wrong.output
    assert runner.invoke(args=["inbox", "rebuild-waits"]).exit_code == 0
    assert list_waits(ticket) == [kept]
    session.query(ReplyWait).delete()
    session.commit()
    assert runner.invoke(args=["inbox", "rebuild-waits"]).exit_code == 0
    [again] = list_waits(ticket)
    assert (again.business_seconds, again.target_seconds, again.agent_id) == (
        3600,
        4 * 3600,
        desk.ada.agent_id,
    )
