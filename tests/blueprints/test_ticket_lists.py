"""The lists by HTTP: search in words, saved views, acts on many, calls, the file; each without JavaScript, each in scope."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.inbox.models import CallTask, SavedView, Ticket
from hub.inbox.words import CallState, Priority, TicketState
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house, make_reason, make_received
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_region, make_store

QUERY_LIMIT = 12


class House:
    """Lyon (two tickets) and Lille (one), one in the central queue; a person of each role."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lyon: Store = make_house(session)
        self.region = make_region(session)
        self.lyon.region_id = self.region.id
        self.lille = make_store(session, "Lille", code="LIL", town="Lille")
        self.people: dict[str, Agent] = {
            "agent": make_agent(session, store_ids=(self.lyon.id,)),
            "store": make_agent(session, "Bo Petit", role=Role.STORE_MANAGER, store_ids=(self.lyon.id,)),
            "region": make_agent(
                session, "Ines Roux", role=Role.REGION_MANAGER, region_ids=(self.region.id,)
            ),
            "lille": make_agent(session, "Luc Noir", store_ids=(self.lille.id,)),
            "head": make_agent(session, "Cleo Marchand", role=Role.HEAD_OFFICE),
            "manager": make_agent(session, "Max Blanc", role=Role.MANAGER),
        }
        rows = [
            ("Lampe", "lyon-part-dieu@hub.example"),
            ("=cmd|calc", "lyon-part-dieu@hub.example"),
            ("Bougie", "lille@hub.example"),
            ("Partenariat", "info@hub.example"),
        ]
        self.numbers = [
            make_received(subject=subject, recipients=(to,), mail_message_id=f"<{subject}@x>").number or ""
            for subject, to in rows
        ]

    def ticket(self, place: int) -> Ticket:
        self.session.expire_all()
        return self.session.scalars(select(Ticket).where(Ticket.number == self.numbers[place])).one()


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


@pytest.fixture
def ada(house: House, client: FlaskClient) -> FlaskClient:
    return log_in(client, house.people["agent"])


SEEN = {
    "agent": {"Lampe", "=cmd|calc"},
    "store": {"Lampe", "=cmd|calc"},
    "region": {"Lampe", "=cmd|calc"},
    "lille": {"Bougie"},
    "head": {"Lampe", "=cmd|calc", "Bougie", "Partenariat"},
}


@pytest.mark.parametrize("who", list(SEEN))
def test_list_search_find_and_file_show_the_same_scope(house: House, client: FlaskClient, who: str) -> None:
    browser = log_in(client, house.people[who])
    for address in ("/inbox/?view=all", "/inbox/?q=bonjour", "/inbox/?q=état:ouvert", "/inbox/?view=open"):
        page = browser.get(address).text
        subjects = set(re.findall(r'<p class="row-subject">(?:<span.*?</span>)?([^<]*)</p>', page))
        assert subjects == SEEN[who], (who, address)
    lines = list(csv.reader(io.StringIO(browser.get("/inbox/export.csv?view=all").text), delimiter=";"))
    assert {line[1].removeprefix("'") for line in lines[1:]} == SEEN[who]
    assert len(browser.get("/inbox/find?q=bonjour").get_json()) == len(SEEN[who])


def test_the_file_opens_in_a_spreadsheet_and_runs_nothing(ada: FlaskClient) -> None:
    answer = ada.get("/inbox/export.csv?q=magasin:lyon")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "text/csv" in answer.headers["Content-Type"]
    assert "'=cmd|calc" in answer.text
    assert not re.search(r'(^|;)"?=', answer.text, re.MULTILINE)
    assert answer.text.count("\n") == 3


def test_filters_are_shown_as_chips_that_can_be_taken_off(ada: FlaskClient) -> None:
    page = ada.get("/inbox/?q=magasin:lyon+est:à-répondre+lampe").text
    assert "Magasin : lyon" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert "q=magasin:lyon+est:%C3%A0-r%C3%A9pondre" in page
    assert ">Lampe</p>" in page
    assert "cmd|calc" not in page


def test_what_is_not_understood_is_said_with_a_link(house: House, ada: FlaskClient) -> None:
    page = ada.get("/inbox/?q=magasin:lion").text
    assert "Aucun magasin ne s’appelle" in page
    assert ">Lyon Part-Dieu</a>" in page
    assert "Essayez" in page or "Lampe" not in page


def test_suggestions_are_offered_as_json(ada: FlaskClient) -> None:
    rows = ada.get("/inbox/suggest-words?q=lampe+mag").get_json()
    assert rows[0]["search"] == "lampe magasin:"
    assert ada.get("/inbox/suggest-words?q=lampe").get_json() == []


def test_pages_ask_few_questions_of_the_database(ada: FlaskClient, house: House) -> None:
    ada.post(
        "/inbox/views/new", data={"name": "Mine", "query": "assigné:moi", "sort": "due", "reach": "personal"}
    )
    for address in (
        "/inbox/", "/inbox/?q=magasin:lyon+motif:rien", "/inbox/view-counts", "/inbox/views", "/inbox/calls",
        "/inbox/?q=lampe+étiquette:x", "/inbox/?q=lmape",
    ):  # fmt: skip
        with counted_statements() as seen:
            assert ada.get(address).status_code == 200
        assert len(seen) <= QUERY_LIMIT, (address, len(seen))


def test_a_view_is_saved_opened_counted_renamed_and_deleted(house: House, ada: FlaskClient) -> None:
    made = ada.post(
        "/inbox/views/new",
        data={"name": "Lampes", "query": "lampe", "sort": "changed", "reach": "personal"},
        follow_redirects=True,
    )
    assert ">Lampe</p>" in made.text
    assert "cmd|calc" not in made.text
    assert "Lampes" in made.text
    ada.post("/inbox/views/new", data={"name": "À faire", "query": "", "sort": "due", "reach": "personal"})
    first, second = house.session.scalars(select(SavedView).order_by(SavedView.id)).all()
    counted = ada.get("/inbox/view-counts").text
    assert re.search(r'À faire <span class="chip num">2</span>', counted)
    assert "Lampes <span" not in counted
    ada.post(f"/inbox/views/{second.id}/move", data={"to": "up"})
    page = ada.get("/inbox/views").text
    assert page.index("À faire") < page.index("Lampes")
    ada.post(
        f"/inbox/views/{first.id}/edit",
        data={"name": "Lustres", "query": "lampe", "sort": "due", "reach": "personal"},
    )
    assert "Lustres" in ada.get("/inbox/views").text
    ada.post("/inbox/views/default", data={"view": first.id})
    assert "cmd|calc" not in ada.get("/inbox/").text
    assert "cmd|calc" in ada.get("/inbox/?view=waiting").text
    ada.post(f"/inbox/views/{first.id}/delete")
    assert "cmd|calc" in ada.get("/inbox/").text


@pytest.mark.parametrize(
    ("who", "reach", "readers"),
    [
        ("agent", "personal", {"agent"}),
        ("store", "store", {"agent", "store", "region"}),
        ("head", "chain", {"agent", "store", "region", "lille", "head"}),
        ("agent", "store", set()),
        ("agent", "chain", set()),
        ("store", "chain", set()),
    ],
)
def test_views_are_shared_as_far_as_one_may(
    house: House, client: FlaskClient, who: str, reach: str, readers: set[str]
) -> None:
    form = {
        "name": "Partagée",
        "query": "lampe",
        "sort": "due",
        "reach": reach,
        "store_id": str(house.lyon.id) if reach == "store" else "",
    }
    log_in(client, house.people[who]).post("/inbox/views/new", data=form)
    row = house.session.scalars(select(SavedView)).first()
    assert (row is None) == (not readers)
    if row is None:
        return
    for other in SEEN:
        browser = log_in(client, house.people[other])
        assert ("Partagée" in browser.get("/inbox/views").text) == (other in readers), other
        status = browser.get(f"/inbox/?saved={row.id}").status_code
        assert status == (200 if other in readers else 404)
        if other != who and not (other == "region" and reach == "store"):
            assert browser.post(f"/inbox/views/{row.id}/delete").status_code in {403, 404}


def test_ticked_tickets_are_acted_on_and_put_back_without_script(house: House, ada: FlaskClient) -> None:
    page = ada.get("/inbox/").text
    assert page.count('name="ticket"') == 2
    assert ada.post("/inbox/bulk", data={}).status_code == 303
    choose = ada.post("/inbox/bulk", data={"ticket": house.numbers[:2], "view": "waiting"})
    assert "2 tickets" in choose.text
    done = ada.post(
        "/inbox/bulk/do",
        data={"numbers": " ".join(house.numbers), "act": "priority", "priority": "urgent"},
        follow_redirects=True,
    )
    assert "2 tickets" in done.text
    assert house.numbers[2] in done.text
    assert "n’est pas" in done.text
    assert [house.ticket(place).priority for place in range(3)] == [
        Priority.URGENT,
        Priority.URGENT,
        Priority.NORMAL,
    ]
    undo = re.search(r'action="(/inbox/bulk/\d+/undo)"', done.text)
    assert undo
    assert "2 tickets" in ada.post(undo[1], follow_redirects=True).text
    assert house.ticket(0).priority is Priority.NORMAL


def test_all_results_of_a_search_are_acted_on(house: House, ada: FlaskClient) -> None:
    reason = make_reason(house.session)
    data = {"all": "1", "q": "lampe", "act": "solve", "reason": reason.id, "forced": "1"}
    ada.post("/inbox/bulk/do", data=data)
    assert [house.ticket(place).state for place in range(2)] == [TicketState.SOLVED, TicketState.NEW]


def test_a_manager_who_only_reads_acts_on_nothing(house: House, client: FlaskClient) -> None:
    browser = log_in(client, house.people["manager"])
    assert 'name="ticket"' not in browser.get("/inbox/?view=all").text
    for address in ("/inbox/bulk", "/inbox/bulk/do", "/inbox/calls/new"):
        assert browser.post(address, data={"numbers": house.numbers[0]}).status_code == 403


def test_a_call_from_the_ticket_to_the_customers_timeline(house: House, ada: FlaskClient) -> None:
    dora = make_customer(house.session, mail=None)
    ticket = house.ticket(0)
    ticket.customer_id = dora.id
    house.session.flush()
    new = f"/inbox/calls/new?ticket={ticket.number}"
    assert new.replace("?", "?") in ada.get(f"/inbox/{ticket.number}/change").text
    due = "2026-03-03T12:00"
    refused = ada.post(new, data={"ticket": ticket.number, "script": "", "due_at": due})
    assert refused.status_code == 422
    ada.post(new, data={"ticket": ticket.number, "script": "Prévenir", "due_at": due, "assignee": ""})
    page = ada.get("/inbox/calls").text
    assert 'href="tel:+33612345678"' in page
    assert "Prévenir" in page
    task = house.session.scalars(select(CallTask)).one()
    assert task.due_at.isoformat().startswith("2026-03-03T11:00")
    again = ada.post(f"/inbox/calls/{task.id}/log", data={"outcome": "call_again"})
    assert again.status_code == 422
    ada.post(f"/inbox/calls/{task.id}/log", data={"outcome": "reached", "note": "Elle attend samedi"})
    assert house.session.scalars(select(CallTask.state)).one() is CallState.DONE
    assert house.ticket(0).waiting_since is None
    card = ada.get(f"/customers/{dora.id}").text
    assert "Client appelé" in card
    assert f"/inbox/calls/new?customer={dora.id}" in card


def test_calls_of_other_stores_stay_shut(house: House, client: FlaskClient) -> None:
    dora = make_customer(house.session, mail=None)
    browser = log_in(client, house.people["agent"])
    browser.post(
        "/inbox/calls/new",
        data={"customer": dora.id, "script": "x", "due_at": "2026-03-03T12:00", "store_id": house.lyon.id},
    )
    task = house.session.scalars(select(CallTask)).one()
    browser = log_in(client, house.people["lille"])
    for address in (f"/inbox/calls/{task.id}", f"/inbox/calls/{task.id}/log", f"/inbox/calls/{task.id}/drop"):
        assert browser.open(address, method="GET" if address[-1].isdigit() else "POST").status_code == 404
    assert "tel:" not in browser.get("/inbox/calls?list=all").text


def test_keys_are_taught_on_the_pages(house: House, ada: FlaskClient) -> None:
    page = ada.get(f"/inbox/{house.numbers[0]}").text
    for key in ("a", "e", "m"):
        assert f'data-shortcut="{key}"' in page
    assert 'data-shortcut="#"' in ada.get(f"/inbox/{house.numbers[0]}/change").text
    assert 'data-shortcut="b"' in ada.get("/inbox/").text
    house.people["agent"].has_shortcuts = False
    house.session.flush()
    assert 'data-shortcuts="off"' in ada.get("/inbox/").text


def test_the_palette_finds_customers_by_name_mail_and_phone_for_those_who_may_read_them(
    session: Session, client: FlaskClient
) -> None:
    make_house(session)
    make_customer(session, "Zoé", "Palette", mail="zoe@palette.example", phone="+33611223344")
    ada = make_agent(session, role=Role.ADMINISTRATOR)
    marketer = make_agent(session, "Mia Faure", role=Role.MARKETER)
    delivery = make_agent(
        session, "Dan Petit", role=Role.DELIVERY, store_ids=(make_store(session, "Lille", code="LIL").id,)
    )
    session.commit()
    for who, path in ((ada, "/inbox/find"), (marketer, "/customers/find")):
        log_in(client, who)
        for words in ("palette", "zoe@palette.example", "06 11 22 33 44"):
            found = client.get(path, query_string={"q": words}).get_json()
            assert [row["label"] for row in found] == ["Zoé Palette"], (who.role, words)
        assert client.get(path, query_string={"q": "z"}).get_json() == []
    log_in(client, delivery)
    assert client.get("/customers/find?q=palette").status_code == 403
