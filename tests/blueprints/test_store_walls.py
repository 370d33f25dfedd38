"""Somebody of Lyon, and a system with a key of Lyon, try to read and change what belongs to Lille."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from hub.core import clock, files, live
from hub.core.audit import AuditEntry
from hub.core.words import Channel
from hub.inbox import actions
from hub.inbox.actions.returning import work_later
from hub.inbox.models import Ticket, TicketAttachment, TicketFollower, TicketMessage
from hub.inbox.values import IncomingFile
from hub.inbox.words import BulkKind, Priority
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.keys import make_key
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store

LILLE = "lille@hub.example"
SECRET = "Secretum"
NUMBERED = {"number": str, "message_id": 1, "file_id": 1, "scheduled_id": 1, "call_id": 1}


class Walls:
    """Ada of Lyon, logged in and with a key; Bo of Lille; one ticket of Dora in each store."""

    def __init__(self, session: Session, client: FlaskClient) -> None:
        self.session, self.client = session, client
        self.lyon = make_house(session)
        self.lille = make_store(session, "Lille", code="LIL", phone="+33320000002")
        self.ada = make_agent(session, store_ids=(self.lyon.id,))
        self.bo = make_agent(session, "Bo Petit", store_ids=(self.lille.id,))
        self.reason = make_reason(session)
        paper = IncomingFile(f"{SECRET}.pdf", "application/pdf", 4, files.keep(b"%PDF"))
        self.own = self.take(subject="Lampe")
        self.foreign = self.take(
            recipients=(LILLE,),
            subject=SECRET,
            text=f"{SECRET} bonjour",
            attachments=(paper,),
            mail_message_id="<2@c>",
        )
        self.key = make_key(session, self.ada.id)
        session.commit()
        log_in(client, self.ada)

    def take(self, **fields: Any) -> Ticket:
        return self.session.get_one(Ticket, make_received(**fields).ticket_id)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=self.key)

    def traces(self) -> tuple[Any, ...]:
        """Whatever would show that somebody touched Lille's ticket."""
        self.session.expire_all()
        ticket = self.foreign
        said = select(func.count()).where(TicketMessage.ticket_id == ticket.id)
        told = select(func.count()).where(
            AuditEntry.subject_id == ticket.id, AuditEntry.subject_kind == "ticket"
        )
        return (
            ticket.state, ticket.store_id, ticket.assignee_id, ticket.priority, ticket.merged_into_id,
            ticket.last_event_id, self.session.scalar(said), self.session.scalar(told),
        )  # fmt: skip


@pytest.fixture
def walls(session: Session, client: FlaskClient) -> Walls:
    return Walls(session, client)


def test_no_address_of_a_ticket_opens_the_one_of_another_store(app: Flask, walls: Walls) -> None:
    """Every route with a ticket's number in it, those still to come too."""
    before, tried = walls.traces(), 0
    for rule in app.url_map.iter_rules():
        if "number" not in rule.arguments or not rule.endpoint.startswith(("inbox.", "api.", "routing.")):
            continue
        for method in (rule.methods or set()) & {"GET", "POST", "PATCH"}:
            answer = _open(walls, rule, method)
            assert answer.status_code in {404, 415, 422}, (method, rule.rule, answer.status_code)
            assert SECRET not in answer.text, rule.rule
            tried += 1
    assert tried > 60
    assert walls.traces() == before


def _open(walls: Walls, rule: Rule, method: str) -> Any:
    values = {name: NUMBERED.get(name, 1) for name in rule.arguments} | {"number": walls.foreign.number}
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), rule.rule)
    if rule.endpoint.startswith("api."):
        body = {"text": "x", "from": "agent"} if "messages" in path else {"text": "x"}
        body = {"priority": "urgent"} if method == "PATCH" else body
        return walls.client.open(
            path, method=method, headers=walls.key, json=None if method == "GET" else body
        )
    return walls.client.open(path, method=method, data={"text": "x", "into": walls.own.number})


@pytest.mark.parametrize(
    "address",
    [
        "/inbox/export.csv?view=all",
        "/inbox/export.csv?q=magasin:lille",
        f"/inbox/export.csv?q={SECRET}",
        "/inbox/?view=all",
        "/inbox/?q=magasin:lille",
        f"/inbox/find?q={SECRET}",
        f"/inbox/suggest-words?q={SECRET.lower()}",
        "/inbox/calls?list=all",
        "/inbox/gestures?list=all",
        "/notices/",
    ],
)
def test_lists_search_files_and_notices_hold_nothing_of_another_store(walls: Walls, address: str) -> None:
    office = make_agent(walls.session, "Hugo", email="hugo@verel.example", role=Role.HEAD_OFFICE)
    actions.offer_refund(
        ticket_id=walls.foreign.id, amount_cents=100, text=SECRET, key=None, by=actor_of(office), now=TUESDAY
    )
    actions.notify(agent_ids=[walls.ada.id], kind="mentioned", ticket_id=walls.foreign.id, now=TUESDAY)
    draft = actions.CallDraft(script=SECRET, due_at=TUESDAY, ticket_id=walls.foreign.id)
    walls.foreign.requester_address, walls.foreign.customer_id = "+33612345678", None
    walls.session.flush()
    actions.add_call(draft, by=actor_of(office), now=TUESDAY)
    page = walls.client.get(address)
    assert page.status_code == 200
    asked = page.text.replace(f'value="{SECRET}"', "")
    assert walls.foreign.number not in asked
    assert f"{SECRET} bonjour" not in asked
    assert not re.search(rf">\s*{SECRET}\s*<", asked)


def test_a_view_shared_with_the_chain_shows_each_reader_the_own_stores_alone(walls: Walls) -> None:
    office = make_agent(walls.session, "Hugo", email="hugo@verel.example", role=Role.HEAD_OFFICE)
    log_in(walls.client, office)
    form = {"name": "Lille", "query": "magasin:lille", "sort": "changed", "reach": "chain"}
    made = walls.client.post("/inbox/views/new", data=form)
    saved = made.headers["Location"]
    assert SECRET in walls.client.get(saved).text
    log_in(walls.client, walls.ada)
    assert SECRET not in walls.client.get(saved).text
    assert SECRET not in walls.client.get("/inbox/export.csv?" + saved.partition("?")[2]).text


def test_a_file_is_shut_by_its_id_and_by_a_message_of_another_ticket(walls: Walls) -> None:
    file_id = walls.session.scalars(select(TicketAttachment.id)).one()
    message_id = walls.session.scalar(
        select(TicketMessage.id).where(TicketMessage.ticket_id == walls.foreign.id)
    )
    for address in (
        f"/inbox/file/{file_id}",
        f"/inbox/file/{file_id}/mail",
        f"/inbox/{walls.own.number}/html/{message_id}",
        f"/inbox/{walls.own.number}/source/{message_id}",
    ):
        assert walls.client.get(address).status_code == 404, address
    assert walls.call("GET", f"/attachments/{file_id}").status_code == 404


def test_the_stream_of_a_page_is_for_the_own_store_and_a_changed_pass_for_none(
    walls: Walls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live._Mast, "address", "http://live.example")
    monkeypatch.setattr(live._Mast, "redis", None)
    url = walls.client.post("/inbox/desk").get_json()["stream"]
    token = url.partition("pass=")[2]
    assert live.read_pass(token, machine_now=clock.machine_now()).topics == {live.store_topic(walls.lyon.id)}
    assert not set(live.ticket_topics(walls.lille.id)) & {live.store_topic(walls.lyon.id)}


def test_a_perhaps_related_ticket_is_named_to_who_may_open_it(walls: Walls) -> None:
    walls.own.related_ticket_id = walls.foreign.id
    walls.session.commit()
    assert walls.foreign.number not in walls.client.get(f"/inbox/{walls.own.number}").text
    log_in(walls.client, make_agent(walls.session, "Hugo Barbier", role=Role.HEAD_OFFICE))
    assert walls.foreign.number in walls.client.get(f"/inbox/{walls.own.number}").text


def test_merging_and_taking_apart_need_the_sight_of_both(walls: Walls) -> None:
    before = walls.traces()
    merge = f"/inbox/{walls.own.number}/merge"
    assert walls.client.post(merge, data={"into": walls.foreign.number}).status_code == 303
    assert walls.traces() == before
    actions.merge(ticket_id=walls.own.id, into_id=walls.foreign.id, by=actor_of(walls.bo), now=TUESDAY)
    walls.session.commit()
    before = walls.traces()
    assert walls.client.post(f"/inbox/{walls.own.number}/unmerge").status_code == 404
    assert walls.traces() == before


def test_a_note_names_nobody_of_another_store(walls: Walls) -> None:
    walls.client.post(f"/inbox/{walls.own.number}/note", data={"text": f"@{walls.bo.name} regarde"})
    assert walls.session.scalars(select(TicketFollower.agent_id)).all() == []


@pytest.mark.parametrize("kind", list(BulkKind))
def test_bulk_acts_leave_foreign_numbers_alone(walls: Walls, kind: BulkKind) -> None:
    before = walls.traces()
    data = {
        "numbers": f"{walls.own.number} {walls.foreign.number}", "act": kind.value, "assignee": walls.ada.id,
        "store_to": walls.lille.id, "tag": "x", "reason": walls.reason.id, "priority": "urgent", "forced": "1",
        "until": "tomorrow", "script": "x", "due": "2026-03-04T10:00", "into": walls.own.number,
    }  # fmt: skip
    walls.client.post("/inbox/bulk/do", data=data)
    walls.client.post("/inbox/bulk/do", data={**data, "into": walls.foreign.number})
    assert walls.traces() == before


def test_what_was_done_to_many_is_not_undone_in_a_ticket_that_went_to_another_store(walls: Walls) -> None:
    data = {"numbers": walls.own.number, "act": "priority", "priority": "urgent"}
    done = walls.client.post("/inbox/bulk/do", data=data)
    undo = done.headers["Location"].partition("?")[0] + "/undo"
    actions.transfer(ticket_id=walls.own.id, store_id=walls.lille.id, by=actor_of(walls.ada), now=TUESDAY)
    walls.session.commit()
    walls.client.post(undo)
    walls.session.expire_all()
    assert walls.own.priority is Priority.URGENT


def test_a_reply_is_taken_back_and_a_later_one_changed_only_in_its_own_ticket(walls: Walls) -> None:
    other = walls.take(subject="Autre", mail_message_id="<3@c>")
    done = actions.reply(
        ticket_id=other.id, text="Voici.", by=actor_of(walls.ada), now=TUESDAY, undo_seconds=30
    )
    scheduled_id = actions.schedule_reply(
        ticket_id=other.id, text="Demain.", leave_at=TUESDAY + timedelta(days=1), last_event_id=None,
        by=actor_of(walls.ada), now=TUESDAY,
    )  # fmt: skip
    walls.session.commit()
    base = f"/inbox/{walls.own.number}"
    walls.client.post(f"{base}/undo", data={"message_id": done.message_id})
    assert walls.session.get(TicketMessage, done.message_id) is not None
    assert "Voici." not in walls.client.get(base).text
    assert walls.client.get(f"{base}/scheduled/{scheduled_id}").status_code == 404
    assert walls.client.post(f"{base}/scheduled/{scheduled_id}/cancel").status_code == 404
    walls.client.post(f"/inbox/{other.number}/undo", data={"message_id": done.message_id})
    walls.session.expire_all()
    assert walls.session.get(TicketMessage, done.message_id) is None


def test_a_colleague_goes_on_with_the_reply_of_somebody_who_is_not_there_any_more(
    walls: Walls, hand_clock: HandClock
) -> None:
    at = TUESDAY + timedelta(hours=1)
    actions.schedule_reply(
        ticket_id=walls.own.id, text="Votre lampe arrive.", leave_at=at, last_event_id=None,
        by=actor_of(walls.ada), now=TUESDAY,
    )  # fmt: skip
    walls.ada.deactivated_at = TUESDAY
    lola = make_agent(walls.session, "Lola", email="lola@verel.example", store_ids=(walls.lyon.id,))
    walls.session.commit()
    hand_clock.move(hours=2)
    work_later(lambda: None)
    log_in(walls.client, lola)
    page = walls.client.get(f"/inbox/{walls.own.number}").text
    assert "La reprendre moi-même" in page
    assert "ne répond plus à ce ticket" in page
    assert "La réponse d’un collègue" in walls.client.get("/notices/").text
    cancel = re.search(r'action="([^"]+/scheduled/\d+/cancel)"', page)
    assert cancel
    walls.client.post(cancel[1])
    page = walls.client.get(f"/inbox/{walls.own.number}").text
    assert re.search(r"<textarea[^>]*>\s*Votre lampe arrive\.", page)


@pytest.mark.parametrize("way", ["page", "bulk", "api"])
def test_nobody_is_given_a_ticket_of_a_store_that_is_not_theirs(walls: Walls, way: str) -> None:
    number = walls.own.number
    if way == "page":
        walls.client.post(f"/inbox/{number}/assign", data={"assignee": walls.bo.id})
    elif way == "bulk":
        walls.client.post(
            "/inbox/bulk/do", data={"numbers": number, "act": "assign", "assignee": walls.bo.id}
        )
    else:
        answer = walls.call("PATCH", f"/tickets/{number}", {"assignee": walls.bo.email})
        assert (answer.status_code, answer.json["error"]["field"]) == (422, "assignee")
        body = {"customer": {"email": "x@c.example"}, "text": "x", "store": "LYO", "assignee": walls.bo.email}
        assert walls.call("POST", "/tickets", body).status_code == 422
    walls.session.expire_all()
    assert walls.own.assignee_id is None


def test_region_and_head_office_are_given_what_they_see_and_readers_nothing(walls: Walls) -> None:
    for role, is_given in ((Role.HEAD_OFFICE, True), (Role.MANAGER, False), (Role.MARKETER, False)):
        person = make_agent(walls.session, role.value, email=f"{role.value}@verel.example", role=role)
        answer = walls.call("PATCH", f"/tickets/{walls.own.number}", {"assignee": person.email})
        assert answer.status_code == (200 if is_given else 422), role


def test_a_contact_of_a_key_joins_no_ticket_of_another_store(walls: Walls) -> None:
    before = walls.traces()
    dora = {"email": "dora@client.example"}
    subject = f"Re: [{walls.foreign.number}]"
    for path, body in (
        ("/tickets", {"customer": dora, "text": "x", "subject": subject, "store": "LYO"}),
        ("/contacts", {**dora, "text": "x", "subject": subject, "store": "LYO"}),
        ("/contacts", {**dora, "text": "x", "subject": subject, "channel": "email", "store": "LYO"}),
    ):
        answer = walls.call("POST", path, body)
        assert answer.status_code == 201, answer.json
        assert answer.json["is_new"] is True, path
    assert walls.traces() == before


def test_a_text_of_a_key_joins_no_ticket_of_another_store(walls: Walls) -> None:
    texted = walls.take(
        channel=Channel.SMS, from_address="", phone="+33612345678", recipients=(), store_id=walls.lille.id,
        mail_message_id=None,
    )  # fmt: skip
    body = {"customer": {"phone": "06 12 34 56 78"}, "text": "x", "channel": "sms"}
    for store in ({}, {"store": "LYO"}, {"store": "LIL"}):
        answer = walls.call("POST", "/tickets", {**body, **store})
        assert answer.status_code == 201, answer.json
        assert texted.number not in answer.text
    said = select(func.count()).where(
        TicketMessage.ticket_id == texted.id, TicketMessage.channel == Channel.SMS
    )
    assert walls.session.scalar(said.where(TicketMessage.kind == "customer")) == 1


def test_a_message_into_a_ticket_that_was_merged_away_opens_a_new_one(walls: Walls) -> None:
    actions.merge(ticket_id=walls.own.id, into_id=walls.foreign.id, by=actor_of(walls.bo), now=TUESDAY)
    walls.session.commit()
    before = walls.traces()
    answer = walls.call(
        "POST", f"/tickets/{walls.own.number}/messages", {"from": "customer", "text": "Alors ?"}
    )
    assert answer.status_code == 201
    assert answer.json["message"]["ticket"] != walls.foreign.number
    assert walls.traces() == before


def test_a_contact_sent_again_tells_nothing_of_a_ticket_that_went_to_another_store(walls: Walls) -> None:
    body = {"customer": {"email": "x@c.example"}, "text": "x", "store": "LYO", "external_id": "77"}
    number = walls.call("POST", "/tickets", body).json["ticket"]["number"]
    assert walls.call("POST", "/tickets", body).status_code == 201
    moved = walls.call("PATCH", f"/tickets/{number}", {"store": "LIL"})
    assert moved.status_code == 200
    again = walls.call("POST", "/tickets", body)
    assert again.status_code == 409
    assert number in again.text
