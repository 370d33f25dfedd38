"""Experts are asked, read and answer; the ticket, its wait and everything else stay the store's."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import Conflict, Invalid, NotFound
from hub.inbox.actions import (
    add_note,
    ask_experts,
    mark_spam,
    note_absence,
    reopen,
    reply,
    save_group,
    solve,
    switch_group,
)
from hub.inbox.actions.asking_experts import GroupDetails
from hub.inbox.actions.editing_rules import RuleDetails, save_rule
from hub.inbox.models import Notice, Ticket
from hub.inbox.queries import access_ticket, list_events, list_waits
from hub.inbox.queries.experts import count_asked_of, list_asked_of, list_groups_for, list_questions
from hub.inbox.routing_rules import Condition, Effects
from hub.inbox.routing_words import RuleField, RuleMatch, RuleTest
from hub.staff.models import Agent
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_reason, make_received, viewer_of
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.stores import make_store


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store) -> Agent:
    return make_agent(session, store_ids=(lyon.id,))


@pytest.fixture
def bo(session: Session, lyon: Store) -> Agent:
    """An expert of lamps, in another store."""
    return make_agent(session, "Bo Lind", store_ids=(make_store(session, "Lille", code="LIL").id,))


@pytest.fixture
def lamps(ada: Agent, bo: Agent) -> int:
    details = GroupDetails(name="Luminaires", agent_ids=[bo.id], words=["lampe*", "Lampadaire"])
    return save_group(details, by=actor_of(ada), now=TUESDAY)


def ask(ticket_id: int | None, group_id: int, by: Agent) -> None:
    ask_experts(
        ticket_id=ticket_id or 0, group_id=group_id, text="Quelle ampoule ?", by=actor_of(by), now=TUESDAY
    )


def test_an_expert_is_told_reads_and_answers_with_a_note_and_the_store_keeps_ticket_and_wait(
    session: Session, lyon: Store, ada: Agent, bo: Agent, lamps: int
) -> None:
    received = make_received()
    number, seen = str(received.number), viewer_of(bo, bo.id + 999)
    with pytest.raises(NotFound):
        access_ticket(number, seen, as_expert=True)
    ask(received.ticket_id, lamps, ada)
    assert [(row.number, row.group_name, row.asked_by) for row in list_asked_of(bo.id)] == [
        (number, "Luminaires", "Ada Martin")
    ]
    assert session.scalars(select(Notice.kind).where(Notice.agent_id == bo.id)).all() == ["expert_asked"]
    assert access_ticket(number, seen, as_expert=True).id == received.ticket_id
    with pytest.raises(NotFound):
        access_ticket(number, seen)
    with pytest.raises(Conflict):
        ask(received.ticket_id, lamps, ada)
    later = TUESDAY + timedelta(minutes=20)
    add_note(ticket_id=received.ticket_id or 0, text="Une E27.", by=actor_of(bo), now=later)
    ticket = session.get_one(Ticket, received.ticket_id)
    assert (ticket.store_id, ticket.waiting_since, ticket.assignee_id) == (lyon.id, TUESDAY, None)
    assert count_asked_of(bo.id) == 0
    assert [row.answered_by for row in list_questions(ticket.id)] == ["Bo Lind"]
    assert "expert_answered" in session.scalars(select(Notice.kind).where(Notice.agent_id == ada.id)).all()
    actions = [event.action for event in list_events(ticket.id)]
    assert actions.count("expert_asked") == actions.count("expert_answered") == 1
    assert access_ticket(number, seen, as_expert=True).id == ticket.id


def sees(person: Agent, number: str) -> bool:
    """Whether an expert of another store opens the ticket."""
    try:
        access_ticket(number, viewer_of(person, person.id + 999), as_expert=True)
    except NotFound:
        return False
    return True


def test_the_right_of_an_expert_ends_with_the_ticket_and_comes_back_with_a_question(
    session: Session, lyon: Store, ada: Agent, bo: Agent, lamps: int
) -> None:
    received = make_received()
    ticket_id, number = received.ticket_id or 0, str(received.number)
    ask(ticket_id, lamps, ada)
    solve(ticket_id=ticket_id, reason_id=make_reason(session).id, by=actor_of(ada), now=TUESDAY)
    assert (sees(bo, number), count_asked_of(bo.id), list_asked_of(bo.id)) == (False, 0, [])
    reopen(ticket_id=ticket_id, by=actor_of(ada), now=TUESDAY)
    assert (sees(bo, number), count_asked_of(bo.id)) == (True, 1)
    add_note(ticket_id=ticket_id, text="Une E27.", by=actor_of(bo), now=TUESDAY)
    assert sees(bo, number), "who answered follows the matter while it is open"
    mark_spam(ticket_id=ticket_id, by=actor_of(ada), now=TUESDAY)
    assert not sees(bo, number)


def test_the_right_of_an_expert_ends_when_a_colleague_answered_or_the_person_leaves_the_group(
    session: Session, lyon: Store, ada: Agent, bo: Agent, lamps: int
) -> None:
    cleo = make_agent(
        session, "Cleo", email="cleo@verel.example", store_ids=(make_store(session, "Nice", code="NCE").id,)
    )
    group = GroupDetails(name="Luminaires", agent_ids=[bo.id, cleo.id])
    save_group(group, group_id=lamps, by=actor_of(ada), now=TUESDAY)
    received = make_received()
    ask(received.ticket_id, lamps, ada)
    assert sees(bo, str(received.number))
    assert sees(cleo, str(received.number))
    add_note(ticket_id=received.ticket_id or 0, text="Une E27.", by=actor_of(bo), now=TUESDAY)
    assert (sees(bo, str(received.number)), sees(cleo, str(received.number))) == (True, False)
    save_group(
        GroupDetails(name="Luminaires", agent_ids=[cleo.id]), group_id=lamps, by=actor_of(ada), now=TUESDAY
    )
    assert not sees(bo, str(received.number))


def test_an_experts_reply_ends_the_stores_wait_and_is_credited_to_the_expert(
    session: Session, lyon: Store, ada: Agent, bo: Agent, lamps: int
) -> None:
    received = make_received()
    ask(received.ticket_id, lamps, ada)
    later = TUESDAY + timedelta(minutes=20)
    reply(ticket_id=received.ticket_id or 0, text="Une E27.", by=actor_of(bo), now=later)
    (wait,) = list_waits(received.ticket_id or 0)
    assert (wait.store_id, wait.agent_id, wait.business_seconds) == (lyon.id, bo.id, 1200)
    assert list_asked_of(bo.id) == []


def test_those_who_know_the_reason_the_words_or_what_was_bought_stand_first(
    session: Session, lyon: Store, ada: Agent, bo: Agent, lamps: int
) -> None:
    top = make_reason(session, "delivery")
    late = make_reason(session, "delivery.late")
    late.parent_id = top.id
    other = GroupDetails(name="Autres", agent_ids=[ada.id], reason_ids=[top.id])
    others = save_group(other, by=actor_of(ada), now=TUESDAY)
    dora = make_customer(session)
    make_order(session, customer_id=dora.id, store_id=lyon.id)
    received = make_received(subject="Question", text="Ma commande A1001 ?")
    ticket = session.get_one(Ticket, received.ticket_id)

    def known() -> dict[int, bool]:
        view = access_ticket(str(received.number), viewer_of(ada, lyon.id))
        return {group.id: is_known for group, is_known in list_groups_for(view)}

    assert known() == {lamps: True, others: False}
    ticket.reason_id = late.id
    session.flush()
    assert known() == {lamps: True, others: True}
    switch_group(group_id=others, is_active=False, by=actor_of(ada), now=TUESDAY)
    assert list(known()) == [lamps]
    with pytest.raises(Conflict):
        ask(ticket.id, others, ada)


def test_a_rule_may_ask_experts_and_who_is_away_is_not_told(
    session: Session, lyon: Store, ada: Agent, bo: Agent, lamps: int
) -> None:
    note_absence(agent_id=bo.id, until_at=TUESDAY + timedelta(days=1), by=actor_of(bo), now=TUESDAY)
    save_rule(
        RuleDetails(
            name="Lampes",
            match=RuleMatch.ALL,
            conditions=[Condition(RuleField.TEXT, RuleTest.IS, ("lampe",))],
            effects=Effects(expert_group_id=lamps),
            is_active=True,
        ),
        by=actor_of(ada),
        now=TUESDAY,
    )
    make_received()
    assert [row.asked_by for row in list_asked_of(bo.id)] == [""]
    assert session.scalars(select(Notice).where(Notice.agent_id == bo.id)).all() == []


def test_a_group_without_name_or_people_and_an_empty_question_are_refused(
    session: Session, ada: Agent, bo: Agent, lamps: int
) -> None:
    by = actor_of(ada)
    for details, field in (
        (GroupDetails(name=" ", agent_ids=[bo.id]), "name"),
        (GroupDetails(name="Luminaires", agent_ids=[bo.id]), "name"),
        (GroupDetails(name="Neu", agent_ids=[]), "agent_ids"),
    ):
        with pytest.raises(Invalid) as refused:
            save_group(details, by=by, now=TUESDAY)
        assert refused.value.field == field
    received = make_received()
    with pytest.raises(Invalid):
        ask_experts(ticket_id=received.ticket_id or 0, group_id=lamps, text=" ", by=by, now=TUESDAY)
