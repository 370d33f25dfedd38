"""The chat by HTTP: who may show it, what it says, polling in both directions, the set-up, limits."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hub.core import clock, live
from hub.core.live import PENDING, NewsKind
from hub.core.words import Channel
from hub.inbox import actions
from hub.inbox.models import Presence, Ticket, TicketMessage
from hub.inbox.words import PresenceKind
from hub.knowledge.uses import count_uses
from hub.reactions.drain import work_facts
from hub.staff.actions import note_attendance
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from tests.makers.counting import counted_statements
from tests.makers.inbox import actor_of, make_house, make_incoming, make_received
from tests.makers.knowledge import make_reply
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store

SHOP = "https://www.verel.example"
Ask = Callable[..., TestResponse]


@pytest.fixture
def store(session: Session) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, store: Store) -> Agent:
    return make_agent(session, store_ids=(store.id,))


@pytest.fixture
def ask(client: FlaskClient, store: Store) -> Ask:
    """The widget of Lyon on the chain's site."""

    def post(path: str, origin: str | None = SHOP, **fields: Any) -> TestResponse:
        headers = {"Accept": "application/json", **({"Origin": origin} if origin else {})}
        form = {"store": store.slug, "lang": "fr", "page": f"{SHOP}/lampes", **fields}
        return client.post(f"/chat/{path}", data=form, headers=headers)

    return post


def be_there(session: Session, agent: Agent) -> None:
    note_attendance(agent_id=agent.id, machine_now=clock.machine_now())
    session.commit()


def json_of(answer: TestResponse) -> dict[str, Any]:
    """The object that was answered."""
    found = answer.get_json()
    assert isinstance(found, dict)
    return found


def part_of(page: str, pattern: str) -> str:
    """What stands in the brackets of the pattern."""
    found = re.search(pattern, page)
    assert found is not None, pattern
    return found[1]


def open_chat(ask: Ask, **fields: Any) -> dict[str, Any]:
    answer = ask("open", text="Bonjour", key="k1", **fields)
    assert answer.status_code == 201, answer.text
    chat: dict[str, Any] = json_of(answer)["chat"]
    return chat


def test_only_sites_of_the_list_get_an_answer(
    session: Session, ask: Ask, client: FlaskClient, ada: Agent
) -> None:
    allowed = ask("hello")
    assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (200, SHOP)
    assert ask("hello", origin="http://localhost").status_code == 200
    for origin in ("https://evil.example", "null", "https://www.verel.example.evil.example"):
        refused = ask("hello", origin=origin)
        assert refused.status_code == 403
        assert "Access-Control-Allow-Origin" not in refused.headers
        assert ask("open", origin=origin, text="Bonjour").status_code == 403
    assert session.scalar(select(Ticket.id)) is None


def test_a_site_is_let_in_for_the_chain_or_for_one_store(
    session: Session, ask: Ask, client: FlaskClient, store: Store
) -> None:
    lille = make_store(session, "Lille", code="LIL")
    log_in(client, make_agent(session, "Max Renard", role=Role.MARKETER))
    assert client.post("/chats/", data={"is_on": "y", "sites": "https://shop.example/x\n"}).status_code == 303
    url = f"/chats/stores/{store.id}"
    assert client.post(url, data={"is_on": "y", "sites": "https://lyon.example"}).status_code == 303
    assert ask("hello", origin="https://shop.example").status_code == 200
    assert ask("hello", origin="https://lyon.example").status_code == 200
    assert ask("hello", origin="https://lyon.example", store=lille.slug).status_code == 403
    assert "https://lyon.example" in client.get("/chats/").text
    assert f"data-store=&#34;{store.slug}&#34;" in client.get(url).text
    refused = client.post("/chats/", data={"is_on": "y", "sites": "pas un site"})
    assert refused.status_code == 422
    assert client.post(url, data={"sites": ""}).status_code == 303
    assert ask("hello").status_code == 404
    assert ask("hello", store=lille.slug).status_code == 200
    client.post("/chats/", data={"sites": ""})
    assert ask("hello", store=lille.slug).status_code == 404


def test_an_agent_does_not_set_the_chat_up(client: FlaskClient, ada: Agent) -> None:
    log_in(client, ada)
    assert client.post("/chats/", data={"sites": "https://evil.example"}).status_code == 403


def test_the_widget_speaks_french_and_english_and_says_whether_somebody_is_there(
    session: Session, ask: Ask, ada: Agent
) -> None:
    found = ask("hello").json
    assert found is not None
    assert (found["open"], found["chat"], found["words"]["send"]) == (False, None, "Envoyer")
    be_there(session, ada)
    found = ask("hello", lang="en").json
    assert found is not None
    assert (found["open"], found["words"]["send"]) == (True, "Send")
    assert "Maison Verel" in found["words"]["consent"]


def test_both_write_and_read_by_polling_alone(
    session: Session, ask: Ask, client: FlaskClient, ada: Agent
) -> None:
    """What the live events make quick is there without them: the visitor looks, the agent's page looks."""
    chat = open_chat(ask, name="Anne Morel")
    ticket = session.scalar(select(Ticket))
    assert ticket is not None
    assert [(line["mine"], line["text"]) for line in chat["lines"]] == [(True, "Bonjour")]
    log_in(client, ada)
    page = client.get(f"/inbox/{ticket.number}").text
    assert "Le visiteur est là" in page
    event = int(part_of(page, r'data-event="(\d+)"'))
    said = ask("say", token=chat["token"], text="Vous êtes là ?", key="k2").json
    assert said is not None
    news = client.get(f"/inbox/{ticket.number}/news?after={event}").json
    assert news is not None
    assert "Vous êtes là ?" in news["html"]
    assert "Bonjour" not in re.sub(r"Vous.*", "", news["html"])
    assert client.get(f"/inbox/{ticket.number}/news?after={news['event']}").json == {
        "html": "", "event": news["event"],
    }  # fmt: skip
    client.post(f"/inbox/{ticket.number}/presence", data={"doing": "writing"})
    last = said["chat"]["lines"][-1]["id"]
    looked = ask("look", token=chat["token"], after=last, read=last).json
    assert looked is not None
    assert (looked["chat"]["lines"], looked["chat"]["writing"]) == ([], "Ada")
    form = {"text": "Oui, bonjour Anne", "last_event_id": news["event"], "key": "r1"}
    assert client.post(f"/inbox/{ticket.number}/reply", data=form).status_code == 303
    looked = ask("look", token=chat["token"], after=last, read=last).json
    assert looked is not None
    assert [(line["name"], line["text"]) for line in looked["chat"]["lines"]] == [
        ("Ada", "Oui, bonjour Anne")
    ]
    assert ask("leave", token=chat["token"], closed="1").status_code == 204
    assert ask("look", token=chat["token"]).status_code == 404
    assert json_of(ask("hello", token=chat["token"]))["chat"] is None
    assert "a terminé la discussion" in client.get(f"/inbox/{ticket.number}").text


def test_the_page_of_a_chat_stays_within_its_statements(
    session: Session, ask: Ask, client: FlaskClient, ada: Agent
) -> None:
    open_chat(ask, name="Anne Morel", email="anne@client.example")
    number = session.scalar(select(Ticket.number))
    log_in(client, ada)
    client.get(f"/inbox/{number}")
    with counted_statements() as seen:
        assert client.get(f"/inbox/{number}").status_code == 200
    assert len(seen) <= 12, seen


def test_a_mangled_token_opens_nothing(session: Session, ask: Ask) -> None:
    chat = open_chat(ask)
    for token in ("", "abc", chat["token"][:-2] + "zz"):
        assert ask("look", token=token).status_code == 404
        assert ask("say", token=token, text="x").status_code == 404


def test_the_page_tells_the_store_where_the_widget_names_none(
    session: Session, ask: Ask, store: Store
) -> None:
    open_chat(ask, store="", page=f"{SHOP}/magasins/{store.slug}/lampes")
    assert session.scalar(select(Ticket.store_id)) == store.id


def test_nobody_there_and_a_message_is_left(session: Session, ask: Ask) -> None:
    assert ask("note", text="Rappelez-moi", email="", key="a").status_code == 422
    assert ask("note", text="Rappelez-moi", email="anne@client.example", key="a").status_code == 201
    ticket = session.scalar(select(Ticket))
    assert ticket is not None
    assert ticket.requester_address == "anne@client.example"


def test_a_visitor_who_writes_too_much_is_stopped(session: Session, ask: Ask, limits: None) -> None:
    statuses = [ask("open", text="spam", key=f"k{number}").status_code for number in range(8)]
    assert statuses == [201] * 6 + [429] * 2


def test_the_script_is_small_and_any_site_may_load_it(client: FlaskClient, store: Store) -> None:
    response = client.get("/chat.js")
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert len(response.data) < 20_000
    assert b"http://" not in response.data.replace(b"http://www.w3.org", b"")


def test_the_demo_shop_carries_the_line_of_its_store(client: FlaskClient, store: Store) -> None:
    page = client.get(f"/demo/shop?store={store.slug}").text
    assert f'src="/chat.js" data-store="{store.slug}"' in page
    assert "/demo/shop" in client.get("/demo/write").text


def stream_topics(client: FlaskClient) -> frozenset[str]:
    url = str(json_of(client.post("/inbox/desk"))["stream"])
    return live.read_pass(url.partition("pass=")[2], machine_now=clock.machine_now()).topics


@pytest.mark.parametrize("role", list(Role))
def test_a_stream_gives_the_events_of_the_stores_in_scope(
    session: Session, client: FlaskClient, store: Store, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live._Mast, "address", "http://events.example")
    monkeypatch.setattr(live._Mast, "redis", None)  # whether a process listens is the matter of tests/live
    make_store(session, "Lille", code="LIL")
    log_in(client, make_agent(session, role=role, store_ids=(store.id,)))
    if role in {Role.DELIVERY, Role.MARKETER}:
        assert client.post("/inbox/desk").status_code == 403
        return
    is_central = role in {Role.HEAD_OFFICE, Role.MANAGER, Role.ADMINISTRATOR}
    wanted = {"all"} if is_central else {f"store:{store.id}"}
    assert stream_topics(client) == wanted


def test_what_happens_to_a_ticket_is_told_to_its_stores_without_a_word(
    session: Session, client: FlaskClient, store: Store, ada: Agent
) -> None:
    received = make_received()
    news = list(session.info.pop(PENDING))
    assert [(each.kind, each.topics, each.ticket_id) for each in news] == [
        (NewsKind.TICKET, ("all", f"store:{store.id}"), received.ticket_id)
    ]
    lille = make_store(session, "Lille", code="LIL")

    assert received.ticket_id is not None
    actions.transfer(
        ticket_id=received.ticket_id, store_id=lille.id, by=actor_of(ada), now=clock.business_now()
    )
    topics = {topic for each in session.info.pop(PENDING) for topic in each.topics}
    assert topics == {"all", f"store:{store.id}", f"store:{lille.id}"}


def test_presence_is_told_when_it_changes_only(
    session: Session, client: FlaskClient, store: Store, ada: Agent
) -> None:

    ticket_id = make_received().ticket_id
    assert ticket_id is not None
    told = []
    for kind in (PresenceKind.VIEWING, PresenceKind.VIEWING, PresenceKind.WRITING):
        session.info.pop(PENDING, None)
        actions.note_presence(
            ticket_id=ticket_id, agent_id=ada.id, kind=kind, machine_now=clock.machine_now()
        )
        told.append([each.kind for each in session.info.get(PENDING, {})])
    assert told == [[NewsKind.PRESENCE], [], [NewsKind.PRESENCE]]
    number = session.scalar(select(Ticket.number))
    log_in(client, ada)
    client.post(f"/inbox/{number}/presence", data={"doing": "leaving"})
    assert session.scalar(select(Presence.id)) is None


def test_the_bar_counts_new_tickets_and_customers_who_write_again_but_not_the_open_ticket(
    session: Session, client: FlaskClient, store: Store, ada: Agent, hand_clock: Any
) -> None:

    old = make_received(hand_clock.now)
    assert old.ticket_id is not None
    actions.reply(ticket_id=old.ticket_id, text="Une neuve part.", by=actor_of(ada), now=hand_clock.now)
    log_in(client, ada)
    page = client.get("/inbox/?view=all").text
    url = part_of(page, r'data-href="(/inbox/new-count[^"]+)"').replace("&amp;", "&")
    assert client.get(url).json == {"count": 0, "text": "0 nouveau"}
    hand_clock.move(minutes=5)
    again = make_incoming(mail_message_id="<2@client.example>", in_reply_to="<1@client.example>")

    assert actions.receive_message(again, now=hand_clock.now).ticket_id == old.ticket_id
    make_received(hand_clock.now, mail_message_id="<3@client.example>", from_address="paul@client.example")
    assert client.get(url).json == {"count": 2, "text": "2 nouveaux"}
    assert json_of(client.get(f"{url}&but={old.number}"))["count"] == 1


def test_the_desk_counts_who_waits_for_this_person(
    session: Session, client: FlaskClient, store: Store, ada: Agent
) -> None:
    received = make_received()
    bo = make_agent(session, "Bo Blanc", store_ids=(make_store(session, "Lille", code="LIL").id,))
    log_in(client, ada)
    assert client.post("/inbox/desk").json == {"waiting": 1, "text": "1 client attend", "stream": ""}
    log_in(client, bo)
    assert json_of(client.post("/inbox/desk"))["waiting"] == 0
    ticket = session.get_one(Ticket, received.ticket_id)
    ticket.assignee_id = bo.id
    session.commit()
    log_in(client, ada)
    assert json_of(client.post("/inbox/desk"))["waiting"] == 0
    head = make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE)
    log_in(client, head)
    assert json_of(client.post("/inbox/desk"))["waiting"] == 0
    ticket.assignee_id, ticket.store_id = None, None
    session.commit()
    assert json_of(client.post("/inbox/desk"))["waiting"] == 1


def test_the_sound_is_off_until_the_profile_switches_it_on(
    session: Session, client: FlaskClient, ada: Agent
) -> None:
    log_in(client, ada)
    assert "data-sound" not in client.get("/inbox/").text
    form = {"name": "Ada Martin", "language": "fr", "undo_seconds": "10", "has_sound": "y"}
    assert client.post("/session/profile", data=form).status_code == 302
    assert 'data-sound="on"' in client.get("/inbox/").text


def test_another_store_s_news_are_not_read(session: Session, client: FlaskClient, store: Store) -> None:
    number = make_received().number
    bo = make_agent(session, "Bo Blanc", store_ids=(make_store(session, "Lille", code="LIL").id,))
    log_in(client, bo)
    assert client.get(f"/inbox/{number}/news?after=0").status_code == 404
    assert session.scalar(select(TicketMessage.id)) is not None
    assert timedelta(minutes=5) == live.PASS_LASTS


@pytest.mark.parametrize("channel", [Channel.CHAT, Channel.SMS])
def test_chat_and_sms_are_answered_with_the_same_suggestions(
    session: Session, ask: Ask, client: FlaskClient, ada: Agent, store: Store, channel: Channel
) -> None:
    if channel is Channel.CHAT:
        open_chat(ask)
    else:
        make_received(
            channel=channel, phone="+33612345678", from_address="", recipients=(), store_id=store.id
        )
    ticket, reply_id = (
        session.scalars(select(Ticket)).one(),
        make_reply("Bonjour", "Bonjour, que cherchez-vous ?"),
    )
    log_in(client, ada)
    assert 'data-shortcut="i"' in client.get(f"/inbox/{ticket.number}").text
    offered = client.get(f"/inbox/{ticket.number}/suggestions", headers={"HX-Request": "true"}).text
    assert f'data-insert-id="{reply_id}"' in offered
    sent = {"text": "Bonjour, que cherchez-vous ?", "standard_reply_id": reply_id, "key": "a"}
    client.post(f"/inbox/{ticket.number}/reply", data=sent)
    work_facts(lambda: None)
    assert ticket.channel is channel
    assert count_uses(reply_id=reply_id, since=clock.business_now() - timedelta(days=1)).used == 1
