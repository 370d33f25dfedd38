"""Other systems ask about orders and read invitations and answers; webhooks hear of answers, new words and withdrawals."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.audit import AuditEntry
from hub.core.facts import FactRow
from hub.orders.models import Order
from hub.orders.words import OrderState
from hub.plans import engine
from hub.plans.actions import add_builtin_plans
from hub.plans.models import Enrolment
from hub.reactions.telling import EVENTS
from hub.staff.words import ApiScope, Role
from hub.surveys import actions
from hub.surveys.models import Invitation
from hub.surveys.rules import Confirmation
from hub.surveys.words import Choice
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_emil, say_consent
from tests.makers.keys import make_key
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.stores import make_store
from tests.makers.surveys import Asked, invite_again, make_invitation


class Caller:
    def __init__(self, client: FlaskClient, session: Session) -> None:
        self.client, self.session = client, session
        self.headers = make_key(session, None, ApiScope.SURVEYS_READ, ApiScope.SURVEYS_WRITE)
        session.commit()

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers or self.headers)


@pytest.fixture
def asked(session: Session, hand_clock: HandClock) -> Asked:
    return make_invitation(session)


@pytest.fixture
def caller(client: FlaskClient, session: Session, asked: Asked) -> Caller:
    return Caller(client, session)


def press(asked: Asked, choice: Choice, *, minutes: float, comment: str = "") -> None:
    at = TUESDAY + timedelta(minutes=minutes)
    sent = Confirmation(choice, f"p{minutes}", at - timedelta(seconds=9), at, comment)
    actions.confirm_answer(token=asked.token, confirmation=sent, topics=["delivery"], now=at, least_seconds=1)


def test_invitations_and_answers_are_read_page_by_page(
    caller: Caller, session: Session, asked: Asked
) -> None:
    several = [asked, *(invite_again(session, asked, f"N{number}") for number in range(4))]
    for number, each in enumerate(several[:3]):
        press(each, Choice.NOT_SATISFIED, minutes=number, comment="Cassée")
    press(asked, Choice.SATISFIED, minutes=90)
    session.commit()
    seen, after = [], ""
    while True:
        page = caller.call("GET", f"/survey-invitations?size=2{after}").json
        seen += page["invitations"]
        if not page["next"]:
            break
        after = f"&after={page['next']}"
    assert [row["id"] for row in seen] == [each.invitation_id for each in reversed(several)]
    assert [bool(row["answer"]) for row in seen] == [False, False, True, True, True]
    one = caller.call("GET", f"/survey-invitations/{asked.invitation_id}").json["invitation"]
    assert (one["answer"]["score"], one["state"], one["customer_id"]) == (2, "answered", asked.customer_id)
    answers = caller.call("GET", "/survey-answers").json["answers"]
    assert [row["score"] for row in answers] == [2, 1, 1], "what was replaced is not listed"
    assert answers[1]["comment"] == "Cassée"
    assert answers[1]["topics"] == ["delivery"]
    later = "2026-03-03T11:20:00%2B01:00"
    assert [row["score"] for row in caller.call("GET", f"/survey-answers?since={later}").json["answers"]] == [
        2
    ]
    number = answers[1]["order"]
    assert [
        row["order"] for row in caller.call("GET", f"/survey-answers?order={number}").json["answers"]
    ] == [number]
    for query in ("since=mardi", "since=2026-03-03T10:00:00", "after=zz", "order=unknown", "nonsense=1"):
        assert caller.call("GET", f"/survey-answers?{query}").status_code in {404, 422}


def test_an_order_is_asked_about_once_and_where_nothing_forbids_it(
    caller: Caller, session: Session, asked: Asked, hand_clock: HandClock
) -> None:
    publish_builtin_templates(now=TUESDAY)
    add_builtin_plans(now=TUESDAY)
    emil = make_emil(session)
    say_consent("emil@client.example")
    states = {
        "OLD": (OrderState.DELIVERED, 20), "FRESH": (OrderState.DELIVERED, 1), "BACK": (OrderState.RETURNED, 20),
        "ROAD": (OrderState.PAID, None),
    }  # fmt: skip
    for name, (state, days) in states.items():
        row = make_order(session, customer_id=emil.id, store_id=asked.store_id, external_id=name)
        row = session.get_one(Order, row.id)
        row.state = state
        row.delivered_at = TUESDAY - timedelta(days=days) if days else None
    session.commit()

    def ask(order: str) -> tuple[int, str | None]:
        answer = caller.call("POST", "/survey-invitations", {"order": order})
        return answer.status_code, answer.json.get("outcome")

    assert ask("BACK") == ask("ROAD") == (409, None)
    assert ask("UNKNOWN")[0] == 404
    assert ask("FRESH") == (201, "entered")
    assert ask("OLD") == (201, "entered")
    assert ask("OLD") == (200, "already")
    due = {row.entry_key: row.due_at for row in session.scalars(select(Enrolment))}
    assert sorted(due.values()) == [TUESDAY, TUESDAY + timedelta(days=6)]
    hand_clock.move(minutes=1)
    engine.work_plans(lambda: None)
    [invitation] = session.scalars(select(Invitation).where(Invitation.customer_id == emil.id))
    told = caller.call("POST", "/survey-invitations", {"order": "OLD"}).json
    assert (told["outcome"], told["invitation"]["id"]) == ("already", invitation.id)
    row = make_order(session, customer_id=emil.id, store_id=asked.store_id, external_id="NEXT")
    session.get_one(Order, row.id).delivered_at = TUESDAY - timedelta(days=9)
    session.get_one(Order, row.id).state = OrderState.DELIVERED
    session.commit()
    refused = caller.call("POST", "/survey-invitations", {"order": "NEXT"})
    assert refused.status_code == 409, "asked within 30 days"
    assert "survey.asked_for" in session.scalars(select(AuditEntry.action)).all()


def test_a_key_sees_its_person_s_stores_and_needs_the_scope(
    caller: Caller, session: Session, asked: Asked
) -> None:
    press(asked, Choice.SATISFIED, minutes=1)
    other = make_store(session, code="NCE", name="Nice")
    bo = make_agent(session, "Bo Li", role=Role.STORE_MANAGER, store_ids=(other.id,))
    key = make_key(session, bo.id, ApiScope.SURVEYS_READ, ApiScope.SURVEYS_WRITE)
    weak = make_key(session, None, ApiScope.TICKETS_READ)
    session.commit()
    listed = caller.call("GET", "/survey-answers", headers=key)
    assert listed.status_code == 403, "surveys are read by people of the whole chain"
    assert caller.call("GET", f"/survey-invitations/{asked.invitation_id}", headers=key).status_code in {
        403,
        404,
    }
    assert caller.call("GET", "/survey-answers", headers=weak).status_code == 403
    assert caller.call("POST", "/survey-invitations", {"order": "A"}, headers=weak).status_code == 403


def test_what_webhooks_are_told_of_an_answer(session: Session, asked: Asked) -> None:
    def heard() -> list[str]:
        kinds = session.scalars(select(FactRow.kind).order_by(FactRow.id))
        return [EVENTS[kind].value for kind in kinds if kind in EVENTS]

    press(asked, Choice.VERY_SATISFIED, minutes=0)
    actions.add_details(token=asked.token, topics=["welcome"], comment="Merci", now=TUESDAY)
    actions.add_details(token=asked.token, topics=["welcome"], comment="Merci", now=TUESDAY)
    assert heard() == ["survey.answered", "survey.answer_changed"]
    press(asked, Choice.NOT_SATISFIED, minutes=0.5)
    assert heard()[2:] == ["survey.answer_withdrawn"]
