"""Messages, notes and files of all tickets by the API: pages, walls between stores, a note corrected by its author alone."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.inbox.models import TicketMessage
from hub.inbox.queries import TicketFilters, list_tickets
from hub.inbox.words import InboxView
from hub.staff.rules import SYSTEM_VIEWER
from tests.blueprints.test_api_tickets import DORA, Caller, caller
from tests.makers.counting import recorded_statements
from tests.makers.keys import make_key
from tests.makers.staff import make_agent

__all__ = ["caller"]


def ids(caller: Caller, path: str) -> list[int]:
    """All of a list, by pages of two."""
    what, found, after = path.split("?", maxsplit=1)[0].strip("/"), [], ""
    while True:
        page = caller.call("GET", f"{path}{'&' if '?' in path else '?'}size=2{after}").json
        assert len(page[what]) <= 2
        found += [row["id"] for row in page[what]]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def noted(caller: Caller, number: str, text: str = "Vu.", **more: Any) -> int:
    answer = caller.call("POST", "/notes", {"ticket": number, "text": text, **more})
    assert answer.status_code == 201, answer.json
    return int(answer.json["note"]["message_id"])


def at_lille(caller: Caller) -> Any:
    """A caller whose key is Bo's, of Lille."""
    other = object.__new__(Caller)
    vars(other).update(vars(caller), headers=make_key(caller.session, caller.bo.id))
    caller.session.commit()
    return other


def test_messages_notes_and_files_are_listed_newest_first_and_narrowed_to_a_ticket(caller: Caller) -> None:
    one, two = caller.opened(attachments=[caller.upload("a.pdf")]), caller.opened(text="Et celle-ci ?")
    for number in (one, two):
        for text in ("Alors ?", "Allô ?"):
            body = {"ticket": number, "from": "customer", "text": text}
            assert caller.call("POST", "/messages", body).status_code == 201
        noted(caller, number)
        noted(caller, number, "Rappeler.")
    messages = ids(caller, "/messages")
    assert (len(messages), messages) == (8, sorted(messages, reverse=True)), "with two acknowledgements"
    assert len(ids(caller, f"/messages?ticket={one}")) == 4
    assert (len(ids(caller, "/notes")), len(ids(caller, f"/notes?ticket={two}"))) == (4, 2)
    [file] = caller.call("GET", f"/attachments?ticket={one}").json["attachments"]
    assert (file["name"], file["ticket"]) == ("a.pdf", one)
    assert ids(caller, f"/attachments?ticket={two}") == []


@pytest.mark.parametrize(
    ("path", "index"),
    [
        ("/notes", "ix_ticket_messages_notes"),
        ("/messages", "pk_ticket_messages"),
        ("/attachments", "pk_ticket_attachments"),
    ],
)
def test_a_list_of_all_tickets_walks_an_index_in_its_own_order(
    caller: Caller, session: Session, path: str, index: str
) -> None:
    """The statement as it is asked, with sequential scans and sorts forbidden: page after page of millions of messages."""
    number = caller.opened(attachments=[caller.upload("a.pdf")])
    noted(caller, number)
    session.execute(sql("SET LOCAL enable_seqscan = off"))
    session.execute(sql("SET LOCAL enable_sort = off"))
    session.execute(sql("SET LOCAL enable_bitmapscan = off"))
    with recorded_statements() as asked:
        assert ids(caller, path)
    [listed] = [
        each for each in asked if "ORDER BY" in each[0] and "DESC" in each[0] and "tickets" in each[0]
    ][:1]
    cursor = session.connection().connection.cursor()
    cursor.execute(f"EXPLAIN (COSTS OFF) {listed[0]}", listed[1])
    plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"Index Scan Backward using {index}" in plan, plan
    assert "Sort" not in plan, plan


def test_a_message_and_a_note_sent_twice_are_one(caller: Caller) -> None:
    number = caller.opened()
    body = {"ticket": number, "from": "customer", "text": "Alors ?", "external_id": "7"}
    first, second = (caller.call("POST", "/messages", body).json["message"] for _ in range(2))
    assert first == second
    assert noted(caller, number, external_id="7") == noted(caller, number, external_id="7")


def test_another_store_finds_nothing_and_changes_nothing(caller: Caller) -> None:
    number = caller.opened(attachments=[caller.upload()])
    note = noted(caller, number)
    [file] = ids(caller, "/attachments")
    lille = at_lille(caller)
    assert [ids(lille, path) for path in ("/messages", "/notes", "/attachments")] == [[], [], []]
    for method, path, body in (
        ("GET", f"/messages?ticket={number}", None),
        ("GET", f"/notes?ticket={number}", None),
        ("GET", f"/attachments?ticket={number}", None),
        ("POST", "/messages", {"ticket": number, "from": "customer", "text": "x"}),
        ("POST", "/notes", {"ticket": number, "text": "x"}),
        ("GET", f"/notes/{note}", None),
        ("PATCH", f"/notes/{note}", {"text": "x"}),
        ("PATCH", f"/attachments/{file}", {"name": "x.pdf"}),
    ):
        assert lille.call(method, path, body).status_code == 404, (method, path)
    assert caller.call("GET", f"/notes/{note}").json["note"]["text"] == "Vu."


def test_a_note_is_corrected_by_its_author_and_the_history_says_so(caller: Caller) -> None:
    number = caller.opened()
    note = noted(caller, number, "La lampe est crassée.")
    changed = caller.call("PATCH", f"/notes/{note}", {"text": "La lampe est cassée."})
    assert (changed.status_code, changed.json["note"]["text"]) == (200, "La lampe est cassée.")
    assert changed.json["note"]["edited_at"]
    actions = caller.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-1] == "ticket.note_changed"
    colleague = object.__new__(Caller)
    yves = make_agent(caller.session, "Yves Renard", store_ids=(caller.lyon.id,))
    vars(colleague).update(vars(caller), headers=make_key(caller.session, yves.id))
    caller.session.commit()
    assert colleague.call("PATCH", f"/notes/{note}", {"text": "Autre"}).status_code == 403
    message = caller.call("GET", f"/messages?ticket={number}").json["messages"][-1]
    assert caller.call("PATCH", f"/notes/{message['id']}", {"text": "Autre"}).status_code == 404


def test_a_file_gets_another_name_and_keeps_its_content(caller: Caller) -> None:
    number = caller.opened()
    noted(caller, number, attachments=[caller.upload("scan0001.pdf", b"%PDF-1.4 facture")])
    [file] = ids(caller, "/attachments")
    renamed = caller.call("PATCH", f"/attachments/{file}", {"name": "dossier/facture.pdf"})
    assert renamed.json["attachment"]["name"] == "facture.pdf"
    assert renamed.json["attachment"]["ticket"] == number
    download = caller.call("GET", f"/attachments/{file}")
    assert "facture.pdf" in download.headers["Content-Disposition"]
    assert download.data == b"%PDF-1.4 facture"


def test_files_of_a_customer_of_what_left_and_of_a_colleague_keep_their_names(caller: Caller) -> None:
    number = caller.opened(attachments=[caller.upload("client.pdf")])
    reply = {"ticket": number, "from": "agent", "text": "Voici.", "attachments": [caller.upload("parti.pdf")]}
    assert caller.call("POST", "/messages", reply).status_code == 201
    noted(caller, number, attachments=[caller.upload("note.pdf")])
    colleague = object.__new__(Caller)
    yves = make_agent(caller.session, "Yves Renard", store_ids=(caller.lyon.id,))
    vars(colleague).update(vars(caller), headers=make_key(caller.session, yves.id))
    caller.session.commit()
    own, left, customers = ids(caller, "/attachments")
    for who, file in ((caller, left), (caller, customers), (colleague, own)):
        assert who.call("PATCH", f"/attachments/{file}", {"name": "autre.pdf"}).status_code == 403
    names = [row["name"] for row in caller.call("GET", "/attachments").json["attachments"]]
    assert names == ["note.pdf", "parti.pdf", "client.pdf"]


def test_what_a_note_said_is_readable_below_it_and_found_no_more(caller: Caller) -> None:
    """What the ticket says elsewhere, the lamp, is found still."""
    number = caller.opened()
    note = noted(caller, number, "La lampe est chez Quilleboeuf.", attachments=[caller.upload("avant.pdf")])
    assert caller.call("PATCH", f"/notes/{note}", {"text": "La lampe est au dépôt."}).status_code == 200
    [file] = ids(caller, "/attachments")
    assert caller.call("PATCH", f"/attachments/{file}", {"name": "apres.pdf"}).status_code == 200
    numbers = {word: found_by(caller, word) for word in ("Quilleboeuf", "lampe", "dépôt")}
    assert numbers == {"Quilleboeuf": [], "lampe": [number], "dépôt": [number]}
    message = caller.session.get_one(TicketMessage, note, populate_existing=True)
    texts, names = message.inserted["former"]
    assert texts["from_text"] == "La lampe est chez Quilleboeuf."
    assert (names["from_name"], names["name"]) == ("avant.pdf", "apres.pdf")
    line = caller.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert set(line.data) == {"event_id", "attachment_id"}, "the trail holds no words"


def found_by(caller: Caller, word: str) -> list[str]:
    asked = TicketFilters(view=InboxView.ALL, search=word)
    return [row.number for row in list_tickets(asked, SYSTEM_VIEWER).rows]


@pytest.mark.parametrize("path", ["/messages", "/notes", "/attachments"])
def test_a_misspelt_filter_or_a_mangled_page_is_refused(caller: Caller, path: str) -> None:
    caller.opened(customer=DORA)
    assert caller.call("GET", f"{path}?tiket=1").json["error"]["field"] == "tiket"
    for after in ("x", "WzEuNV0", "WyJhIl0"):
        assert caller.call("GET", f"{path}?after={after}").status_code == 422
