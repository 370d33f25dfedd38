"""Other systems read plans, let customers in by hand and take them out: once per key, by scope, and with what became of it."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.plans import engine
from hub.plans.models import Enrolment, Plan
from hub.staff.words import ApiScope, Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_emil
from tests.makers.keys import make_key
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.plans.lives import Lives

BY_HAND = {
    "format": 2,
    "entry": {"on": "by_hand", "when": [{"is": "phone_known"}], "cooldown_hours": 2},
    "exits": ["purchased"],
    "steps": [
        {"key": "hello", "template": "welcome_prospect", "purpose": "promotion"},
        {"key": "later", "template": "welcome_prospect", "delay": {"days": 9}},
    ],
}
DORA = {"email": "dora@client.example"}


class Caller:
    """A system whose key is bound to nobody; the plan `mine` is on and treats everybody."""

    def __init__(self, client: FlaskClient, session: Session, clock: HandClock) -> None:
        self.client, self.session, self.clock = client, session, clock
        self.life = Lives.begin(session, clock)
        self.life.of("mine", BY_HAND)
        self.headers = make_key(session, None, ApiScope.PLANS_READ, ApiScope.PLANS_WRITE)
        session.commit()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers={**self.headers, **more})

    def enrol(self, plan: str = "mine", **body: Any) -> Any:
        return self.call("POST", f"/plans/{plan}/enrol", {"customer": DORA, **body})


@pytest.fixture
def caller(client: FlaskClient, session: Session, hand_clock: HandClock) -> Caller:
    return Caller(client, session, hand_clock)


def test_once_per_entry_key_whatever_names_the_customer(caller: Caller) -> None:
    first = caller.enrol(entry_key="A-77")
    again = caller.enrol(entry_key="A-77", customer={"id": caller.life.customer.id})
    assert (first.status_code, first.json["outcome"]) == (201, "entered")
    assert (again.status_code, again.json["outcome"]) == (200, "already")
    assert first.json["enrolment"] == again.json["enrolment"]
    assert (first.json["enrolment"]["entry_key"], first.json["enrolment"]["step"]) == ("hand:A-77", "hello")
    rows = caller.session.scalars(select(Enrolment)).all()
    assert [row.customer_id for row in rows] == [caller.life.customer.id]
    [line] = caller.session.scalars(select(AuditEntry).where(AuditEntry.action == "plan.enrolled"))
    assert (line.subject_id, line.api_key_id is not None) == (caller.life.customer.id, True)


def test_without_a_key_the_header_counts_else_the_day(caller: Caller) -> None:
    keys = []
    for header in ({}, {}, {"Idempotency_Key": "x"}, {"Idempotency_Key": "x"}):
        caller.clock.move(hours=3)
        keys.append(caller.call("POST", "/plans/mine/enrol", {"customer": DORA}, **header).json)
    assert [each["outcome"] for each in keys] == ["entered", "already", "entered", "already"]
    assert keys[0]["enrolment"]["entry_key"] == "hand:2026-03-03"
    assert keys[2]["enrolment"]["entry_key"].endswith(":x")


def test_whom_the_plan_does_not_want_is_told_and_no_error(caller: Caller) -> None:
    emil = make_emil(caller.session)
    refused = caller.enrol(customer={"id": emil.id})
    assert (refused.status_code, refused.json) == (200, {"outcome": "not_wanted", "enrolment": None})
    assert caller.enrol(entry_key="one").json["outcome"] == "entered"
    assert caller.enrol(entry_key="two").json["outcome"] == "not_wanted", "the cool-down of two hours"


def test_plans_that_are_off_or_wait_for_no_hand_let_nobody_in(caller: Caller) -> None:
    off = caller.enrol("welcome_pack")
    assert (off.status_code, off.json["error"]["code"]) == (409, "conflict")
    caller.life.of("welcome_pack")
    caller.session.commit()
    assert caller.enrol("welcome_pack").status_code == 409
    assert caller.enrol("no-such-plan").status_code == 404
    assert caller.session.scalars(select(Enrolment)).all() == []


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"customer": {"email": "nobody@client.example"}}, 404, "customer"),
        ({"customer": {"id": 999_999}}, 404, "customer"),
        ({"customer": {}}, 422, "customer"),
        ({}, 422, "customer"),
        ({"customer": DORA, "entry_key": "k" * 201}, 422, "entry_key"),
        ({"customer": DORA, "entry_key": "é"}, 422, "entry_key"),
        ({"customer": DORA, "date_on": "tomorrow"}, 422, "date_on"),
        ({"customer": DORA, "order": "none-such"}, 422, "order"),
        ({"customer": DORA, "values": {}}, 422, "values"),
    ],
)
def test_what_is_wrong_is_named(caller: Caller, body: dict[str, Any], status: int, field: str) -> None:
    answer = caller.call("POST", "/plans/mine/enrol", body)
    assert (answer.status_code, answer.json["error"]["field"]) == (status, field)
    assert caller.session.scalars(select(Enrolment)).all() == []


def test_an_order_of_hers_is_what_the_passage_is_about_and_nobody_elses(caller: Caller) -> None:
    store = caller.session.scalars(select(Store)).first()
    assert store
    people = (caller.life.customer, make_emil(caller.session))
    mine, _other = (
        make_order(caller.session, customer_id=each.id, store_id=store.id, external_id=f"A-{place}")
        for place, each in enumerate(people, 1)
    )
    assert caller.enrol(order="A-2").json["error"]["field"] == "order"
    assert caller.enrol(order="A-1", date_on="2026-04-01").status_code == 201
    [row] = caller.session.scalars(select(Enrolment))
    assert (row.values["order_id"], row.values["date_on"]) == (mine.id, "2026-04-01")


def test_out_again_stops_what_has_not_left_and_says_what_had(caller: Caller) -> None:
    caller.enrol(entry_key="A")
    engine.work_plans(lambda: None)
    [message] = caller.session.scalars(select(OutboundMessage))
    message.state, message.accepted_at = MessageState.ACCEPTED, TUESDAY
    caller.clock.now = TUESDAY + timedelta(hours=13)  # quiet hours
    caller.enrol(entry_key="B")
    engine.work_plans(lambda: None)
    caller.session.commit()
    assert caller.call("POST", "/plans/mine/exit", {"customer": DORA, "entry_key": "no"}).json["ended"] == 0
    left = caller.call("POST", "/plans/mine/exit", {"customer": DORA}).json
    assert left["ended"] == 2
    assert {each["exit_reason"] for each in left["enrolments"]} == {"by_hand"}
    notes = [(each["exit_note"]["left"], each["exit_note"]["stopped"]) for each in left["enrolments"]]
    assert notes == [(["hello"], []), ([], ["hello"])]
    states = caller.session.scalars(select(OutboundMessage.state).order_by(OutboundMessage.id)).all()
    assert states == [MessageState.ACCEPTED, MessageState.BLOCKED]
    again = caller.call("POST", "/plans/mine/exit", {"customer": DORA})
    assert (again.status_code, again.json) == (200, {"ended": 0, "enrolments": []})
    assert caller.enrol(entry_key="A").json["outcome"] == "already", "the same occasion lets nobody in again"


def test_plans_and_passages_page_by_page(caller: Caller) -> None:
    keys, after = [], ""
    while after is not None:
        page = caller.call("GET", f"/plans?size=2&after={after}").json
        keys += [(each["priority"], each["key"]) for each in page["plans"]]
        after = page["next"]
    assert len(keys) == len(set(keys)) >= 3
    assert [place for place, _ in keys] == sorted(place for place, _ in keys)
    for number in range(3):
        caller.enrol(entry_key=f"k{number}")
        caller.clock.move(hours=3)
    seen, after = [], ""
    while after is not None:
        page = caller.call("GET", f"/customers/dora@client.example/enrolments?size=2&after={after}").json
        seen += [each["entry_key"] for each in page["enrolments"]]
        after = page["next"]
    assert seen == ["hand:k2", "hand:k1", "hand:k0"]
    for path in ("/plans", f"/customers/{caller.life.customer.id}/enrolments"):
        assert caller.call("GET", f"{path}?after=W10").status_code == 422
        assert caller.call("GET", f"{path}?state=on").status_code == 422


def test_every_listed_plan_can_be_read_and_asks_only_for_itself(caller: Caller) -> None:
    """One that was never published is not listed: there is nothing to show of it."""
    caller.session.add(
        Plan(key="new", name_fr="Neuf", name_en="New", priority=1, control_percent=0, created_at=TUESDAY)
    )
    caller.session.commit()
    listed = caller.call("GET", "/plans?size=100").json["plans"]
    assert "new" not in {each["key"] for each in listed}
    for each in listed:
        with counted_statements() as statements:
            assert caller.call("GET", f"/plans/{each['key']}").json["plan"]["version"] == each["version"]
        assert len(statements) <= 9, (each["key"], statements)
        [counting] = [each for each in statements if "min(enrolments.due_at)" in each]
        assert "enrolments.plan_id = " in counting, "nobody of another plan is counted"


def test_a_plan_with_its_steps_and_counts(caller: Caller) -> None:
    caller.enrol()
    caller.life.work()
    plan = caller.call("GET", "/plans/mine").json["plan"]
    assert (plan["is_on"], plan["enters"], plan["inside"], plan["entered"]) == (True, ["by_hand"], 1, 1)
    assert [(step["key"], step["waiting"], step["outcomes"]) for step in plan["steps"]] == [
        ("hello", 0, {"posted": 1}),
        ("later", 1, {}),
    ]
    assert caller.call("GET", "/plans/none-such").status_code == 404


def test_strangers_other_scopes_and_people_who_edit_no_plans_stay_outside(caller: Caller) -> None:
    doors = [
        ("GET", "/plans", ApiScope.PLANS_WRITE),
        ("GET", "/plans/mine", ApiScope.PLANS_WRITE),
        ("GET", "/customers/dora@client.example/enrolments", ApiScope.CUSTOMERS_READ),
        ("POST", "/plans/mine/enrol", ApiScope.PLANS_READ),
        ("POST", "/plans/mine/exit", ApiScope.PLANS_READ),
    ]
    agent = make_agent(caller.session, role=Role.AGENT)
    for method, path, other in doors:
        for headers, status in (
            ({}, 401),
            ({"Authorization": "Bearer nonsense"}, 401),
            (make_key(caller.session, None, other), 403),
            (make_key(caller.session, agent.id), 403),
        ):
            caller.headers = headers
            assert caller.call(method, path, {"customer": DORA}).status_code == status, (method, path)
    assert caller.session.scalars(select(Enrolment)).all() == []
