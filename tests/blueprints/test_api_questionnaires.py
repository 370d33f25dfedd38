"""Other systems read questionnaires, invite, and take answers; of anonymous ones they learn what the file says and no more."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.content.words import TemplateGroup
from hub.core.audit import AuditEntry
from hub.core.facts import FactRow
from hub.core.words import Purpose
from hub.customers.models import Customer
from hub.outbox.models import OutboundMessage
from hub.questionnaires.models import QuestionnaireResponse
from hub.reactions.telling import tell
from hub.staff.words import ApiScope, Role
from hub.webhooks.models import WebhookDelivery
from hub.webhooks.words import WebhookEvent
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, make_emil, say_consent
from tests.makers.keys import make_key
from tests.makers.orders import make_order
from tests.makers.questionnaires import (
    FORMS,
    Published,
    document,
    every_kind,
    make_asked,
    make_questionnaire,
    respond,
)
from tests.makers.responses import add_responses, make_answered, results_document
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain, make_store
from tests.webhooks.test_delivering import add as add_webhook

ALL = {name: value for form in FORMS for name, value in form.items()}


class Caller:
    def __init__(self, client: FlaskClient, session: Session) -> None:
        self.client, self.session = client, session
        self.headers = make_key(session, None, ApiScope.SURVEYS_READ, ApiScope.SURVEYS_WRITE)
        session.commit()

    def get(self, path: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Any:
        answer = self.client.get(f"/api/v1/questionnaires{path}", headers=headers or self.headers)
        assert answer.status_code == status, answer.json
        return answer.json

    def all(self, path: str, name: str, size: int) -> list[Any]:
        found, after = [], ""
        while True:
            page = self.get(f"{path}?size={size}{after}")
            found += page[name]
            if not page["next"]:
                return found
            after = f"&after={page['next']}"

    def invite(self, body: dict[str, Any], key: str = "visit") -> tuple[int, Any]:
        answer = self.client.post(
            f"/api/v1/questionnaires/{key}/invitations", json=body, headers=self.headers
        )
        return answer.status_code, answer.json


@pytest.fixture
def caller(client: FlaskClient, session: Session, hand_clock: HandClock) -> Caller:
    make_chain(session)
    return Caller(client, session)


@pytest.fixture
def visit(session: Session, caller: Caller) -> Published:
    publish_builtin_templates(now=TUESDAY, groups=[TemplateGroup.SURVEY])
    return make_questionnaire(session)


def test_questionnaires_with_their_codebook(caller: Caller, session: Session, visit: Published) -> None:
    make_answered(session, results_document(mode="anonymous"))
    listed = caller.all("", "questionnaires", 1)
    assert [(row["key"], row["mode"], row["state"]) for row in listed] == [
        ("national", "anonymous", "open"), ("visit", "identified", "open")]  # fmt: skip
    assert [each["number"] for each in listed[1]["versions"]] == [1]
    columns = caller.get("/visit")["questionnaire"]["columns"]
    single = next(row for row in columns if row["name"] == "single")
    assert single["codes"][0] == {"code": "foot", "meaning": "À pied"}
    assert "contact_email" in {row["name"] for row in columns}
    assert not {row["name"] for row in caller.get("/national")["questionnaire"]["columns"]} & {
        "note",
        "who_email",
    }
    caller.get("/unknown", status=404)
    caller.get("?state=open", status=422)


def test_a_customer_is_invited_once_or_refused_with_the_reason(
    caller: Caller, session: Session, visit: Published
) -> None:
    dora, emil = make_customer(session), make_emil(session)
    make_order(session, customer_id=emil.id, store_id=make_store(session).id, external_id="A-9")
    session.commit()
    status, told = caller.invite({"customer": "dora@client.example"})
    assert (status, told["outcome"], told["invitation"]["customer_id"]) == (201, "invited", dora.id)
    assert (told["invitation"]["has_answered"], told["invitation"]["answered_at"]) == (False, None)
    status, again = caller.invite({"customer": str(dora.id)})
    assert (status, again["outcome"], again["invitation"]["id"]) == (200, "already", told["invitation"]["id"])
    status, told = caller.invite({"order": "A-9"})
    assert (status, told["invitation"]["order"], told["invitation"]["store"]) == (201, "A-9", "LYO")
    letters = session.scalars(select(OutboundMessage.customer_id)).all()
    assert sorted(letters) == [dora.id, emil.id], "one letter each"
    hugo = make_customer(session, "Hugo", mail="hugo@client.example", phone=None)
    say_consent("hugo@client.example", purpose=Purpose.SURVEY, is_given=False)
    session.commit()
    status, refused = caller.invite({"customer": str(hugo.id)})
    assert (status, refused["error"]["reason"]) == (409, "refused")
    assert refused["error"]["message"] == "Refuse les enquêtes"
    bodies = (
        {},
        {"customer": "nobody@client.example"},
        {"order": "none"},
        {"customer": "1", "channel": "post"},
    )
    assert [caller.invite(body)[0] for body in bodies] == [422, 404, 404, 422]
    assert caller.invite({"customer": str(dora.id), "order": "A-9"})[0] == 404, "another customer's order"
    listed = caller.all("/visit/invitations", "invitations", 1)
    assert [row["customer_id"] for row in listed] == [emil.id, dora.id]
    only = caller.get("/visit/invitations?customer=dora@client.example&since=2026-03-03T10:00:00%2B01:00")
    assert [row["customer_id"] for row in only["invitations"]] == [dora.id]
    assert session.scalars(
        select(AuditEntry.action).where(AuditEntry.action == "questionnaire.invited")
    ).all()


def test_answers_are_read_page_by_page_from_a_moment_on(
    caller: Caller, session: Session, visit: Published
) -> None:
    people = [make_customer(session, f"P{n}", mail=f"p{n}@client.example", phone=None) for n in range(3)]
    for number, person in enumerate(people):
        _, token = make_asked(session, visit, customer_id=person.id)
        respond(token, {**ALL, "csat": str(number + 3)}, now=TUESDAY + timedelta(hours=number))
    session.commit()
    seen = caller.all("/visit/answers", "answers", 1)
    assert [row["customer_id"] for row in seen] == [person.id for person in reversed(people)]
    values = seen[0]["values"]
    wanted = {"csat": 5, "multiple_price": 1, "ranking_find": 1, "matrix_range": "good", "number": 12.5, "text": "Bien",
              "contact_email": "eva@client.example", "multiple_other_words": "La vue", "consent": 1}  # fmt: skip
    assert {name: values[name] for name in wanted} == wanted
    assert set(values) == {row["name"] for row in caller.get("/visit")["questionnaire"]["columns"]}
    assert (seen[0]["completed_at"], seen[0]["month"]) == ((TUESDAY + timedelta(hours=2)).isoformat(), None)
    since = (TUESDAY + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    late = caller.get(f"/visit/answers?since={since}")["answers"]
    assert [row["values"]["csat"] for row in late] == [5, 4]
    mine = caller.get(f"/visit/answers?customer={people[0].id}")["answers"]
    assert [row["values"]["csat"] for row in mine] == [3]
    for query in ("since=mardi", "after=zz", "after=WzFd", "nonsense=1"):
        caller.get(f"/visit/answers?{query}", status=422)
    trail = session.scalars(select(AuditEntry).where(AuditEntry.action == "answers_exported")).all()
    assert {entry.data["form"] for entry in trail} == {"api"}
    session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(session.scalars(text(
        "EXPLAIN SELECT id FROM questionnaire_responses WHERE questionnaire_id = 1 AND state = 'complete' "
        "AND (completed_at, id) < ('2026-03-03', 9) ORDER BY completed_at DESC, id DESC LIMIT 51")))  # fmt: skip
    assert "ix_questionnaire_responses_told" in plan
    assert "Sort" not in plan


def test_an_anonymous_answer_says_no_more_than_the_file_and_not_before_its_day_is_over(
    caller: Caller, session: Session, hand_clock: HandClock
) -> None:
    ids = make_answered(session, results_document(mode="anonymous"))
    day = datetime(2026, 3, 3, tzinfo=UTC)
    store_id = make_store(session).id
    told = {"note": "Anne Martin", "who": {"email": "anne@client.example"}}
    for number in range(4):
        add_responses(session, *ids, [{"csat": number + 1}], told=told, store_id=store_id, at=day)
    add_responses(session, *ids, [{"csat": 5}], told=told, store_id=store_id, at=day + timedelta(days=1))
    dora = make_customer(session)
    make_asked(session, Published(*ids), customer_id=dora.id, has_answered=True, reminded_at=TUESDAY)
    session.commit()
    hand_clock.move(days=1)
    caller.get("/national/answers", status=422)
    hand_clock.move(days=1)
    seen = caller.all("/national/answers", "answers", 2)
    assert sorted(row["values"]["csat"] for row in seen) == [1, 2, 3, 4, 5]
    named = ("id", "invitation_id", "customer_id", "order", "store", "language", "completed_at")
    assert {row[name] for row in seen for name in named} == {None}
    assert {row["month"] for row in seen} == {"2026-03"}
    assert "anne" not in json.dumps(seen).lower()
    first = caller.get("/national/answers?size=2")["answers"]
    order = session.scalars(select(QuestionnaireResponse.answers).order_by(text("md5(key)")).limit(2)).all()
    assert [row["values"]["csat"] for row in first] == [answers["csat"] for answers in order], "by chance"
    caller.get("/national/answers?since=2026-03-03T10:00:00Z", status=422)
    caller.get(f"/national/answers?customer={dora.id}", status=422)
    [asked] = caller.get("/national/invitations")["invitations"]
    assert (asked["has_answered"], asked["answered_at"], asked["reminded_at"]) == (None, None, None)


def test_answers_are_for_keys_of_people_who_may_take_the_file(
    caller: Caller, session: Session, visit: Published
) -> None:
    lyon = make_store(session)
    manager = make_agent(session, "Bo Li", role=Role.STORE_MANAGER, store_ids=(lyon.id,))
    bound = make_key(session, manager.id, ApiScope.SURVEYS_READ, ApiScope.SURVEYS_WRITE)
    weak = make_key(session, None, ApiScope.TICKETS_READ)
    session.commit()
    for headers in (bound, weak):
        caller.get("/visit/answers", status=403, headers=headers)
        answer = caller.client.post(
            "/api/v1/questionnaires/visit/invitations", json={"customer": "1"}, headers=headers
        )
        assert answer.status_code == 403


def test_webhooks_hear_who_answered_and_of_anonymous_ones_only_that(
    session: Session, caller: Caller, visit: Published
) -> None:
    add_webhook("https://shop.example/hook", WebhookEvent.QUESTIONNAIRE_ANSWERED)
    dora: Customer = make_customer(session)
    lyon = make_store(session)
    nameless = make_questionnaire(session, document(mode="anonymous"), key="secret")
    for published, form in ((visit, ALL), (nameless, {"csat": "1"})):
        respond(make_asked(session, published, customer_id=dora.id, store_id=lyon.id)[1], form)
    facts = session.scalars(
        select(FactRow).where(FactRow.kind == "QuestionnaireAnswered").order_by(FactRow.id)
    ).all()
    assert (tell(facts), tell(facts)) == (2, 0)
    known, unknown = session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()
    data = json.loads(known.body)["data"]
    response_id = session.scalar(
        select(QuestionnaireResponse.id).where(QuestionnaireResponse.customer_id == dora.id)
    )
    assert data == {"fact_id": facts[0].id, "customer_id": dora.id, "questionnaire_id": visit.id, "questionnaire": "visit",
                    "version_id": visit.version_id, "response_id": response_id, "store_id": lyon.id, "store": "LYO"}  # fmt: skip
    assert json.loads(unknown.body) == {
        "type": "questionnaire.answered", "timestamp": "2026-03-03T00:00:00+00:00", "data": {"questionnaire": "secret"}}  # fmt: skip
    at = unknown.next_attempt_at
    assert at is not None
    assert at == unknown.created_at == datetime(at.year, at.month, at.day, tzinfo=UTC)
    assert known.next_attempt_at is not None
    assert timedelta() < at - known.next_attempt_at <= timedelta(days=1)


def test_every_kind_has_a_schema_that_its_values_keep(caller: Caller, session: Session) -> None:
    """What the description says of a value: a word, a number or null."""
    published = make_questionnaire(session, every_kind(), key="kinds")
    _, token = make_asked(session, published, customer_id=make_customer(session).id)
    respond(token, ALL)
    session.commit()
    [row] = caller.get("/kinds/answers")["answers"]
    assert {type(value) for value in row["values"].values()} <= {str, int, float, type(None)}
