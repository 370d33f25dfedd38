"""The inbox by HTTP: lists, tickets, answers, who may see and do what."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from hub.core import files
from hub.core.db import db
from hub.core.words import Language
from hub.inbox.actions import IncomingFile, add_note, change_reason
from hub.inbox.actions import reply as send_reply
from hub.inbox.models import Draft, Ticket, TicketAttachment, TicketMessage
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.knowledge.actions import save_article, save_standard_reply
from hub.knowledge.queries import list_standard_replies
from hub.knowledge.uses import count_uses
from hub.knowledge.words import ArticleState
from hub.reactions.drain import work_facts
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store

QUERY_LIMIT = 12


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store, client: FlaskClient) -> Agent:
    """Ada of Lyon, signed in."""
    agent = make_agent(session, store_ids=(lyon.id,))
    sign_in(client, agent)
    return agent


def sign_in(client: FlaskClient, agent: Agent) -> None:
    """Whoever was logged in is not any more."""
    client.post("/session/sign-out")
    log_in(client, agent)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements run inside, but not savepoints."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def ticket_of(session: Session) -> Ticket:
    session.expire_all()
    return session.scalars(select(Ticket).order_by(Ticket.id)).first()  # type: ignore[return-value]  # there is one


def field(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


def test_the_list_says_who_waits_and_until_when(session: Session, client: FlaskClient, ada: Agent) -> None:
    make_received()
    page = client.get("/inbox/").text
    assert "Dora Lefèvre" in page
    assert "Ma lampe est arrivée cassée" in page
    assert "à répondre avant" in page
    assert 'lang="fr"' in page


def test_a_late_ticket_says_so_in_words(client: FlaskClient, ada: Agent, hand_clock: HandClock) -> None:
    make_received()
    hand_clock.move(days=2)
    assert "en retard de" in client.get("/inbox/").text
    client.get("/inbox/?lang=en")
    assert " late<" in client.get("/inbox/?view=all").text


def test_the_ticket_page_shows_the_thread_and_names_the_customer(client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    page = client.get(f"/inbox/{number}").text
    assert "que dois-je faire" in page
    assert "Envoyer à Dora" in page
    assert "Écrit à l’adresse du magasin" in page


def test_the_pages_speak_english_too(client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    client.get("/inbox/?lang=en")
    page = client.get(f"/inbox/{number}").text
    assert "Send to Dora" in page
    assert "Written to the address of the store (certain)" in page


def test_list_and_ticket_ask_few_questions_of_the_database(
    session: Session, client: FlaskClient, ada: Agent, lyon: Store
) -> None:
    bo = make_agent(session, "Bo Marchand", store_ids=(lyon.id,))
    for count in range(6):
        found = make_received(
            mail_message_id=f"<{count}@client.example>", from_address=f"c{count}@client.example"
        )
        client.post(f"/inbox/{found.number}/assign", data={"assignee": str(bo.id if count % 2 else ada.id)})
    client.post(f"/inbox/{found.number}/reply", data={"text": "Oui, demain.", "key": "a"})
    client.post(f"/inbox/{found.number}/reason", data={"reason": str(make_reason(session).id)})
    for path in ("/inbox/", "/inbox/?view=all&q=lampe", f"/inbox/{found.number}"):
        session.expire_all()
        with counted() as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= QUERY_LIMIT, "\n".join(seen)


def test_a_ticket_of_another_store_does_not_exist(session: Session, client: FlaskClient, ada: Agent) -> None:
    make_store(session, "Lille Centre", code="LIL")
    number = make_received(recipients=("lille-centre@hub.example",)).number
    assert client.get(f"/inbox/{number}").status_code == 404
    assert number not in client.get("/inbox/?view=all").text
    for act in ("reply", "note", "solve", "reopen", "pending", "assign", "transfer", "reason", "priority", "spam",
                "merge", "undo", "draft", "presence", "keep", "call"):  # fmt: skip
        assert client.post(f"/inbox/{number}/{act}", data={"text": "x"}).status_code == 404, act


def test_a_manager_reads_but_does_not_answer(session: Session, client: FlaskClient, lyon: Store) -> None:
    sign_in(client, make_agent(session, "Max Roy", role=Role.MANAGER))
    number = make_received().number
    page = client.get(f"/inbox/{number}").text
    assert "Envoyer à Dora" not in page
    assert client.post(f"/inbox/{number}/reply", data={"text": "x"}).status_code == 403
    assert client.get("/inbox/new").status_code == 403


def test_somebody_without_the_right_does_not_enter(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    sign_in(client, make_agent(session, "Lou Petit", role=Role.DELIVERY, store_ids=(lyon.id,)))
    assert client.get("/inbox/").status_code == 403
    client.post("/session/sign-out")
    assert client.get("/inbox/").status_code == 302


def test_a_reply_sent_twice_is_one_message(session: Session, client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    page = client.get(f"/inbox/{number}").text
    data = {
        "text": "Un pied part ce soir.",
        "key": field(page, "key"),
        "last_event_id": field(page, "last_event_id"),
    }
    for _ in range(2):
        assert client.post(f"/inbox/{number}/reply", data=data).status_code == 303
    count = select(func.count()).select_from(TicketMessage).where(TicketMessage.kind == MessageKind.AGENT)
    assert session.scalar(count) == 1
    assert ticket_of(session).waiting_since is None
    assert "Un pied part ce soir." in client.get(f"/inbox/{number}").text


def test_a_reply_can_be_taken_back_while_it_waits(
    session: Session, client: FlaskClient, ada: Agent, hand_clock: HandClock
) -> None:
    number = make_received().number
    client.post(f"/inbox/{number}/reply", data={"text": "Trop vite", "key": "a"})
    page = client.get(f"/inbox/{number}").text
    assert "Annuler l’envoi" in page
    client.post(f"/inbox/{number}/undo", data={"message_id": field(page, "message_id")})
    page = client.get(f"/inbox/{number}").text
    assert "Trop vite</textarea>" in page
    assert "Annuler l’envoi" not in page
    assert ticket_of(session).waiting_since is not None


def test_after_the_window_nothing_is_taken_back(
    client: FlaskClient, ada: Agent, hand_clock: HandClock
) -> None:
    number = make_received().number
    client.post(f"/inbox/{number}/reply", data={"text": "Trop tard", "key": "a"})
    hand_clock.move(seconds=11)
    assert "Annuler l’envoi" not in client.get(f"/inbox/{number}").text


def test_somebody_was_faster(session: Session, client: FlaskClient, ada: Agent, lyon: Store) -> None:
    found = make_received()
    seen = field(client.get(f"/inbox/{found.number}").text, "last_event_id")
    bo = make_agent(session, "Bo Marchand", store_ids=(lyon.id,))
    send_reply(ticket_id=found.ticket_id or 0, text="C’est réglé.", by=actor_of(bo), now=TUESDAY)
    mine = {"text": "Je m’en occupe.", "key": "a", "last_event_id": seen}
    answer = client.post(f"/inbox/{found.number}/reply", data=mine)
    assert answer.status_code == 409
    assert "Bo Marchand a répondu" in answer.text
    assert "C’est réglé." in answer.text
    assert "Je m’en occupe.</textarea>" in answer.text
    assert client.post(f"/inbox/{found.number}/keep", data=mine).status_code == 303
    assert "Je m’en occupe.</textarea>" in client.get(f"/inbox/{found.number}").text
    assert client.post(f"/inbox/{found.number}/reply", data={**mine, "is_forced": "1"}).status_code == 303
    assert "Je m’en occupe." in client.get(f"/inbox/{found.number}").text
    client.post(f"/inbox/{found.number}/keep", data={**mine, "drop": "1"})
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_closed_ticket_offers_a_linked_one(session: Session, client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    client.post(f"/inbox/{number}/spam")
    answer = client.post(f"/inbox/{number}/reply", data={"text": "Encore une chose", "key": "a"})
    assert answer.status_code == 409
    assert "Ouvrir un ticket lié" in answer.text
    assert f"after={number}" in answer.text
    page = client.get(f"/inbox/new?after={number}&customer={ticket_of(session).customer_id}&text=Encore")
    assert "Encore</textarea>" in page.text
    assert number in page.text


def test_an_empty_reply_says_what_to_do(client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    answer = client.post(f"/inbox/{number}/reply", data={"text": "  "}, follow_redirects=True)
    assert "Écrivez quelque chose avant d’envoyer." in answer.text


def test_a_note_is_no_answer(session: Session, client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    client.post(f"/inbox/{number}/reply", data={"text": "Vu avec l’entrepôt", "mode": "note"})
    page = client.get(f"/inbox/{number}").text
    assert "Vu avec l’entrepôt" in page
    assert "note interne" in page
    assert ticket_of(session).waiting_since is not None


def test_a_draft_comes_back_as_what_it_was(client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    assert client.post(f"/inbox/{number}/draft", data={"text": "à moitié", "mode": "note"}).status_code == 204
    page = client.get(f"/inbox/{number}").text
    assert "à moitié</textarea>" in page
    assert "data-note-mode checked" in page


def test_a_draft_is_kept_once_and_gone_when_used(session: Session, client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    for text in ("à moi", "à moitié"):
        client.post(f"/inbox/{number}/draft", data={"text": text, "mode": "reply"})
    assert session.scalar(select(func.count()).select_from(Draft)) == 1
    client.post(f"/inbox/{number}/reply", data={"text": "entier", "key": "a"})
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_solving_asks_why_the_customer_wrote(session: Session, client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    reason = make_reason(session)
    answer = client.post(f"/inbox/{number}/solve", data={})
    assert answer.status_code == 422
    assert "Choisissez pourquoi" in answer.text
    assert client.post(f"/inbox/{number}/solve", data={"reason": str(reason.id)}).status_code == 303
    assert ticket_of(session).state is TicketState.SOLVED
    assert "Résolu\u00a0: Motif delivery, par Ada Martin" in client.get(f"/inbox/{number}").text
    client.post(f"/inbox/{number}/reopen")
    assert ticket_of(session).state is TicketState.OPEN


def test_changes_that_the_customer_does_not_see(
    session: Session, client: FlaskClient, ada: Agent, lyon: Store
) -> None:
    number = make_received().number
    reason = make_reason(session, is_grievance=True)
    assert client.get(f"/inbox/{number}/change").status_code == 200
    client.post(f"/inbox/{number}/assign", data={"assignee": "me"})
    client.post(f"/inbox/{number}/reason", data={"reason": str(reason.id)})
    client.post(f"/inbox/{number}/priority", data={"priority": "high"})
    row = ticket_of(session)
    assert (row.assignee_id, row.reason_id, row.priority) == (ada.id, reason.id, Priority.HIGH)
    stranger = make_agent(session, "Cy Noir", store_ids=(make_store(session, "Lille Centre", code="LIL").id,))
    answer = client.post(
        f"/inbox/{number}/assign", data={"assignee": str(stranger.id)}, follow_redirects=True
    )
    assert "ne travaille pas dans le magasin" in answer.text
    answer = client.post(f"/inbox/{number}/pending", follow_redirects=True)
    assert "Le client attend une réponse" in answer.text


def test_a_transfer_leaves_the_old_store(session: Session, client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    lille = make_store(session, "Lille Centre", code="LIL")
    answer = client.post(f"/inbox/{number}/transfer", data={"store": str(lille.id)})
    assert answer.headers["Location"].endswith("/inbox/")
    assert client.get(f"/inbox/{number}").status_code == 404


def test_two_tickets_of_one_customer_become_one(client: FlaskClient, ada: Agent) -> None:
    first = make_received()
    second = make_received(
        mail_message_id="<2@client.example>", subject="La lampe, suite", text="J’oubliais ceci."
    )
    answer = client.post(f"/inbox/{second.number}/merge", data={"into": first.number}, follow_redirects=True)
    assert "J’oubliais ceci." in answer.text
    assert "fusionné dans celui-ci" in answer.text


def test_a_call_that_reached_the_customer_ends_the_wait(
    session: Session, client: FlaskClient, ada: Agent
) -> None:
    number = make_received().number
    assert client.get(f"/inbox/{number}/call").status_code == 200
    assert client.post(f"/inbox/{number}/call", data={"text": ""}).status_code == 422
    client.post(f"/inbox/{number}/call", data={"text": "Rappelée, tout va bien.", "has_reached": "1"})
    assert ticket_of(session).waiting_since is None
    assert "client joint" in client.get(f"/inbox/{number}").text


def test_presence_names_the_others(session: Session, client: FlaskClient, ada: Agent, lyon: Store) -> None:
    number = make_received().number
    assert client.post(f"/inbox/{number}/presence", data={"doing": "writing"}).json == {"text": ""}
    sign_in(client, make_agent(session, "Bo Marchand", store_ids=(lyon.id,)))
    answer = client.post(f"/inbox/{number}/presence", data={"doing": "viewing"})
    assert answer.json == {"text": "Ada Martin écrit dans ce ticket."}


def test_new_tickets_are_counted_since_the_newest_on_screen(client: FlaskClient, ada: Agent) -> None:
    make_received()
    path = re.search(r'data-href="([^"]*new-count[^"]*)"', client.get("/inbox/").text)
    assert path
    assert client.get(path[1]).json["count"] == 0  # type: ignore[index]  # there is JSON
    make_received(mail_message_id="<2@client.example>", from_address="autre@client.example")
    assert client.get(path[1]).json == {"count": 1, "text": "1 nouveau"}


def test_a_file_is_a_download_for_those_who_see_the_ticket(
    session: Session, client: FlaskClient, ada: Agent
) -> None:
    digest = files.keep(b"<script>alert(1)</script>")
    make_received(attachments=(IncomingFile("page.html", "text/html", 25, digest),))
    file_id = session.scalar(select(TicketAttachment.id))
    answer = client.get(f"/inbox/file/{file_id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    sign_in(client, make_agent(session, "Cy Noir", store_ids=(make_store(session, "Lille", code="LIL").id,)))
    assert client.get(f"/inbox/file/{file_id}").status_code == 404


def test_the_layout_of_a_mail_may_do_nothing(session: Session, client: FlaskClient, ada: Agent) -> None:
    found = make_received(html="<p>Bonjour</p>")
    answer = client.get(f"/inbox/{found.number}/html/{found.message_id}")
    assert answer.text == "<p>Bonjour</p>"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_search_finds_words_of_a_message(client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    assert "Dora Lefèvre" in client.get("/inbox/?q=cassees").text
    assert "Rien trouvé" in client.get("/inbox/?q=aspirateur").text
    assert client.get("/inbox/find?q=lampe").json[0]["href"] == f"/inbox/{number}"  # type: ignore[index]  # a list


def test_unknown_parameters_change_nothing(client: FlaskClient, ada: Agent) -> None:
    assert client.get("/inbox/?view=nothing&store=x&state=odd").status_code == 200
    assert client.get("/inbox/?after=mangled").status_code == 422


def test_an_empty_list_names_what_is_due_next(client: FlaskClient, ada: Agent) -> None:
    assert "Personne n’attend" in client.get("/inbox/").text
    make_received()
    page = client.get("/inbox/?view=mine").text
    assert "Cette liste est vide" in page
    assert "Prochaine réponse\u00a0: Dora Lefèvre" in page


def test_a_contact_at_the_counter(session: Session, client: FlaskClient, ada: Agent, lyon: Store) -> None:
    data = {"store": str(lyon.id), "channel": "counter", "last_name": "Roux", "phone": "06 39 98 12 34",
            "text": "Veut échanger une veste.", "outcome": "later"}  # fmt: skip
    answer = client.post("/inbox/new", data=data, follow_redirects=True)
    assert "Veut échanger une veste." in answer.text
    assert "Noté au magasin" in answer.text
    assert ticket_of(session).assignee_id == ada.id
    refused = client.post("/inbox/new", data={**data, "phone": "12"})
    assert refused.status_code == 422
    assert "n’est pas" in refused.text
    assert "Veut échanger une veste.</textarea>" in refused.text


def test_a_contact_sent_twice_is_noted_once(
    session: Session, client: FlaskClient, ada: Agent, lyon: Store
) -> None:
    """A press repeated while the hub is slow, also of one that is settled at once; the next page is another contact."""
    data = {"store": str(lyon.id), "channel": "counter", "last_name": "Roux", "text": "Veut échanger une veste.",
            "outcome": "settled", "reason": str(make_reason(session).id)}  # fmt: skip
    keys = []
    for _ in range(2):
        found = re.search(r'name="once"[^>]*value="(\w+)"', client.get("/inbox/new").text)
        assert found is not None
        keys.append(found[1])
    places = [client.post("/inbox/new", data={**data, "once": key}).location for key in (*keys, keys[0])]
    assert places[0] == places[2] != places[1]
    assert session.scalar(select(func.count()).select_from(Ticket)) == 2


def test_a_contact_settled_on_the_spot(
    session: Session, client: FlaskClient, ada: Agent, lyon: Store
) -> None:
    dora = make_customer(session)
    data = {"store": str(lyon.id), "channel": "phone", "customer_id": str(dora.id), "text": "Horaires.",
            "outcome": "settled"}  # fmt: skip
    assert "Dora Lefèvre" in client.get("/inbox/new?q=dora").text
    assert client.post("/inbox/new", data=data).status_code == 422
    assert session.scalar(select(func.count()).select_from(Ticket)) == 0
    data["reason"] = str(make_reason(session).id)
    assert client.post("/inbox/new", data=data).status_code == 303
    assert (ticket_of(session).state, ticket_of(session).customer_id) == (TicketState.SOLVED, dora.id)


def test_merged_and_changed_tickets_still_ask_little(
    session: Session, client: FlaskClient, ada: Agent
) -> None:
    found = make_received()
    ticket_id = found.ticket_id or 0
    add_note(ticket_id=ticket_id, text="Vu.", by=actor_of(ada), now=TUESDAY)
    change_reason(ticket_id=ticket_id, reason_id=make_reason(session).id, by=actor_of(ada), now=TUESDAY)
    for count in range(15):
        moment = TUESDAY + timedelta(minutes=count)
        send_reply(ticket_id=ticket_id, text=f"Réponse {count}", by=actor_of(ada), now=moment)
    session.expire_all()
    with counted() as seen:
        client.get(f"/inbox/{found.number}")
    assert len(seen) <= QUERY_LIMIT


def test_standard_replies_come_filled(session: Session, client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    body = "{{ customer.salutation }}, la commande {{ order.number }} part ce soir. {{ agent.name }}"
    save_standard_reply(
        reply_id=None,
        language=Language.FRENCH,
        title="Départ ce soir",
        body=body,
        by=actor_of(ada),
        now=TUESDAY,
    )
    page = client.get(f"/inbox/{number}/suggestions?q=depart", headers={"HX-Request": "true"}).text
    assert "Bonjour Dora, la commande [à compléter : numéro de commande] part ce soir. Ada Martin" in page
    assert "Utiliser ce texte" in client.get(f"/inbox/{number}/suggestions").text
    assert "Aucune réponse type" in client.get(f"/inbox/{number}/suggestions?q=aspirateur").text
    reply_id = re.search(r'data-insert-id="(\d+)"', page)
    assert reply_id
    filled = "Bonjour Dora, la commande A-1 part ce soir. Ada Martin"
    sent = {"text": filled, "standard_reply_id": [reply_id[1], reply_id[1], "9" * 5_000], "key": "a"}
    client.post(f"/inbox/{number}/reply", data=sent)
    client.post(f"/inbox/{number}/reply", data=sent)
    work_facts(lambda: None)
    assert list_standard_replies(search="depart")[0].used_count == 1
    figures = count_uses(reply_id=int(reply_id[1]), since=TUESDAY)
    assert (figures.used, figures.edited, figures.solved) == (1, 1, 0)


def test_a_standard_reply_leaves_only_when_it_is_completed(
    session: Session, client: FlaskClient, ada: Agent
) -> None:
    number = make_received().number
    holed = "La commande [à compléter : numéro de commande] part ce soir."
    shown = client.post(
        f"/inbox/{number}/reply", data={"text": holed, "key": "a"}, follow_redirects=True
    ).text
    assert "Complétez ou retirez ce qui est entre crochets" in shown
    assert f"{holed}</textarea>" in shown
    later = client.post(
        f"/inbox/{number}/schedule", data={"text": holed, "day": "2026-07-20", "time": "10:00"}
    )
    assert (later.status_code, "numéro de commande." in later.text) == (422, True)
    assert session.scalar(select(func.count()).where(TicketMessage.kind == MessageKind.AGENT)) == 0
    client.post(f"/inbox/{number}/reply", data={"text": "La commande A-1 part ce soir.", "key": "b"})
    assert session.scalar(select(func.count()).where(TicketMessage.kind == MessageKind.AGENT)) == 1


def test_internal_articles_are_read_but_not_sent(session: Session, client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    for title, state in (
        ("Lampe cassée", ArticleState.PUBLISHED),
        ("Lampe cassée, marge", ArticleState.INTERNAL),
    ):
        save_article(
            article_id=None, language=Language.FRENCH, title=title, summary="", body=f"Que faire : {title}.",
            state=state, by=actor_of(ada), now=TUESDAY,
        )  # fmt: skip
    page = client.get(f"/inbox/{number}/suggestions", headers={"HX-Request": "true"}).text
    assert 'data-insert="Que faire : Lampe cassée."' in page
    assert 'data-insert="Que faire : Lampe cassée, marge."' not in page
    assert "Lampe cassée, marge" in page
