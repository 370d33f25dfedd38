"""The pages of privacy: erasure from the request to its end, export, terms with their dry run, who looked, the register."""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from datetime import date
from functools import partial

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.customers.models import Customer
from hub.identity import erasing, requests
from hub.identity.exporting import SHAPE
from hub.identity.privacy_models import PrivacyRequest, RetentionRule
from hub.identity.privacy_words import RequestState
from hub.inbox.actions import reply
from hub.staff.rules import SYSTEM_VIEWER
from hub.staff.words import Role
from hub.statistics import queries as statistics
from tests.conftest import TUESDAY, HandClock
from tests.identity.test_erasing import work
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.orders import make_order
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import gather_all

DORA = ("Zéphyrine", "Quilleboeuf", "zq@quille.example")


@pytest.fixture
def dora(session: Session) -> Customer:
    """She has written, was answered, and has ordered."""
    store = make_house(session)
    agent = make_agent(session, store_ids=(store.id,))
    row = make_customer(session, DORA[0], DORA[1], mail=DORA[2])
    make_order(session, customer_id=row.id, store_id=store.id)
    received = make_received(
        from_address=DORA[2], from_name=f"{DORA[0]} {DORA[1]}", text=f"Je suis {DORA[0]} {DORA[1]}"
    )
    reply(
        ticket_id=received.ticket_id,
        text=f"Bonjour {DORA[0]}",
        by=actor_of(agent),
        now=TUESDAY,
    )
    session.flush()
    return row


@pytest.fixture
def cleo(client: FlaskClient, session: Session, dora: Customer) -> FlaskClient:
    """An administrator, signed in."""
    log_in(client, make_agent(session, "Cleo Blanc", role=Role.ADMINISTRATOR, email="cleo@verel.example"))
    return client


def figures() -> object:
    """Every measure of the statistics, of the whole chain."""
    filters = statistics.read_filters({}, now=TUESDAY)
    gather_all()
    return (
        statistics.get_response_times(filters, viewer=SYSTEM_VIEWER, now=TUESDAY),
        statistics.get_satisfaction(filters, viewer=SYSTEM_VIEWER),
    )


def test_an_erasure_from_the_request_to_its_end(cleo: FlaskClient, session: Session, dora: Customer) -> None:
    """Noted, due a month later, erased, answered by itself; the figures are those of before."""
    asked = cleo.post(
        f"/privacy/customers/{dora.id}/requests", data={"kind": "erasure", "received_on": "2026-01-31"}
    )
    assert asked.status_code == 303
    with counted_statements() as seen:
        open_list = cleo.get("/privacy/requests").text
    assert len(seen) <= 6
    assert DORA[1] in open_list
    assert "late" in open_list or "en retard" in open_list  # it was due on 28 February
    before = figures()
    told = cleo.get(f"/privacy/customers/{dora.id}/erase").text
    assert DORA[2] in told
    assert "à nous" not in told
    assert "06 12 34 56 78" in told
    assert cleo.post(f"/privacy/customers/{dora.id}/erase").status_code == 303
    work()
    session.expire_all()
    row = session.scalars(select(PrivacyRequest)).one()
    assert (row.state, str(row.due_on)) == (RequestState.DONE, "2026-02-28")
    assert figures() == before
    page = cleo.get(f"/privacy/customers/{dora.id}").text
    assert DORA[1] not in page
    assert "répondue" in page
    card = cleo.get(f"/customers/{dora.id}").text
    assert "Il ne reste que des lignes sans personne" in card
    assert f"/customers/{dora.id}/edit" not in card
    assert "Fusionner avec" not in card
    assert 'id="note-text"' not in card
    assert DORA[0] not in cleo.get("/customers/?q=quilleboeuf").text


def test_the_pages_of_statistics_are_the_same_before_and_after(cleo: FlaskClient, dora: Customer) -> None:
    """Every page that answers to an address without parts, word for word."""
    rules = cleo.application.url_map.iter_rules()
    paths = sorted(
        {
            rule.rule
            for rule in rules
            if rule.rule.startswith("/statistics") and not rule.arguments and "GET" in (rule.methods or ())
        }
    )
    assert len(paths) >= 3
    before = {path: without_tokens(cleo.get(path).text) for path in paths}
    erasing.ask_erasure(dora.id, by=SYSTEM_VIEWER.actor, now=TUESDAY)
    work()
    assert {path: without_tokens(cleo.get(path).text) for path in paths} == before


def without_tokens(page: str) -> list[str]:
    """The lines of a page but for its tokens."""
    return [line for line in page.splitlines() if "csrf" not in line]


def test_a_request_is_refused_with_a_reason_only(cleo: FlaskClient, session: Session, dora: Customer) -> None:
    cleo.post(f"/privacy/customers/{dora.id}/requests", data={"kind": "access", "received_on": "2026-03-01"})
    row = session.scalars(select(PrivacyRequest)).one()
    cleo.post(f"/privacy/requests/{row.id}/answer", data={"act": "refuse", "refusal": " "})
    session.refresh(row)
    assert row.state is RequestState.OPEN
    cleo.post(f"/privacy/requests/{row.id}/answer", data={"act": "refuse", "refusal": "Identity not shown"})
    session.refresh(row)
    assert (row.state, row.refusal) == (RequestState.REFUSED, "Identity not shown")


def test_the_export_holds_every_room_with_its_files(
    cleo: FlaskClient, session: Session, dora: Customer
) -> None:
    """JSON of the documented shape, a page, and a line in the audit trail; hashes and vectors stay here."""
    answer = cleo.post(f"/privacy/customers/{dora.id}/export")
    assert answer.mimetype == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    told = json.loads(archive.read("customer.json"))
    assert (told["shape"], told["customer_id"]) == (SHAPE, dora.id)
    rooms: Mapping[str, Mapping[str, list[dict[str, object]]]] = told["rooms"]
    assert rooms["customers"]["customers"][0]["last_name"] == DORA[1]
    assert rooms["customers"]["addresses"][0]["value"] == DORA[2]
    assert len(rooms["orders"]["orders"]) == 1
    assert any(DORA[0] in str(message["text"]) for message in rooms["inbox"]["ticket_messages"])
    assert {"facts", "audit_entries"} & set(rooms["hallway"])
    page = archive.read("index.html").decode()
    assert DORA[1] in page
    assert not re.search(r"<dd>[+]\d|<dd>\d{4}-\d{2}-\d{2}", page), "days and phones in the reader's form"
    assert "<dd>06 12 34 56 78</dd>" in page
    assert "search" not in rooms["inbox"]["tickets"][0]
    assert session.scalars(
        select(AuditEntry.subject_id).where(AuditEntry.action == "customer.exported")
    ).all() == [dora.id]
    assert DORA[2] in cleo.get(f"/privacy/customers/{dora.id}/export").text


def test_who_looked_is_listed_by_customer_and_by_person(
    cleo: FlaskClient, session: Session, dora: Customer
) -> None:
    cleo.get(f"/customers/{dora.id}")
    page = cleo.get("/privacy/looks").text
    assert "Cleo Blanc" in page
    assert DORA[1] in page
    assert DORA[1] in cleo.get(f"/privacy/looks?customer={dora.id}").text
    nobody = make_agent(session, "Bo Petit", email="bo@verel.example", role=Role.ADMINISTRATOR)
    assert f"/privacy/customers/{dora.id}" not in cleo.get(f"/privacy/looks?agent={nobody.id}").text


def test_a_term_is_tried_before_it_is_switched_on(
    cleo: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    assert cleo.get("/privacy/").status_code == 200
    hand_clock.move(days=800)
    page = cleo.get("/privacy/retention/order_events?months=12").text
    assert "Commandes telles que la boutique les a dites" in page
    assert session.scalars(select(RetentionRule)).all() == []
    cleo.post("/privacy/retention/visits", data={"months": "6", "is_on": "1"})
    assert [(rule.kind, rule.months, rule.is_on) for rule in session.scalars(select(RetentionRule))] == [
        ("visits", 6, True)
    ]
    assert cleo.get("/privacy/retention/none-such").status_code == 404


def test_the_register_says_what_the_installation_does(
    cleo: FlaskClient, session: Session, dora: Customer
) -> None:
    """Processings without a row of theirs are not named; a term that is on is, and so is a remark."""
    cleo.post("/privacy/retention/ticket_texts", data={"months": "30", "is_on": "1"})
    cleo.post("/privacy/register/tickets", data={"remark": "Sous-traitant : Verel SAV"})
    page = cleo.get("/privacy/register").text
    assert "Verel SAV" in page
    assert "30" in page
    assert "behaviour" not in page


def test_only_the_administrator_enters(client: FlaskClient, session: Session, dora: Customer) -> None:
    log_in(client, make_agent(session, "Max Roy", role=Role.MARKETER, email="max@verel.example"))
    for path in (
        "/privacy/",
        "/privacy/requests",
        "/privacy/looks",
        "/privacy/register",
        f"/privacy/customers/{dora.id}/erase",
    ):
        assert client.get(path).status_code == 403


def test_pages_ask_few_questions(cleo: FlaskClient, dora: Customer) -> None:
    for path in (
        "/privacy/",
        "/privacy/requests",
        "/privacy/looks",
        "/privacy/register",
        f"/privacy/customers/{dora.id}",
    ):
        asked: list[str] = []
        listen = partial(_note, asked)
        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            cleo.get(path)
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        told = [each for each in asked if not each.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
        assert len(told) <= 12, (path, told)


def _note(asked: list[str], *given: object) -> None:
    asked.append(str(given[2]))


@pytest.mark.parametrize(
    ("received", "due"),
    [("2026-01-31", "2026-02-28"), ("2026-03-15", "2026-04-15"), ("2026-12-31", "2027-01-31")],
)
def test_a_request_is_due_one_month_later(received: str, due: str) -> None:
    assert requests.due_day(date.fromisoformat(received)) == date.fromisoformat(due)
