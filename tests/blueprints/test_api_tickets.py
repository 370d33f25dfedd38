"""Other systems with tickets, messages, notes, files and customers: scopes, stores, once, and never over others' work."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.audit import AuditEntry
from hub.core.words import Channel
from hub.inbox.models import ReplyWait, Ticket, TicketMessage
from hub.inbox.words import MessageKind, TicketState
from hub.outbox.models import OutboundMessage
from hub.staff.words import ApiScope, Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import make_reason
from tests.makers.keys import make_key
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain, make_store

DORA = {
    "email": "Dora@Client.example",
    "first_name": "dora",
    "last_name": "LEFÈVRE",
    "phone": "06 12 34 56 78",
}


class Caller:
    """A system whose key is bound to Ada, of Lyon."""

    def __init__(self, client: FlaskClient, session: Session) -> None:
        make_chain(session)
        self.lyon = make_store(session)
        self.lille = make_store(session, "Lille", code="LIL")
        self.ada = make_agent(session, store_ids=(self.lyon.id,))
        self.bo = make_agent(session, "Bo Petit", store_ids=(self.lille.id,))
        self.reason = make_reason(session)
        self.session, self.client, self.headers = session, client, make_key(session, self.ada.id)
        publish_builtin_templates(now=TUESDAY)
        session.commit()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers={**self.headers, **more})

    def opened(self, **fields: Any) -> str:
        body = {"customer": DORA, "text": "Ma lampe est cassée.", "store": "LYO", **fields}
        answer = self.call("POST", "/tickets", body)
        assert answer.status_code == 201, answer.json
        return str(answer.json["ticket"]["number"])

    def ticket(self, number: str) -> Ticket:
        self.session.expire_all()
        return self.session.scalars(select(Ticket).where(Ticket.number == number)).one()

    def waits(self, number: str) -> list[ReplyWait]:
        found = select(ReplyWait).where(ReplyWait.ticket_id == self.ticket(number).id)
        return list(self.session.scalars(found))

    def upload(self, name: str = "facture.pdf", content: bytes = b"%PDF-1.4 x") -> str:
        data = {"file": (BytesIO(content), name)}
        answer = self.client.post("/api/v1/attachments", data=data, headers=self.headers)
        assert answer.status_code == 201, answer.json
        return str(answer.json["attachment"]["id"])


@pytest.fixture
def caller(client: FlaskClient, session: Session) -> Caller:
    return Caller(client, session)


def test_a_contact_opens_a_ticket_with_all_that_is_known_of_the_customer(caller: Caller) -> None:
    body = {"customer": DORA, "text": "Ma lampe est cassée.", "store": "LYO", "priority": "high",
            "reason": "delivery", "assignee": "ada@verel.example", "channel": "form"}  # fmt: skip
    answer = caller.call("POST", "/tickets", body)
    assert (answer.status_code, answer.json["is_new"]) == (201, True)
    found = answer.json["ticket"]
    assert (found["store"], found["priority"], found["reason"], found["assignee"], found["channel"]) == (
        "LYO", "high", "delivery", "Ada Martin", "form")  # fmt: skip
    assert answer.headers["ETag"] == f'"{found["last_event_id"]}"'
    customer = caller.call("GET", f"/customers/{found['customer_id']}").json["customer"]
    assert (customer["email"], customer["phone"], customer["last_name"]) == (
        "dora@client.example", "+33612345678", "Lefèvre")  # fmt: skip
    [wait] = caller.waits(found["number"])
    assert (wait.kind, wait.ended_at) == ("first", None)


def test_somebody_of_a_social_network_has_no_address_and_is_one_customer(caller: Caller) -> None:
    anon = {"customer": {"external_ids": {"instagram": "1784"}, "first_name": "Zoé"}, "channel": "social"}
    first, second = caller.ticket(caller.opened(**anon)), caller.ticket(caller.opened(**anon))
    assert first.channel is Channel.SOCIAL
    assert first.customer_id is not None
    assert first.customer_id == second.customer_id
    assert caller.call("GET", "/customers/instagram:1784").json["customer"]["first_name"] == "Zoé"


def test_the_same_contact_sent_twice_is_one(caller: Caller) -> None:
    assert caller.opened(external_id="m-1") == caller.opened(external_id="m-1")
    body = {"customer": DORA, "text": "Encore.", "store": "LYO"}
    twice = [caller.call("POST", "/tickets", body, Idempotency_Key="k-1").json for _ in range(2)]
    assert [each["is_new"] for each in twice] == [True, False]
    assert caller.session.scalar(select(func.count()).select_from(Ticket)) == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"store": "NOWHERE"}, "store"),
        ({"reason": "none-such"}, "reason"),
        ({"assignee": "nobody@verel.example"}, "assignee"),
        ({"customer": {}}, "email"),
        ({"customer": {"phone": "12"}}, "phone"),
        ({"attachments": ["mangled"]}, "attachments"),
        ({"text": ""}, "text"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(
    caller: Caller, fields: dict[str, Any], field: str
) -> None:
    body = {"customer": DORA, "text": "x", "store": "LYO", **fields}
    answer = caller.call("POST", "/tickets", body, Accept_Language="fr")
    assert (answer.status_code, answer.json["error"].get("field")) == (422, field)
    assert caller.session.scalar(select(func.count()).select_from(Ticket)) == 0


def test_errors_speak_the_language_of_the_caller(caller: Caller) -> None:
    said = [
        caller.call("POST", "/tickets", {"customer": DORA, "text": "x", "store": "X"}, Accept_Language=each)
        for each in ("fr", "en")
    ]
    assert [each.json["error"]["message"] for each in said] == [
        "Aucun magasin n’a le code X. Vérifiez-le.", "No store has the code X. Please check it."]  # fmt: skip


def test_several_fields_change_together_or_not_at_all(caller: Caller) -> None:
    number = caller.opened()
    refused = caller.call("PATCH", f"/tickets/{number}", {"priority": "urgent", "state": "solved"})
    assert (refused.status_code, refused.json["error"]["field"]) == (422, "reason")
    assert caller.ticket(number).priority == "normal"
    body = {"priority": "urgent", "state": "solved", "reason": "delivery"}
    answer = caller.call("PATCH", f"/tickets/{number}", body)
    assert (answer.status_code, answer.json["ticket"]["state"]) == (200, "solved")
    ticket = caller.ticket(number)
    assert (ticket.priority, ticket.state, ticket.reason_id) == ("urgent", "solved", caller.reason.id)
    lines = caller.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "ticket")).all()
    assert {line.api_key_id is not None and line.agent_id == caller.ada.id for line in lines} == {True}
    back = caller.call("PATCH", f"/tickets/{number}", {"state": "open"})
    assert (back.json["ticket"]["state"], caller.ticket(number).reopened_count) == ("open", 1)


def test_tags_are_replaced_as_a_whole(caller: Caller) -> None:
    number = caller.opened()
    caller.headers = make_key(caller.session, None, ApiScope.TICKETS_WRITE, ApiScope.TICKETS_READ)
    for tags in (["Urgent", "Casse"], ["casse", "Retour"], []):
        answer = caller.call("PATCH", f"/tickets/{number}", {"tags": tags})
        assert answer.status_code == 200, answer.json
        assert sorted(each.lower() for each in answer.json["ticket"]["tags"]) == sorted(
            each.lower() for each in tags
        )
    kept = caller.call("PATCH", f"/tickets/{number}", {"priority": "low"})
    assert kept.json["ticket"]["tags"] == []


def test_nothing_is_written_over_what_others_did(caller: Caller) -> None:
    number = caller.opened()
    tag = caller.call("GET", f"/tickets/{number}").headers["ETag"]
    changed = caller.call("PATCH", f"/tickets/{number}", {"priority": "high"}, If_Match=tag)
    assert changed.status_code == 200
    late = caller.call("PATCH", f"/tickets/{number}", {"priority": "low"}, If_Match=tag)
    assert (late.status_code, late.json["error"]["code"]) == (412, "stale")
    seen = changed.json["ticket"]["last_event_id"]
    assert caller.call("PATCH", f"/tickets/{number}", {"last_event_id": seen - 1}).status_code == 412
    assert caller.ticket(number).priority == "high"


def test_a_transfer_cuts_the_wait_and_leaves_the_sight_of_the_key(caller: Caller) -> None:
    number = caller.opened()
    answer = caller.call("PATCH", f"/tickets/{number}", {"store": "LIL"})
    assert (answer.status_code, answer.json["ticket"]["store"]) == (200, "LIL")
    assert [wait.store_id for wait in caller.waits(number)] == [caller.lyon.id, caller.lille.id]
    for method, path in (("GET", ""), ("PATCH", ""), ("GET", "/messages"), ("POST", "/notes")):
        assert caller.call(method, f"/tickets/{number}{path}", {"text": "x"}).status_code in {404, 422}
    assert caller.call("GET", f"/tickets/{number}/notes").status_code == 404


def test_a_reply_is_the_persons_and_leaves_once(caller: Caller, hand_clock: HandClock) -> None:
    number = caller.opened()
    hand_clock.move(minutes=20)
    body = {"from": "agent", "text": "Nous la remplaçons.", "external_id": "r-1"}
    first, again = (caller.call("POST", f"/tickets/{number}/messages", body) for _ in range(2))
    assert (first.status_code, first.json) == (201, again.json)
    [wait] = caller.waits(number)
    assert (wait.agent_id, wait.seconds) == (caller.ada.id, 1200)
    sent = caller.session.scalars(
        select(OutboundMessage).where(OutboundMessage.recipient == "dora@client.example")
    ).all()
    assert [each.purpose for each in sent if each.agent_id] == ["reply"]


def test_a_reply_delivered_elsewhere_ends_the_wait_and_sends_nothing(caller: Caller) -> None:
    number = caller.opened(customer={"external_ids": {"instagram": "1"}}, channel="social")
    body = {"from": "agent", "text": "Bonjour Zoé.", "is_sent": True, "external_id": "x"}
    for _ in range(2):
        assert caller.call("POST", f"/tickets/{number}/messages", body).status_code == 201
    [wait] = caller.waits(number)
    assert wait.agent_id == caller.ada.id
    ticket = caller.ticket(number)
    found = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id)
    [reply] = caller.session.scalars(found.where(TicketMessage.kind == MessageKind.AGENT)).all()
    assert (reply.outbound_id, reply.ends_wait, ticket.waiting_since) == (None, True, None)


def test_the_customer_writes_on_elsewhere(caller: Caller) -> None:
    number = caller.opened(external_id="m-1")
    caller.call("PATCH", f"/tickets/{number}", {"state": "solved", "reason": "delivery"})
    body = {"from": "customer", "text": "Toujours rien.", "external_id": "m-2"}
    first, again = (caller.call("POST", f"/tickets/{number}/messages", body).json for _ in range(2))
    assert first["message"]["message_id"] == again["message"]["message_id"]
    ticket = caller.ticket(number)
    assert (ticket.state, ticket.waiting_since is not None) == (TicketState.OPEN, True)
    thread = caller.call("GET", f"/tickets/{number}/messages").json["messages"]
    assert [line["text"] for line in thread if line["kind"] == "customer"] == [
        "Ma lampe est cassée.", "Toujours rien."]  # fmt: skip


def test_a_closed_ticket_is_followed_by_a_new_one(caller: Caller) -> None:
    number = caller.opened()
    ticket = caller.ticket(number)
    ticket.state = TicketState.CLOSED
    caller.session.commit()
    answer = caller.call("POST", f"/tickets/{number}/messages", {"from": "customer", "text": "Bonjour ?"})
    found = answer.json["message"]
    assert found["is_new_ticket"]
    assert caller.ticket(found["ticket"]).related_ticket_id == ticket.id


def test_who_may_not_reply(caller: Caller) -> None:
    number = caller.opened()
    body = {"from": "agent", "text": "x"}
    caller.headers = make_key(caller.session, caller.ada.id, ApiScope.TICKETS_WRITE)
    assert caller.call("POST", f"/tickets/{number}/messages", body).status_code == 403
    but_reply = [scope for scope in ApiScope if scope is not ApiScope.TICKETS_REPLY]
    caller.headers = make_key(caller.session, None, *but_reply)
    unbound = caller.call("POST", f"/tickets/{number}/messages", body)
    assert unbound.status_code == 403
    max_ = make_agent(caller.session, "Max Roy", role=Role.MARKETER)
    caller.headers = make_key(caller.session, max_.id)
    assert caller.call("POST", f"/tickets/{number}/messages", body).status_code == 403
    assert caller.call("PATCH", f"/tickets/{number}", {"priority": "low"}).status_code == 403


def test_notes_stay_apart_and_touch_no_clock(caller: Caller) -> None:
    number = caller.opened()
    body = {"text": "Cliente déjà remboursée.", "external_id": "n-1"}
    for _ in range(2):
        assert caller.call("POST", f"/tickets/{number}/notes", body).status_code == 201
    [note] = caller.call("GET", f"/tickets/{number}/notes").json["notes"]
    assert (note["text"], note["author"]["name"], note["is_public"]) == (
        "Cliente déjà remboursée.", "Ada Martin", False)  # fmt: skip
    thread = caller.call("GET", f"/tickets/{number}/messages").json["messages"]
    assert [line["kind"] for line in thread if line["kind"] == "note"] == []
    assert caller.waits(number)[0].ended_at is None


def test_a_file_goes_in_with_a_message_and_out_to_who_sees_the_ticket(caller: Caller) -> None:
    number = caller.opened(attachments=[caller.upload()])
    [first, *_] = caller.call("GET", f"/tickets/{number}/messages").json["messages"]
    [file] = first["attachments"]
    assert (file["name"], file["type"], file["size"]) == ("facture.pdf", "application/pdf", 10)
    out = caller.call("GET", f"/attachments/{file['id']}")
    assert (out.data, out.headers["Content-Disposition"]) == (
        b"%PDF-1.4 x",
        "attachment; filename=facture.pdf",
    )
    reply = {"from": "agent", "text": "Voici.", "attachments": [caller.upload("bon.pdf")]}
    assert caller.call("POST", f"/tickets/{number}/messages", reply).status_code == 201
    note = {"text": "Vu.", "attachments": [caller.upload("vu.pdf")]}
    assert caller.call("POST", f"/tickets/{number}/notes", note).status_code == 201
    shown = caller.call("GET", f"/tickets/{number}").json["ticket"]["messages"]
    names = [each["name"] for line in shown for each in line["attachments"]]
    assert names == ["facture.pdf", "bon.pdf", "vu.pdf"]
    caller.headers = make_key(caller.session, caller.bo.id)
    assert caller.call("GET", f"/attachments/{file['id']}").status_code == 404


def test_a_file_is_only_for_the_key_that_sent_it(caller: Caller) -> None:
    token = caller.upload()
    caller.headers = make_key(caller.session, caller.ada.id)
    body = {"customer": DORA, "text": "x", "attachments": [token]}
    assert caller.call("POST", "/tickets", body).json["error"]["field"] == "attachments"


def test_the_list_is_filtered(caller: Caller, hand_clock: HandClock) -> None:
    first = caller.opened(channel="social", reason="delivery", assignee="ada@verel.example")
    hand_clock.move(hours=1)
    second = caller.opened(customer={"email": "emil@client.example"})

    def numbers(**query: str) -> list[str]:
        answer = caller.client.get("/api/v1/tickets", query_string=query, headers=caller.headers)
        assert answer.status_code == 200, answer.json
        return [row["number"] for row in answer.json["tickets"]]

    assert numbers() == [second, first]
    assert numbers(channel="social") == numbers(reason="delivery") == [first]
    assert numbers(assignee="ada@verel.example") == [first]
    assert numbers(assignee="nobody@x.example") == numbers(reason="none-such") == []
    since = TUESDAY + timedelta(minutes=30)
    assert numbers(updated_since=since.isoformat()) == [second]
    assert numbers(updated_since="2026-03-03T10:30:00+01:00") == [second]
    assert numbers(customer="emil@client.example", q="lampe") == [second]
    assert numbers(store="LIL") == []
    assert caller.call("GET", "/tickets?updated_since=yesterday").status_code == 422
    page = caller.call("GET", "/tickets?size=1").json
    assert [row["number"] for row in page["tickets"]] == [second]
    assert [
        row["number"] for row in caller.call("GET", f"/tickets?size=1&after={page['next']}").json["tickets"]
    ] == [first]


def test_customers_are_found_made_and_corrected(caller: Caller) -> None:
    body = {**DORA, "external_ids": {"shop": "C-9"}, "store": "LYO", "birth_on": "1980-05-04"}
    made, again = (caller.call("POST", "/customers", body) for _ in range(2))
    assert (made.status_code, again.status_code) == (201, 200)
    found = made.json["customer"]
    assert (found["external_ids"], found["store"], found["birth_on"]) == (
        {"shop": "C-9"},
        "LYO",
        "1980-05-04",
    )
    for query in ("email=dora@client.example", "phone=0612345678", "external_id=shop:C-9", "q=lefèvre"):
        rows = caller.call("GET", f"/customers?{query}").json["customers"]
        assert [row["id"] for row in rows] == [found["id"]], query
    assert caller.call("GET", "/customers?email=nobody@x.example").json["customers"] == []
    patch = {"last_name": "Durand", "phone": None, "external_ids": {"till": "77"}}
    changed = caller.call("PATCH", f"/customers/{found['id']}", patch, If_Match=made.headers["ETag"])
    row = changed.json["customer"]
    assert (row["last_name"], row["phone"], row["email"], row["external_ids"]) == (
        "Durand", None, "dora@client.example", {"shop": "C-9", "till": "77"})  # fmt: skip
    late = caller.call("PATCH", f"/customers/{found['id']}", {"company": "X"}, If_Match=made.headers["ETag"])
    assert late.status_code == 412
    caller.call("POST", "/customers", {"email": "emil@client.example", "external_ids": {"shop": "C-1"}})
    taken = caller.call("PATCH", f"/customers/{found['id']}", {"external_ids": {"shop": "C-1"}})
    assert (taken.status_code, taken.json["error"]["field"]) == (409, "external_ids")
