"""Who is warned of a deadline, once a wait, and how; and what their browsers are told."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.inbox import actions as inbox
from hub.inbox.models import Notice, Ticket
from hub.outbox.models import OutboundMessage
from hub.outbox.push_models import PushMessage, PushSubscription
from hub.reactions.drain import work_facts
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_region

WORDS = "MOT-SECRET-DU-CLIENT"


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    store = make_house(session)
    store.region_id = make_region(session).id
    session.flush()
    return store


def staff_of(session: Session, lyon: Store) -> dict[str, Agent]:
    ids = (lyon.id,)
    return {
        "ada": make_agent(session, store_ids=ids),
        "bo": make_agent(session, "Bo Petit", store_ids=ids),
        "max": make_agent(session, "Max Roy", role=Role.STORE_MANAGER, store_ids=ids),
        "ines": make_agent(
            session, "Ines Faure", role=Role.REGION_MANAGER, region_ids=(lyon.region_id or 0,)
        ),
    }


def run(hand_clock: HandClock, hours: float = 0.0) -> None:
    hand_clock.move(hours=hours)
    while inbox.work_tickets(lambda: None):
        pass
    while work_facts(lambda: None):
        pass


def told(session: Session) -> list[tuple[int, str]]:
    found = select(Notice.agent_id, Notice.kind).order_by(Notice.id)
    return [(agent_id, kind) for agent_id, kind in session.execute(found)]


def mailed(session: Session) -> list[str]:
    found = select(OutboundMessage.recipient).where(OutboundMessage.key.startswith("alert:"))
    return list(session.scalars(found.order_by(OutboundMessage.id)))


def subscribe(session: Session, agent: Agent) -> PushSubscription:
    row = PushSubscription(
        agent_id=agent.id,
        endpoint=f"https://push.example/{agent.id}",
        p256dh="p",
        auth="a",
        server_key="k",
        created_at=TUESDAY,
    )
    session.add(row)
    session.flush()
    return row


def pushed(session: Session) -> list[tuple[int, dict[str, str]]]:
    found = select(PushSubscription.agent_id, PushMessage.payload).join(PushMessage).order_by(PushMessage.id)
    return [(agent_id, payload) for agent_id, payload in session.execute(found)]


def test_the_assignee_then_the_store_manager_then_the_region_each_once(
    session: Session, hand_clock: HandClock, lyon: Store
) -> None:
    people = staff_of(session, lyon)
    ticket_id = make_received().ticket_id or 0
    inbox.assign(ticket_id=ticket_id, assignee_id=people["ada"].id, by=actor_of(people["ada"]), now=TUESDAY)
    session.query(Notice).delete()
    run(hand_clock, 4.5)
    assert told(session) == [(people["ada"].id, "deadline_near")]
    run(hand_clock, 0.7)
    assert told(session)[1:] == [(people["max"].id, "deadline_near")]
    run(hand_clock, 0.4)
    assert told(session)[2:] == [(people["ines"].id, "deadline_missed")]
    run(hand_clock, 48)
    assert len(told(session)) == 3
    assert mailed(session) == [people[name].email for name in ("ada", "max", "ines")]


def test_a_ticket_nobody_has_warns_the_agents_of_the_store(
    session: Session, hand_clock: HandClock, lyon: Store
) -> None:
    people = staff_of(session, lyon)
    make_received()
    run(hand_clock, 4.5)
    assert {agent_id for agent_id, _ in told(session)} == {people["ada"].id, people["bo"].id}


def test_without_a_manager_the_next_one_up_is_told_and_nobody_twice_of_one_wait(
    session: Session, hand_clock: HandClock, lyon: Store
) -> None:
    make_agent(session, store_ids=(lyon.id,))
    ines = make_agent(session, "Ines Faure", role=Role.REGION_MANAGER, region_ids=(lyon.region_id or 0,))
    make_received()
    run(hand_clock, 30)
    assert [agent_id for agent_id, _ in told(session)].count(ines.id) == 1


def test_an_answer_that_came_first_warns_nobody(session: Session, hand_clock: HandClock, lyon: Store) -> None:
    ada = make_agent(session, store_ids=(lyon.id,))
    ticket_id = make_received().ticket_id or 0
    hand_clock.move(hours=4.5)
    inbox.work_tickets(lambda: None)
    inbox.reply(ticket_id=ticket_id, text="Voilà", by=actor_of(ada), now=hand_clock.now)
    run(hand_clock)
    assert told(session) == []


def test_each_person_chooses_the_ways(session: Session, hand_clock: HandClock, lyon: Store) -> None:
    people = staff_of(session, lyon)
    subscribe(session, people["ada"])
    subscribe(session, people["bo"])
    choice = {"has_new_tickets": False, "has_answers": False}
    inbox.choose_alerts(agent_id=people["ada"].id, has_mails=False, has_warnings=True, **choice)
    inbox.choose_alerts(agent_id=people["bo"].id, has_mails=True, has_warnings=False, **choice)
    make_received(text=WORDS, subject=WORDS)
    run(hand_clock, 4.5)
    assert mailed(session) == [people["bo"].email]
    [(agent_id, payload)] = pushed(session)
    assert agent_id == people["ada"].id
    assert payload["title"] == lyon.name
    assert payload["body"].startswith("Échéance proche")


def test_a_transfer_begins_the_steps_anew_for_the_people_of_the_new_store(
    session: Session, hand_clock: HandClock, lyon: Store
) -> None:
    people = staff_of(session, lyon)
    make_received(recipients=("inconnu@hub.example",))
    ticket = session.scalars(select(Ticket)).one()
    assert ticket.store_id is None
    run(hand_clock, 30)
    assert told(session) == []
    now = hand_clock.now
    inbox.transfer(ticket_id=ticket.id, store_id=lyon.id, by=actor_of(people["ada"]), now=now)
    run(hand_clock, 48)
    assert {people["ada"].id, people["max"].id, people["ines"].id} <= {
        agent_id for agent_id, _ in told(session)
    }


def test_browsers_hear_of_a_new_ticket_once_a_minute_and_of_no_word_of_the_customer(
    session: Session, hand_clock: HandClock, lyon: Store
) -> None:
    people = staff_of(session, lyon)
    for agent in people.values():
        subscribe(session, agent)
    for number in range(3):
        make_received(
            hand_clock.now,
            text=WORDS,
            subject=WORDS,
            from_name=WORDS,
            mail_message_id=f"<{number}@x.example>",
            from_address=f"c{number}@client.example",
        )
    run(hand_clock)
    heard = pushed(session)
    assert sorted(agent_id for agent_id, _ in heard) == sorted(
        people[name].id for name in ("ada", "bo", "max")
    )
    assert all(payload["body"] == "Nouveau ticket" for _, payload in heard)
    assert WORDS not in str(heard)


def test_the_assignee_hears_that_the_customer_wrote_again(
    session: Session, hand_clock: HandClock, lyon: Store
) -> None:
    people = staff_of(session, lyon)
    ticket_id = make_received().ticket_id or 0
    inbox.assign(ticket_id=ticket_id, assignee_id=people["bo"].id, by=actor_of(people["ada"]), now=TUESDAY)
    run(hand_clock)
    subscribe(session, people["bo"])
    subscribe(session, people["ada"])
    hand_clock.move(minutes=10)
    make_received(
        hand_clock.now, text=WORDS, mail_message_id="<2@c.example>", in_reply_to="<1@client.example>"
    )
    run(hand_clock)
    [(agent_id, payload)] = pushed(session)
    assert agent_id == people["bo"].id
    assert "Le client a écrit" in payload["body"]
    assert WORDS not in str(payload)


def test_what_is_old_alerts_no_browser(session: Session, hand_clock: HandClock, lyon: Store) -> None:
    subscribe(session, make_agent(session, store_ids=(lyon.id,)))
    make_received(TUESDAY)
    hand_clock.move(hours=1)
    while work_facts(lambda: None):
        pass
    assert pushed(session) == []
