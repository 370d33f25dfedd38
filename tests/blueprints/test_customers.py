"""The customer pages as staff see them: search, card, messages, consents, corrections, and who may do what."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.customers.models import Customer
from hub.customers.queries import get_contactability, get_customer, list_addresses, list_consents
from hub.inbox.actions import reply, undo_reply
from hub.inbox.models import Ticket
from hub.orders.actions import take_in
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, make_emil, make_fay, say_consent
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.orders import an_event, make_order
from tests.makers.outbox import post_draft
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store

EDIT = {
    "title": "madam",
    "first_name": "dora",
    "last_name": "DE LA TOUR",
    "company": "",
    "email": "dora@client.example",
    "phone": "06 12 34 56 78",
    "postcode": "59000",
    "country": "fr",
    "birth_on": "1980-05-17",
    "language": "en",
}


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store) -> Agent:
    return make_agent(session, store_ids=(lyon.id,))


@pytest.fixture
def dora(session: Session) -> Customer:
    return make_customer(session)


@pytest.fixture
def staff(client: FlaskClient, ada: Agent) -> FlaskClient:
    return log_in(client, ada)


def test_a_stranger_is_asked_to_log_in(client: FlaskClient, dora: Customer) -> None:
    for path in ("/customers/", f"/customers/{dora.id}", f"/customers/{dora.id}/edit"):
        assert client.get(path).status_code == 302


def test_the_empty_list_says_where_customers_come_from(staff: FlaskClient) -> None:
    assert "Les clients arrivent avec les commandes" in staff.get("/customers/").text


def test_the_list_is_searched_and_says_when_nobody_matches(
    staff: FlaskClient, dora: Customer, session: Session
) -> None:
    make_emil(session)
    found = staff.get("/customers/?q=lefevre").text
    assert f'href="/customers/{dora.id}"' in found
    assert "06 12 34 56 78" in found
    assert "Emil" not in found
    assert "Aucun client ne correspond à «\u00a0zzz\u00a0»" in staff.get("/customers/?q=zzz").text


def test_the_list_has_pages(staff: FlaskClient, session: Session) -> None:
    for number in range(51):
        make_customer(session, "A", f"Nom{number:02}", mail=f"n{number}@client.example", phone=None)
    first = staff.get("/customers/").text
    assert "Nom49" in first
    assert "Nom50" not in first
    older = first.rpartition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert "Nom50" in staff.get(older.replace("&amp;", "&")).text
    assert staff.get("/customers/?after=nonsense").status_code == 422


def test_the_card_begins_with_the_verdict(
    staff: FlaskClient, dora: Customer, lyon: Store, session: Session
) -> None:
    for number in range(3):
        make_order(session, customer_id=dora.id, store_id=lyon.id, external_id=f"A{number}")
    say_consent()
    page = staff.get(f"/customers/{dora.id}").text
    assert "Cliente fidèle" in page
    assert "3 commandes en 12 mois, dernière commande le 1 mars 2026" in page
    assert "E-mail, offres\u00a0: oui" in page
    assert "Lampe Aurore" in page
    assert "Consentement modifié" in page
    assert session.scalars(select(AuditEntry.action)).all() == ["customer.viewed"]


def test_the_card_is_a_fragment_for_the_ticket_pane(staff: FlaskClient, dora: Customer) -> None:
    page = staff.get(f"/customers/{dora.id}", headers={"HX-Request": "true"}).text
    assert page.lstrip().startswith("<div")
    assert "Aucune commande" in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("days", "words"),
    [(10, "Nouvelle cliente"), (120, "Cliente occasionnelle"), (200, "Pas de commande récente")],
)
def test_one_order_is_new_then_occasional_then_long_ago(
    staff: FlaskClient, dora: Customer, *, lyon: Store, session: Session, days: int, words: str
) -> None:
    placed_at = TUESDAY - timedelta(days=days)
    make_order(session, customer_id=dora.id, store_id=lyon.id, placed_at=placed_at)
    assert words in staff.get(f"/customers/{dora.id}").text


def test_a_customer_that_does_not_exist_is_not_found(staff: FlaskClient, session: Session) -> None:
    assert staff.get("/customers/999999").status_code == 404
    assert session.scalars(select(AuditEntry)).all() == []


def test_tickets_are_shown_to_those_of_the_store_only(
    client: FlaskClient, ada: Agent, dora: Customer, session: Session
) -> None:
    number = make_received().number
    path = f"/customers/{dora.id}"
    mine = log_in(client, ada).get(path).text
    assert "lampe est arrivée cassée" in mine
    assert "1 ticket ouvert" in mine
    assert "Ticket ouvert" in mine
    lille = make_store(session, "Lille", code="LIL")
    bo = make_agent(session, "Bo Petit", store_ids=(lille.id,))
    others = log_in(client, bo).get(path).text
    assert number not in others
    assert "Ticket ouvert" not in others
    max_ = make_agent(session, "Max Petit", role=Role.MARKETER)
    assert number not in log_in(client, max_).get(path).text


def test_the_timeline_tells_orders_newest_first(staff: FlaskClient, lyon: Store) -> None:
    taken = take_in(an_event(), source="shop", now=TUESDAY)
    assert taken.order
    page = staff.get(f"/customers/{taken.order.customer_id}").text
    history = page[page.index("Historique") :]
    assert history.index("Commande livrée") < history.index("Commande passée")
    assert "Commande A1001" in history


def test_the_timeline_counts_no_reply_that_never_left(
    staff: FlaskClient, ada: Agent, session: Session
) -> None:
    ticket = session.get_one(Ticket, make_received().ticket_id)
    first = reply(ticket_id=ticket.id, text="Oups", by=actor_of(ada), now=TUESDAY, undo_seconds=10)
    reply(ticket_id=ticket.id, text="Voici", by=actor_of(ada), now=TUESDAY)
    undo_reply(ticket_id=ticket.id, message_id=first.message_id, by=actor_of(ada), now=TUESDAY)
    page = staff.get(f"/customers/{ticket.customer_id}").text
    history = page[page.index("Historique") :]
    assert history.count("Réponse au client") == 1
    assert history.count("Réponse reprise avant son départ") == 1


def test_the_palette_finds_tickets_on_every_page_of_who_may_read_them(
    staff: FlaskClient, session: Session, dora: Customer
) -> None:
    for path in ("/customers", f"/customers/{dora.id}", "/session/profile"):
        assert 'data-search-href="/inbox/find"' in staff.get(path, follow_redirects=True).text, path
    marketer = make_agent(session, "Max Petit", role=Role.MARKETER)
    marketing = log_in(staff, marketer)
    assert 'data-search-href="/customers/find"' in marketing.get("/session/profile").text
    [found] = marketing.get("/customers/find?q=dora").get_json()
    assert found["hint"] == "dora@client.example · 06 12 34 56 78 · 69003"


def test_messages_are_shown_with_what_was_not_sent_and_why(
    staff: FlaskClient, dora: Customer, session: Session
) -> None:
    post_draft(session, customer_id=dora.id)
    page = staff.get(f"/customers/{dora.id}/messages").text
    assert "Messages, envoyés ou non" in page
    assert "En attente" in page
    assert "Ce client n’est dans aucun parcours." in page


def test_a_statement_is_kept_with_its_proof(staff: FlaskClient, dora: Customer) -> None:
    path = f"/customers/{dora.id}/consents"
    told = {
        "channel": "email",
        "purpose": "promotion",
        "action": "given",
        "wording": "« Souhaitez-vous nos offres ? » Oui.",
        "collection_point": "comptoir",
    }
    assert staff.post(path, data=told).status_code == 303
    assert get_contactability([dora.id])[dora.id].consents == {(Channel.EMAIL, Purpose.PROMOTION)}
    page = staff.get(path).text
    assert "Souhaitez-vous nos offres" in page
    assert "comptoir" in page
    unproved = staff.post(path, data={**told, "wording": ""})
    assert unproved.status_code == 422
    assert "One answer" not in unproved.text


def test_a_statement_needs_an_address(staff: FlaskClient, session: Session) -> None:
    emil = make_emil(session)
    told = {
        "channel": "sms",
        "purpose": "promotion",
        "action": "given",
        "wording": "x",
        "collection_point": "y",
    }
    answer = staff.post(f"/customers/{emil.id}/consents", data=told)
    assert answer.status_code == 422
    assert "pas d’adresse pour ce canal" in answer.text


def test_only_an_administrator_lifts_a_block(client: FlaskClient, ada: Agent, session: Session) -> None:
    fay = make_fay(session)
    path, given = f"/customers/{fay.id}/consents", {"address": "fay@client.example", "purpose": ""}
    page = log_in(client, ada).get(path).text
    assert "la boîte n’existe pas" in page
    assert "Lever le blocage" not in page
    assert client.post(f"/customers/{fay.id}/suppressions/lift", data=given).status_code == 403
    log_in(client, make_agent(session, "Cleo Blanc", role=Role.ADMINISTRATOR))
    assert "Lever le blocage" in client.get(path).text
    assert client.post(f"/customers/{fay.id}/suppressions/lift", data=given).status_code == 303
    assert all(not address.suppressions for address in list_addresses(fay.id))
    assert client.post(f"/customers/{fay.id}/suppressions/lift", data=given).status_code == 404


def test_a_correction_is_saved_clean(staff: FlaskClient, dora: Customer) -> None:
    path = f"/customers/{dora.id}/edit"
    assert 'value="dora@client.example"' in staff.get(path).text
    assert staff.post(path, data=EDIT).status_code == 303
    row = get_customer(dora.id)
    assert (row.name, row.postcode, row.country, row.language) == ("Dora de La Tour", "59000", "FR", "en")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "dora(at)client"}, "n’est pas une adresse e-mail"),
        ({"phone": "12"}, "n’est pas un numéro de téléphone"),
        ({"country": "xx"}, "deux lettres"),
        ({"email": "emil@client.example"}, "appartient à un autre client"),
    ],
)
def test_a_correction_that_cannot_be_says_so_beside_the_field(
    staff: FlaskClient, dora: Customer, session: Session, changes: dict[str, Any], sentence: str
) -> None:
    make_emil(session)
    answer = staff.post(f"/customers/{dora.id}/edit", data={**EDIT, **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert get_customer(dora.id).postcode == "69003"


def test_a_marketer_reads_and_does_not_correct(client: FlaskClient, dora: Customer, session: Session) -> None:
    log_in(client, make_agent(session, "Max Petit", role=Role.MARKETER))
    assert "Corriger" not in client.get(f"/customers/{dora.id}").text
    assert client.get(f"/customers/{dora.id}/edit").status_code == 403
    assert client.post(f"/customers/{dora.id}/edit", data=EDIT).status_code == 403


def test_delivery_staff_do_not_enter(client: FlaskClient, dora: Customer, session: Session) -> None:
    log_in(client, make_agent(session, "Zoe Petit", role=Role.DELIVERY))
    assert client.get("/customers/").status_code == 403


def test_the_pages_speak_english_too(staff: FlaskClient, dora: Customer) -> None:
    assert "No order yet" in staff.get(f"/customers/{dora.id}?lang=en").text


def test_a_card_costs_the_same_however_much_happened(
    staff: FlaskClient, dora: Customer, lyon: Store, session: Session
) -> None:
    def cost() -> int:
        seen: list[str] = []

        def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.startswith(("SELECT", "WITH")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", listen)
        assert staff.get(f"/customers/{dora.id}").status_code == 200
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(seen)

    take_in(an_event(), source="shop", now=TUESDAY)
    make_received()
    before = cost()
    for number in range(5):
        take_in(an_event(external_id=f"B{number}"), source="shop", now=TUESDAY)
        make_received(mail_message_id=f"<{number}@client.example>", from_address="dora@client.example")
    assert cost() == before <= 14  # two of them say who is signed in


def test_only_an_administrator_is_led_to_the_erasure(
    client: FlaskClient, ada: Agent, dora: Customer, session: Session
) -> None:
    path, erasing = f"/customers/{dora.id}/consents", f"/privacy/customers/{dora.id}/erase"
    assert erasing not in log_in(client, ada).get(path).text
    assert client.get(erasing).status_code == 403
    log_in(client, make_agent(session, "Cleo Blanc", role=Role.ADMINISTRATOR))
    assert erasing in client.get(path).text
    assert client.get(erasing).status_code == 200
    assert client.post(f"/customers/{dora.id}/erase").status_code == 404, (
        "one way to erase, that of all rooms"
    )


def test_staff_note_whatsapp_too_and_each_statement_names_its_form(
    staff: FlaskClient, dora: Customer
) -> None:
    told = {
        "channel": "whatsapp",
        "purpose": "promotion",
        "action": "given",
        "wording": "« Par WhatsApp ? » Oui.",
        "collection_point": "comptoir",
    }
    assert staff.post(f"/customers/{dora.id}/consents", data=told).status_code == 303
    assert get_contactability([dora.id])[dora.id].consents == {(Channel.WHATSAPP, Purpose.PROMOTION)}
    [entry] = list_consents(dora.id)
    assert entry.wording_version == "staff-1"
