"""Routing in the browser: rules built and tried, turns, absences, experts, suggestions, the re-route rate."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.inbox.actions import save_group, transfer
from hub.inbox.actions.asking_experts import GroupDetails
from hub.inbox.actions.suggestions import change_words, read_words, work_suggestions
from hub.inbox.models import AgentAbsence, AssignmentSetting, ExpertGroup, ReasonModel, RoutingRule, Ticket
from hub.inbox.queries.experts import list_asked_of
from hub.inbox.routing_words import AssignmentMode, ModelState
from hub.inbox.suggesting import read_choice
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from hub.stores.queries import get_chain
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import work_off
from tests.makers.stores import make_store

PAGES = (
    "/routing/",
    "/routing/rules/new",
    "/routing/assignment",
    "/routing/experts",
    "/routing/experts/new",
    "/routing/suggestions",
    "/statistics/routing",
)


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


@pytest.fixture
def cleo(session: Session, lyon: Store) -> Agent:
    return make_agent(session, "Cleo Petit", role=Role.HEAD_OFFICE)


@pytest.fixture
def ada(session: Session, lyon: Store) -> Agent:
    return make_agent(session, store_ids=(lyon.id,))


@pytest.fixture
def office(client: FlaskClient, cleo: Agent) -> FlaskClient:
    return log_in(client, cleo)


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_the_head_office_in_both_languages_and_not_for_agents(
    office: FlaskClient, ada: Agent, path: str
) -> None:
    for language in ("fr", "en"):
        page = office.get(f"{path}?lang={language}")
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.text
    log_in(office, ada)
    assert office.get(path).status_code == 403


def test_a_rule_is_built_tried_saved_edited_and_switched_without_code(
    office: FlaskClient, session: Session, lyon: Store
) -> None:
    lille = make_store(session, "Lille", code="LIL")
    number = make_received().number
    form = {"name": "Casse", "match": "all", "e-store": lille.id, "e-tags": "Casse, urgent"}
    added = office.post("/routing/rules/new?lang=en", data={**form, "act": "add", "new_field": "text"}).text
    assert 'name="c0-field" value="text"' in added
    full = {**form, "c0-field": "text", "c0-test": "is", "c0-value": "cassee\nbrisée"}
    twice = {**full, "c1-field": "order_amount", "c1-test": "at_least", "c1-value": "12,50"}
    assert office.post("/routing/rules/new", data={**twice, "act": "remove-0"}).text.count("-field") == 1
    tried = office.post("/routing/rules/new", data={**full, "act": "try"}).text
    assert number is not None
    assert number in tried
    assert "<td>Lille</td>" in tried
    assert session.scalars(select(RoutingRule)).all() == []
    refused = office.post("/routing/rules/new", data={**form, "act": "save"})
    assert refused.status_code == 422
    assert (
        office.post("/routing/rules/new", data={**full, "act": "save", "is_active": "1"}).status_code == 303
    )
    rule = session.scalars(select(RoutingRule)).one()
    assert rule.is_active
    assert rule.content["conditions"][0]["values"] == ["cassee", "brisée"]
    assert rule.content["effects"] == {"store_id": lille.id, "tags": ["Casse", "urgent"]}
    path = f"/routing/rules/{rule.id}"
    assert "brisée" in office.get(path).text
    office.post(path, data={**twice, "act": "save", "stops_after": "1"})
    session.expire_all()
    assert rule.content["conditions"][1]["values"] == ["1250"]
    assert not rule.is_active
    office.post(f"{path}/switch", data={"is_active": "1"})
    office.post(f"{path}/move", data={"is_up": "1"})
    listed = office.get("/routing/?lang=en").text
    assert "Words in the subject or message is one of: cassee, brisée" in listed
    assert "Amount of the order it is about is at least: €12.50" in listed
    office.post(f"{path}/remove")
    assert office.get(path).status_code == 404


def test_stores_hand_out_and_people_say_that_they_are_away(
    office: FlaskClient, session: Session, lyon: Store, ada: Agent
) -> None:
    assert office.post("/routing/assignment", data={"store": lyon.id, "mode": "x"}).status_code == 303
    office.post("/routing/assignment", data={"store": lyon.id, "mode": "least_busy"})
    assert session.get_one(AssignmentSetting, lyon.id).mode is AssignmentMode.LEAST_BUSY
    office.post("/routing/assignment", data={"all": "1", "mode": "round_robin"})
    session.expire_all()
    assert session.get_one(AssignmentSetting, lyon.id).mode is AssignmentMode.ROUND_ROBIN
    bo = make_agent(session, "Bo Lind", store_ids=(lyon.id,))
    log_in(office, ada)
    office.post("/inbox/absence", data={"until": "2026-03-05"})
    until = session.get_one(AgentAbsence, ada.id).until_at
    assert until == TUESDAY.replace(day=5, hour=23, minute=0)
    office.post("/inbox/absence", data={"agent": bo.id, "until": "2026-03-05"})
    assert session.get(AgentAbsence, bo.id) is None
    assert office.post("/inbox/absence", data={"until": "soon"}, follow_redirects=True).status_code == 200
    max_ = make_agent(session, "Max Chef", role=Role.STORE_MANAGER, store_ids=(lyon.id,))
    log_in(office, max_)
    office.post("/inbox/absence", data={"agent": bo.id, "until": "2026-03-05"})
    assert session.get(AgentAbsence, bo.id) is not None
    assert "Bo Lind" in office.get("/inbox/absence").text
    office.post("/inbox/absence", data={"agent": ada.id, "back": "1"})
    session.expire_all()
    assert session.get(AgentAbsence, ada.id) is None


def test_an_expert_of_another_store_reads_and_answers_and_may_do_nothing_else(
    office: FlaskClient, session: Session, lyon: Store, ada: Agent
) -> None:
    reason = make_reason(session)
    bo = make_agent(session, "Bo Lind", store_ids=(make_store(session, "Lille", code="LIL").id,))
    given = {"name": "Lampes", "agent_ids": bo.id, "reason_ids": reason.id, "words": "lampe"}
    assert office.post("/routing/experts/new", data={**given, "agent_ids": ""}).status_code == 422
    assert office.post("/routing/experts/new", data=given).status_code == 303
    group = session.scalars(select(ExpertGroup)).one()
    assert (
        office.post(f"/routing/experts/{group.id}", data={**given, "words": "lampe\nampoule"}).status_code
        == 303
    )
    number = make_received().number
    path = f"/inbox/{number}"
    log_in(office, bo)
    assert office.get(path).status_code == 404
    log_in(office, ada)
    assert "Lampes" in office.get(f"{path}/experts").text
    assert office.post(f"{path}/experts", data={"group": group.id, "text": ""}).status_code == 422
    assert (
        office.post(f"{path}/experts", data={"group": group.id, "text": "Quelle ampoule ?"}).status_code
        == 303
    )
    log_in(office, bo)
    assert "Quelle ampoule ?" in office.get("/inbox/asked").text
    assert "/inbox/asked" in office.get("/inbox/").text
    page = office.get(f"{path}?lang=en").text
    assert "You are asked as an expert" in page
    assert f"{path}/assign" not in page
    for way in ("solve", "assign", "transfer", "reason", "spam", "tag"):
        assert office.post(f"{path}/{way}", data={"reason": reason.id}).status_code == 404
    office.post(f"{path}/reply", data={"mode": "note", "text": "Une E27.", "key": "k"})
    assert list_asked_of(bo.id) == []
    assert "Une E27." in office.get(path).text
    log_in(office, ada)
    assert "Une E27." in office.get(path).text
    log_in(office, make_agent(session, "Dan Bureau", role=Role.HEAD_OFFICE))
    office.post(f"/routing/experts/{group.id}/switch", data={"is_active": "0"})
    session.expire_all()
    assert not group.is_active


def test_a_suggested_reason_is_confirmed_with_one_click(
    office: FlaskClient, session: Session, cleo: Agent, ada: Agent
) -> None:
    reason = make_reason(session, "broken")
    saved = office.post(f"/routing/suggestions/words/{reason.id}", data={"words": "cass*"})
    assert saved.status_code == 303
    assert read_words() == {reason.id: ("cass*",)}
    number = make_received().number
    work_suggestions(lambda: None)
    log_in(office, ada)
    with counted_statements() as seen:
        page = office.get(f"/inbox/{number}").text
    assert len(seen) <= 12
    assert "Motif proposé" in page
    assert "mot « cass* »".replace(" ", "\u00a0") in page or "cass*" in page
    office.post(f"/inbox/{number}/suggested-reason")
    session.expire_all()
    assert session.scalars(select(Ticket.reason_id)).one() == reason.id
    assert "Motif proposé" not in office.get(f"/inbox/{number}").text


def test_the_state_of_the_suggestions_is_said_and_changed(
    office: FlaskClient, session: Session, cleo: Agent
) -> None:
    reason = make_reason(session)
    page = office.get("/routing/suggestions?lang=en").text
    assert "Not enough tickets yet: 0 of 200" in page
    office.post("/routing/suggestions/train")
    row = session.scalars(select(ReasonModel)).one()
    assert row.state is ModelState.WAITING
    for state in ModelState:
        row.state, row.trained_at = state, TUESDAY
        row.figures = {"model": {str(reason.id): [40, 35]}, "words": {}}
        assert office.get("/routing/suggestions?lang=en").status_code == 200
    row.state = ModelState.READY
    assert "35 of 40 right" in office.get("/routing/suggestions?lang=en").text
    office.post("/routing/suggestions/choice", data={"least_percent": "90"})
    choice = read_choice(get_chain().settings)
    assert (choice.is_on, choice.least_percent) == (False, 90)
    office.post("/routing/suggestions/choice", data={"least_percent": "20", "is_on": "1"})
    assert read_choice(get_chain().settings).least_percent == 90
    change_words(reason_id=reason.id, words=["x"], by=actor_of(cleo), now=TUESDAY)
    assert "x" in office.get(f"/routing/suggestions/words/{reason.id}").text


def test_the_re_route_rate_counts_first_stores_that_a_person_changed(
    office: FlaskClient, session: Session, lyon: Store, cleo: Agent, ada: Agent
) -> None:
    lille = make_store(session, "Lille", code="LIL")
    by = actor_of(ada)
    ids = [
        make_received(from_address=f"p{each}@c.example", mail_message_id=f"<{each}@c>").ticket_id or 0
        for each in range(4)
    ]
    lost = make_received(
        from_address="q@c.example", mail_message_id="<q@c>", recipients=("bonjour@verel.example",)
    )
    transfer(ticket_id=ids[0], store_id=lille.id, by=by, now=TUESDAY + timedelta(minutes=5))
    transfer(ticket_id=ids[0], store_id=lyon.id, by=by, now=TUESDAY + timedelta(minutes=6))
    transfer(ticket_id=lost.ticket_id or 0, store_id=lille.id, by=by, now=TUESDAY + timedelta(minutes=7))
    save_group(GroupDetails(name="x", agent_ids=[ada.id]), by=by, now=TUESDAY)
    work_off()
    page = office.get("/statistics/routing?lang=en&since=2026-03-03&until=2026-03-03").text
    assert "25% (" in page
    assert "1 moved by a person" in page
    assert "Written to the address of the store" in page
    assert "nothing named a store" in page
    empty = office.get("/statistics/routing?lang=en&since=2026-03-01&until=2026-03-02").text
    assert "No ticket in this period" in empty
