"""The API as a stranger's connector meets it: ids that collide, words that are missing, names in other scripts, limits."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.blueprints.downloads import as_download
from hub.inbox.models import Ticket
from hub.staff.words import ApiScope
from tests.blueprints.test_api_tickets import DORA, Caller, caller
from tests.makers.keys import make_key

__all__ = ["caller"]


def texts(caller: Caller, number: str, what: str = "messages") -> list[str]:
    lines = caller.call("GET", f"/tickets/{number}/{what}").json[what]
    return [line["text"] for line in lines if line["kind"] in {"customer", "agent", "note"}]


def test_conversations_messages_and_notes_of_another_system_may_have_the_same_id(caller: Caller) -> None:
    number = caller.opened(external_id="5")
    for path, body in (
        ("messages", {"from": "customer", "text": "Alors ?"}),
        ("messages", {"from": "agent", "text": "Bientôt."}),
        ("notes", {"text": "Vu."}),
    ):
        for _ in range(2):
            answer = caller.call("POST", f"/tickets/{number}/{path}", {**body, "external_id": "5"})
            assert answer.status_code == 201
    assert texts(caller, number) == ["Ma lampe est cassée.", "Alors ?", "Bientôt."]
    assert texts(caller, number, "notes") == ["Vu."]


def test_nothing_is_no_message_but_a_picture_is(caller: Caller) -> None:
    number = caller.opened()
    blank = {"customer": DORA, "text": " \n ", "store": "LYO"}
    for path, body in (
        ("/tickets", blank),
        (f"/tickets/{number}/messages", {"from": "customer", "text": " "}),
    ):
        answer = caller.call("POST", path, body)
        assert (answer.status_code, answer.json["error"]["field"]) == (422, "text")
    assert caller.call("POST", f"/tickets/{number}/notes", {"text": " "}).json["error"]["field"] == "text"
    pictured = caller.opened(text="", attachments=[caller.upload("lampe.pdf")])
    assert caller.ticket(pictured).subject == "lampe.pdf"
    body = {"from": "customer", "attachments": [caller.upload("encore.pdf")]}
    assert caller.call("POST", f"/tickets/{pictured}/messages", body).status_code == 201


def test_all_that_is_wrong_is_named_and_what_is_unknown_too(caller: Caller) -> None:
    body = {"customer": {"email": 5, "langage": "fr"}, "text": "x", "channel": "fax"}
    error = caller.call("POST", "/tickets", body).json["error"]
    named = [each["field"] for each in error["fields"]]
    assert named == ["channel", "customer.email", "customer.langage"]
    assert error["field"] == "channel"
    reply = caller.call(
        "POST", f"/tickets/{caller.opened()}/replies", {"text": "x", "agnt": "bo@verel.example"}
    )
    assert (reply.status_code, reply.json["error"]["field"]) == (422, "agnt")


@pytest.mark.parametrize(
    ("path", "field"), [("/tickets?sate=open", "sate"), ("/customers?mail=dora@client.example", "mail")]
)
def test_a_misspelt_filter_hands_out_nothing(caller: Caller, path: str, field: str) -> None:
    answer = caller.call("GET", path)
    assert (answer.status_code, answer.json["error"]["field"]) == (422, field)


@pytest.mark.parametrize(
    "change",
    [
        {"data": '{"text": "café"}'.encode("latin-1")},
        {"headers": {"Idempotency-Key": "k" * 201}},
    ],
)
def test_what_cannot_be_kept_as_it_came_is_refused(
    caller: Caller, client: FlaskClient, change: dict[str, Any]
) -> None:
    number = caller.opened()
    headers = {**caller.headers, "Content-Type": "application/json", **change.get("headers", {})}
    data = change.get("data", b'{"text": "Vu."}')
    answer = client.post(f"/api/v1/tickets/{number}/notes", data=data, headers=headers)
    assert answer.status_code == 422
    assert texts(caller, number, "notes") == []


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("facture.pdf", "attachment; filename=facture.pdf"),
        ("été 1.txt", "attachment; filename=\"ete 1.txt\"; filename*=UTF-8''%C3%A9t%C3%A9%201.txt"),
        ("漢字.pdf", "attachment; filename=file.pdf; filename*=UTF-8''%E6%BC%A2%E5%AD%97.pdf"),
        ('a"\r\nX: y".txt', "attachment; filename=\"aX: y.txt\"; filename*=UTF-8''a%22X%3A%20y%22.txt"),
        ("", "attachment; filename=file"),
    ],
)
def test_a_name_in_any_script_is_a_header_that_servers_can_send(name: str, header: str) -> None:
    assert as_download(name) == header
    assert as_download(name).isascii()


def test_a_file_keeps_its_name_on_the_way_in_and_out(caller: Caller) -> None:
    number = caller.opened(attachments=[caller.upload("漢字 été.pdf")])
    [first, *_] = caller.call("GET", f"/tickets/{number}/messages").json["messages"]
    [file] = first["attachments"]
    assert file["name"] == "漢字 été.pdf"
    header = caller.call("GET", f"/attachments/{file['id']}").headers["Content-Disposition"]
    assert header.endswith("filename*=UTF-8''%E6%BC%A2%E5%AD%97%20%C3%A9t%C3%A9.pdf")


def test_words_are_words_whatever_they_look_like(caller: Caller) -> None:
    number = caller.opened(text="<b>1 &lt; 2</b> & 漢")
    assert texts(caller, number) == ["<b>1 &lt; 2</b> & 漢"]


@pytest.mark.usefixtures("limits")
def test_how_much_is_left_is_said(caller: Caller) -> None:
    first, second = (caller.call("GET", "/tickets").headers for _ in range(2))
    assert first["X-RateLimit-Limit"] == "1200"
    assert int(first["X-RateLimit-Remaining"]) - int(second["X-RateLimit-Remaining"]) == 1
    assert 0 <= int(second["X-RateLimit-Reset"]) <= 61


def test_pages_hand_out_each_ticket_once_while_new_ones_come(caller: Caller) -> None:
    numbers = [caller.opened() for _ in range(4)]
    page = caller.call("GET", "/tickets?size=2").json
    caller.opened()
    seen = [row["number"] for row in page["tickets"]]
    while page["next"]:
        page = caller.call("GET", f"/tickets?size=2&after={page['next']}").json
        seen += [row["number"] for row in page["tickets"]]
    assert sorted(seen) == sorted(numbers)
    assert caller.call("GET", "/tickets?after=W10").status_code == 422


def test_what_is_elsewhere_is_not_there_and_what_one_may_not_is_forbidden(caller: Caller) -> None:
    number = caller.opened()
    caller.headers = make_key(caller.session, caller.bo.id)
    for method, path in (("GET", ""), ("GET", "/notes"), ("GET", "/messages"), ("PATCH", "")):
        assert caller.call(method, f"/tickets/{number}{path}", {"priority": "low"}).status_code == 404
    caller.headers = {"Authorization": "Bearer nonsense"}
    assert caller.call("GET", f"/tickets/{number}").status_code == 401
    caller.headers = make_key(caller.session, caller.ada.id, ApiScope.CUSTOMERS_READ)
    assert caller.call("GET", f"/tickets/{number}").status_code == 403
    assert caller.session.scalars(select(Ticket.number)).all() == [number]
