"""The notice that a reply is late: whom it reaches, once a wait, and whom it never reaches."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.facts import FactRow
from hub.core.words import Channel
from hub.inbox import actions
from hub.inbox.models import AutomaticMail, Ticket, TicketMessage
from hub.inbox.words import IncomingKind, MessageKind
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

WORDS = "MOT-SECRET-DU-CLIENT"


@pytest.fixture
def house(session: Session, hand_clock: HandClock) -> None:
    make_house(session)
    choose(session, is_on=True)


def choose(session: Session, *, is_on: bool) -> None:
    by = actor_of(make_agent(session, f"Cleo {is_on}", email=f"cleo{is_on}@verel.example"))
    actions.change_alert_policy(percents={"assignee": 75}, has_delay_notice=is_on, by=by, now=TUESDAY)


def run(hand_clock: HandClock, hours: float) -> None:
    hand_clock.move(hours=hours)
    while actions.work_tickets(lambda: None):
        pass


def notices(session: Session) -> list[OutboundMessage]:
    found = select(OutboundMessage).where(OutboundMessage.key.contains(":delay:"))
    return list(session.scalars(found.order_by(OutboundMessage.id)))


def test_the_customer_is_told_once_when_to_expect_the_reply(
    session: Session, hand_clock: HandClock, house: None
) -> None:
    """Due at 15:30; told then, the same four hours again: 19:00 after 3 h 30, and 10:30 the next day."""
    ticket_id = make_received(text=WORDS, subject=WORDS).ticket_id or 0
    run(hand_clock, 5.5)
    [notice] = notices(session)
    assert notice.recipient == "dora@client.example"
    assert notice.values["expected_reply"] == "demain avant 10 h 30"
    assert notice.reply_to
    assert WORDS not in str(notice.values)
    make_received(hand_clock.now, mail_message_id="<2@c.example>", in_reply_to="<1@client.example>")
    run(hand_clock, 100)
    assert len(notices(session)) == 1
    line = session.scalars(
        select(TicketMessage).where(
            TicketMessage.ticket_id == ticket_id, TicketMessage.outbound_id == notice.id
        )
    ).one()
    assert (line.kind, line.ends_wait) == (MessageKind.AUTOMATIC, False)
    assert session.get_one(Ticket, ticket_id).waiting_since == TUESDAY
    told = session.scalars(select(FactRow.data).where(FactRow.kind == "DeadlineMissed")).all()
    assert [data["is_customer_told"] for data in told] == [True]


def test_another_wait_is_told_anew_and_a_transfer_is_not(
    session: Session, hand_clock: HandClock, house: None
) -> None:
    ticket_id = make_received().ticket_id or 0
    by = actor_of(make_agent(session))
    run(hand_clock, 5.5)
    lille = make_store(session, "Lille", code="LIL").id
    actions.transfer(ticket_id=ticket_id, store_id=lille, by=by, now=hand_clock.now)
    run(hand_clock, 48)
    assert len(notices(session)) == 1
    actions.reply(ticket_id=ticket_id, text="Voilà", by=by, now=hand_clock.now)
    make_received(hand_clock.now, mail_message_id="<3@c.example>", in_reply_to="<1@client.example>")
    run(hand_clock, 48)
    assert len(notices(session)) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": IncomingKind.MACHINE},
        {"channel": Channel.CHAT, "recipients": ()},
        {"channel": Channel.SMS, "phone": "+33472001122", "from_address": "", "recipients": ()},
        {"channel": Channel.SMS, "phone": "36105", "from_address": "", "recipients": ()},
    ],
    ids=["machine", "chat", "landline", "short code"],
)
def test_machines_visitors_and_numbers_that_take_no_text_are_not_told(
    session: Session, hand_clock: HandClock, house: None, fields: dict[str, Any]
) -> None:
    make_received(**fields)
    run(hand_clock, 100)
    assert notices(session) == []


def test_a_person_who_writes_after_a_machine_is_told(
    session: Session, hand_clock: HandClock, house: None
) -> None:
    make_received(kind=IncomingKind.MACHINE)
    make_received(mail_message_id="<2@c.example>", in_reply_to="<1@client.example>")
    run(hand_clock, 6)
    assert len(notices(session)) == 1


def test_a_text_message_is_answered_by_one(session: Session, hand_clock: HandClock, house: None) -> None:
    lyon = make_store(session, "Lyon Bellecour", code="BEL")
    got = make_received(
        channel=Channel.SMS, phone="+33612345678", from_address="", recipients=(), store_id=lyon.id
    )
    session.get_one(Ticket, got.ticket_id).store_id = lyon.id
    run(hand_clock, 6)
    assert [(each.channel, each.recipient) for each in notices(session)] == [(Channel.SMS, "+33612345678")]


def test_off_unconfirmed_spam_and_answered_tickets_tell_nobody(
    session: Session, hand_clock: HandClock, house: None
) -> None:
    by = actor_of(make_agent(session))
    spam = make_received(mail_message_id="<s@c.example>", from_address="s@client.example").ticket_id or 0
    actions.mark_spam(ticket_id=spam, by=by, now=TUESDAY)
    done = make_received(mail_message_id="<d@c.example>", from_address="d@client.example").ticket_id or 0
    actions.reply(ticket_id=done, text="Voilà", by=by, now=TUESDAY)
    doubtful = make_received(mail_message_id="<u@c.example>", from_address="u@client.example").ticket_id
    session.get_one(Ticket, doubtful).is_confirmed = False
    run(hand_clock, 100)
    assert notices(session) == []
    choose(session, is_on=False)
    make_received(hand_clock.now, mail_message_id="<o@c.example>", from_address="o@client.example")
    run(hand_clock, 100)
    assert notices(session) == []


def test_the_loop_caps_count_notices_and_hold_them(
    session: Session, hand_clock: HandClock, house: None
) -> None:
    ticket_id = make_received().ticket_id or 0
    session.query(AutomaticMail).delete()
    now = actions.working.clock.machine_now()
    session.add_all(
        AutomaticMail(ticket_id=ticket_id, address="dora@client.example", sent_at=now) for _ in range(9)
    )
    session.flush()
    run(hand_clock, 6)
    assert len(notices(session)) == 1
    make_received(hand_clock.now, mail_message_id="<2@c.example>", subject="Autre", text="Autre")
    run(hand_clock, 30)
    assert len(notices(session)) == 1


def test_a_notice_that_still_waits_does_not_leave_after_the_answer(
    session: Session, hand_clock: HandClock, house: None
) -> None:
    ticket_id = make_received().ticket_id or 0
    run(hand_clock, 5.5)
    by = actor_of(make_agent(session))
    actions.reply(ticket_id=ticket_id, text="Voilà", by=by, now=hand_clock.now + timedelta(minutes=1))
    [notice] = notices(session)
    session.refresh(notice)
    assert notice.state is MessageState.CANCELLED
