"""The acts on a ticket by HTTP, as a browser without script sends them; and who may do them."""

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import files
from hub.inbox.actions import add_note, amending, merge, reply, save_draft, schedule_reply
from hub.inbox.actions.returning import work_later
from hub.inbox.models import ComposerFile, ScheduledReply, Tag, Ticket, TicketMessage
from hub.inbox.queries import list_drafts, list_thread
from hub.inbox.words import MessageKind
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.orders import make_order
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store

PDF = b"%PDF-1.7\n" + bytes(600)


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store, client: FlaskClient) -> Agent:
    """Ada of Lyon, signed in, with her pages in English."""
    agent = make_agent(session, store_ids=(lyon.id,))
    sign_in(client, agent)
    return agent


@pytest.fixture
def ticket(session: Session, ada: Agent) -> Ticket:
    return session.get_one(Ticket, make_received().ticket_id)


def sign_in(client: FlaskClient, agent: Agent) -> None:
    client.post("/session/sign-out")
    log_in(client, agent)


def see(client: FlaskClient, path: str) -> str:
    """The text of a page in English, without its marks."""
    glue = "&" if "?" in path else "?"
    page = client.get(f"{path}{glue}lang=en")
    assert page.status_code == 200, page.status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text.replace("&#39;", "'")))


def do(client: FlaskClient, path: str, expected: int = 303, **data: object) -> str:
    answer = client.post(path, data=data, content_type="multipart/form-data")
    assert answer.status_code == expected, answer.text
    return answer.headers.get("Location", "") or answer.text


def test_merge_and_take_apart(session: Session, client: FlaskClient, ticket: Ticket, ada: Agent) -> None:
    other = make_received(mail_message_id="<2@client.example>", subject="Autre chose")
    at = f"/inbox/{ticket.number}"
    assert do(client, f"{at}/merge", into=other.number).endswith(f"/inbox/{other.number}")
    joint = see(client, f"/inbox/{other.number}")
    assert f"{ticket.number} was merged into this ticket. Take it out again" in joint
    assert do(client, f"{at}/unmerge").endswith(at)
    assert ticket.merged_into_id is None
    assert f"{ticket.number} was taken out of this ticket again, by Ada Martin" in see(
        client, f"/inbox/{other.number}"
    )
    merge(ticket_id=ticket.id, into_id=other.ticket_id or 0, by=actor_of(ada), now=TUESDAY)
    reply(ticket_id=other.ticket_id or 0, text="Voici.", by=actor_of(ada), now=TUESDAY)
    assert "was merged into this ticket. Take" not in see(client, f"/inbox/{other.number}")
    do(client, f"{at}/unmerge")
    assert "split messages off instead" in see(client, at)


def test_split(session: Session, client: FlaskClient, ticket: Ticket, ada: Agent) -> None:
    reply(ticket_id=ticket.id, text="Voici.", by=actor_of(ada), now=TUESDAY)
    at = f"/inbox/{ticket.number}/split"
    assert "Ma lampe" in see(client, at) or "que dois-je faire" in see(client, at)
    assert "choose at least one message" in do(client, f"{at}?lang=en", expected=422)
    first = list_thread(ticket.id)[0].id
    there = do(client, at, messages=str(first), subject="La facture")
    made = session.scalars(select(Ticket).where(Ticket.subject == "La facture")).one()
    assert there.endswith(made.number)
    assert f"Split off from {ticket.number}" in see(client, there)
    assert f"1 message split off into {made.number}" in see(client, f"/inbox/{ticket.number}")


def test_snooze_and_wake(client: FlaskClient, ticket: Ticket) -> None:
    at = f"/inbox/{ticket.number}"
    assert "Tomorrow morning Wednesday 4 March, 10" in see(client, f"{at}/snooze")
    do(client, f"{at}/snooze", until="tomorrow")
    assert "Snoozed until Wednesday 4 March, 10" in see(client, at)
    assert ticket.number not in client.get("/inbox/?view=open").text
    assert ticket.number in client.get("/inbox/?view=snoozed").text
    do(client, f"{at}/wake")
    assert ticket.snoozed_until is None
    assert "Please choose a day after today" in do(
        client, f"{at}/snooze?lang=en", expected=422, until="date", day="x"
    )
    do(client, f"{at}/snooze", until="date", day="2026-03-20")
    assert "Friday 20 March" in see(client, at)


def test_a_reply_that_leaves_later(
    session: Session, client: FlaskClient, ticket: Ticket, hand_clock: HandClock
) -> None:
    at = f"/inbox/{ticket.number}"
    asked = do(client, f"{at}/later", expected=200, text="À demain.", last_event_id=ticket.last_event_id)
    assert 'value="2026-03-04"' in asked
    assert "À demain." in asked
    moment = {
        "text": "À demain.",
        "day": "2026-03-04",
        "time": "11:30",
        "last_event_id": ticket.last_event_id,
    }
    assert "moment in the future" in do(
        client, f"{at}/schedule?lang=en", expected=422, **{**moment, "day": "?"}
    )
    do(client, f"{at}/schedule", **moment)
    row = session.scalars(select(ScheduledReply)).one()
    assert row.leave_at == TUESDAY + timedelta(days=1, minutes=90)  # 11:30 in Paris
    assert "Leaves on Wednesday 4 March, 11:30 am: reply of Ada Martin" in see(client, at)
    edit = f"{at}/scheduled/{row.id}"
    assert 'value="11:30"' in client.get(edit).text
    do(client, edit, text="À jeudi.", day="2026-03-05", time="09:00")
    do(client, f"{edit}/cancel")
    assert "À jeudi." in client.get(at).text  # in the composer again
    do(client, f"{at}/schedule", **moment)
    hand_clock.now = TUESDAY + timedelta(days=2)
    work_later(lambda: None)
    assert [each.text for each in list_thread(ticket.id)][-1] == "À demain."


def write(ada: Agent, ticket: Ticket, session: Session, **texts: str) -> None:
    for kind, text in texts.items():
        save_draft(ticket_id=ticket.id, agent_id=ada.id, kind=MessageKind(kind), text=text, now=TUESDAY)
    session.commit()


def drafts(ada: Agent, ticket: Ticket, session: Session) -> dict[str, str]:
    session.expire_all()
    return {row.kind.value: row.text for row in list_drafts(ticket.id, ada.id)}


@pytest.mark.parametrize("way", ["cancelled", "taken back"])
def test_words_that_come_back_stand_under_what_was_being_written(
    session: Session, client: FlaskClient, ada: Agent, ticket: Ticket, way: str
) -> None:
    """The composer shows the reply; the note is there again once the reply has left."""
    at, by, back = f"/inbox/{ticket.number}", actor_of(ada), {}
    if way == "cancelled":
        leave_at = TUESDAY + timedelta(hours=1)
        row_id = schedule_reply(
            ticket_id=ticket.id, text="À demain.", leave_at=leave_at, last_event_id=None, by=by, now=TUESDAY
        )
        path = f"{at}/scheduled/{row_id}/cancel"
    else:
        done = reply(ticket_id=ticket.id, text="À demain.", by=by, now=TUESDAY, undo_seconds=30)
        path, back = f"{at}/undo", {"message_id": done.message_id}
    write(ada, ticket, session, note="Mes notes", agent="Mes mots\n")
    do(client, path, **back)
    assert drafts(ada, ticket, session) == {"agent": "Mes mots\n\nÀ demain.", "note": "Mes notes"}
    do(client, f"{at}/draft", expected=204, text="Mes mots, à demain.", mode="reply")
    assert drafts(ada, ticket, session) == {"agent": "Mes mots, à demain.", "note": "Mes notes"}
    do(client, f"{at}/reply", text="Mes mots, à demain.", is_forced="1")
    assert "Mes notes</textarea>" in client.get(at).text


def test_a_reply_and_a_note_are_kept_beside_each_other(
    session: Session, client: FlaskClient, ada: Agent, ticket: Ticket
) -> None:
    at = f"/inbox/{ticket.number}"
    for mode, text in (("reply", "Bonjour"), ("note", "Cliente fidèle"), ("reply", "Bonjour Zoé")):
        do(client, f"{at}/draft", expected=204, text=text, mode=mode)
    assert drafts(ada, ticket, session) == {"agent": "Bonjour Zoé", "note": "Cliente fidèle"}
    page = client.get(at).text
    assert 'data-reply="Bonjour Zoé" data-note="Cliente fidèle"' in page
    do(client, f"{at}/reply", text="Cliente très fidèle", mode="note")
    assert drafts(ada, ticket, session) == {"agent": "Bonjour Zoé"}
    do(client, f"{at}/reply", text="Bonjour Zoé.", key="k", is_forced="1")
    assert drafts(ada, ticket, session) == {}


def test_without_script_a_text_begun_as_a_reply_becomes_a_note_and_joins_the_one_that_is_kept(
    session: Session, client: FlaskClient, ada: Agent, ticket: Ticket
) -> None:
    write(ada, ticket, session, note="Mes notes", agent="Bonjour")
    do(client, f"/inbox/{ticket.number}/files", text="Bonjour", mode="note", started="reply")
    assert drafts(ada, ticket, session) == {"note": "Mes notes\n\nBonjour"}


@pytest.mark.parametrize(
    ("mode", "started", "left"),
    [("note", "reply", {"note": "Mes notes"}), ("reply", "note", {"agent": "Bonjour"})],
)
def test_without_script_what_was_begun_as_the_other_kind_leaves_the_text_kept_beside_it(
    session: Session,
    client: FlaskClient,
    ada: Agent,
    ticket: Ticket,
    mode: str,
    started: str,
    left: dict[str, str],
) -> None:
    write(ada, ticket, session, note="Mes notes", agent="Bonjour")
    at = f"/inbox/{ticket.number}/reply"
    do(client, at, text="", mode=mode, started=started, key="empty")
    own = "note" if mode == "note" else "agent"
    assert drafts(ada, ticket, session)[own] == left[own], "nothing was sent"
    write(ada, ticket, session, note="Mes notes", agent="Bonjour")
    do(client, at, text="Envoyé", mode=mode, started=started, key="k", is_forced="1")
    assert drafts(ada, ticket, session) == left


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Vu avec @Pet et @Bo", "@Pet"),
        ("Vu avec @Petti", "@Petti"),
        ("Vu avec @Bo Petit", ""),
        ("a@b.fr", ""),
        ("https://social.example/@boutique et https://x.fr/@bo-petit", ""),
        ("Son compte : @maison.deco_75", ""),
    ],
)
def test_an_at_sign_that_told_nobody_is_said(
    session: Session, client: FlaskClient, ticket: Ticket, lyon: Store, text: str, unknown: str
) -> None:
    make_agent(session, "Bo Petit", store_ids=(lyon.id,))
    at = f"/inbox/{ticket.number}"
    do(client, f"{at}/note?lang=en", text=text, mode="note")
    page = see(client, at)
    assert (f"The note is saved, but {unknown} told nobody" in page) is bool(unknown)


def test_files_from_the_composer(session: Session, client: FlaskClient, ticket: Ticket) -> None:
    at = f"/inbox/{ticket.number}"
    do(
        client,
        f"{at}/files",
        text="Voici",
        files=[(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(PDF + b"b"), "b.pdf")],
    )
    page = client.get(at).text
    assert (page.count("file-chip"), "Voici</textarea>" in page) == (2, True)
    first = session.scalars(select(ComposerFile).order_by(ComposerFile.id)).first()
    assert first is not None
    do(client, f"{at}/files/{first.id}/remove", text="Voici")
    do(client, f"{at}/files?lang=en", text="", files=[(io.BytesIO(b"MZ" + bytes(99)), "virus.pdf")])
    assert "virus.pdf cannot be attached" in see(client, at)
    do(client, f"{at}/reply", text="Voici", key="k", files=[(io.BytesIO(PDF + b"c"), "c.pdf")])
    sent = session.scalars(select(TicketMessage).where(TicketMessage.kind == MessageKind.AGENT)).one()
    names = [each.name for row in list_thread(ticket.id) if row.id == sent.id for each in row.attachments]
    assert names == ["b.pdf", "c.pdf"]
    kept = next(each for row in list_thread(ticket.id) for each in row.attachments)
    assert client.get(f"/inbox/file/{kept.id}").data == PDF + b"b" == files.read(kept.sha256)


def test_files_survive_a_collision_and_go_when_it_is_dropped(
    session: Session, client: FlaskClient, ticket: Ticket, lyon: Store
) -> None:
    bo = make_agent(session, "Bo Petit", store_ids=(lyon.id,))
    seen = ticket.last_event_id
    reply(ticket_id=ticket.id, text="Déjà fait.", by=actor_of(bo), now=TUESDAY)
    at = f"/inbox/{ticket.number}"
    page = do(
        client,
        f"{at}/reply",
        expected=409,
        text="Voici",
        last_event_id=seen,
        files=[(io.BytesIO(PDF), "a.pdf")],
    )
    assert "a.pdf" in page
    assert "a.pdf" in client.get(at).text
    do(client, f"{at}/keep", text="Voici", drop="1")
    assert "a.pdf" not in client.get(at).text


def test_mentions_and_notices(
    session: Session, client: FlaskClient, ticket: Ticket, ada: Agent, lyon: Store
) -> None:
    bo = make_agent(session, "Bo Petit", store_ids=(lyon.id,))
    at = f"/inbox/{ticket.number}"
    assert [row["name"] for row in client.get(f"{at}/colleagues").get_json()] == ["Ada Martin", "Bo Petit"]
    do(client, f"{at}/note", text="@Bo Petit regarde", mode="note")
    sign_in(client, bo)
    assert "1 unread" in see(client, "/inbox/")
    assert f"Ada Martin named you in a note {ticket.number}" in re.sub(
        r"\(unread\) ", "", see(client, "/notices/")
    )
    path = re.search(r'action="(/notices/\d+)"', client.get("/notices/").text)
    assert path is not None
    assert do(client, path[1]).endswith(at)
    assert "unread" not in see(client, "/notices/")
    assert "Unfollow" in see(client, at)
    do(client, f"{at}/follow", is_on="0")
    assert "Unfollow" not in see(client, at)
    add_note(ticket_id=ticket.id, text="@Bo encore", by=actor_of(ada), now=TUESDAY)
    do(client, "/notices/read")
    assert "unread" not in see(client, "/notices/")


def test_a_notice_is_its_own_persons(
    session: Session, client: FlaskClient, ticket: Ticket, ada: Agent, lyon: Store
) -> None:
    bo = make_agent(session, "Bo Petit", store_ids=(lyon.id,))
    add_note(ticket_id=ticket.id, text="@Ada", by=actor_of(bo), now=TUESDAY)
    path = re.search(r'action="(/notices/\d+)"', client.get("/notices/").text)
    assert path is not None
    sign_in(client, bo)
    do(client, path[1], expected=404)


def test_tags(session: Session, client: FlaskClient, ticket: Ticket) -> None:
    at = f"/inbox/{ticket.number}"
    do(client, f"{at}/tag", tag="#Série limitée")
    assert "#Série limitée" in see(client, at)
    assert client.get("/inbox/tags").get_json() == ["Série limitée"]
    tag = session.scalars(select(Tag)).one()
    do(client, f"{at}/untag", tag_id=tag.id)
    assert "#Série limitée" not in see(client, at)
    assert client.get("/inbox/tags/list").status_code == 403
    sign_in(client, make_agent(session, "Hugo Siège", role=Role.HEAD_OFFICE))
    do(client, "/inbox/tags/new", name="Soldes")
    do(client, f"/inbox/tags/{tag.id}/rename", name="Édition")
    do(client, f"/inbox/tags/{tag.id}/switch", is_active="0")
    do(client, "/inbox/tags/setting", agents_make="0")
    shown = see(client, "/inbox/tags/list")
    assert "Agents choose from this list" in shown
    assert "#Édition 0 tickets retired" in shown
    assert "#Soldes" in shown


def test_only_the_list_where_agents_may_not_make_tags(
    session: Session, client: FlaskClient, ticket: Ticket, ada: Agent
) -> None:
    sign_in(client, make_agent(session, "Hugo Siège", role=Role.HEAD_OFFICE))
    do(client, "/inbox/tags/setting", agents_make="0")
    sign_in(client, ada)
    do(client, f"/inbox/{ticket.number}/tag?lang=en", tag="inventé")
    assert "There is no tag inventé" in see(client, f"/inbox/{ticket.number}")


def test_order_customer_and_copies(
    session: Session, client: FlaskClient, ticket: Ticket, lyon: Store
) -> None:
    at = f"/inbox/{ticket.number}"
    order = make_order(session, customer_id=ticket.customer_id or 0, store_id=lyon.id)
    do(client, f"{at}/order", order=order.external_id)
    do(client, f"{at}/order?lang=en", order="NOPE")
    assert "There is no order NOPE" in see(client, at)
    assert ticket.order_id == order.id
    paul = make_customer(session, "Paul", "Roux", mail="paul@client.example", phone=None)
    assert "paul@client.example" in see(client, f"{at}/requester?q=Roux")
    do(client, f"{at}/requester", customer=paul.id)
    do(client, f"{at}/copy", address="mari@client.example")
    shown = see(client, f"{at}/change")
    assert "paul@client.example Paul Roux replies go here" in shown
    assert "mari@client.example gets copies" in shown
    party = re.search(r'name="party_id" value="(\d+)"', client.get(f"{at}/change").text)
    assert party is not None
    do(client, f"{at}/party/remove", party_id=party[1])
    history = see(client, f"{at}/history")
    assert f"Order: {order.external_id} no order" in history
    assert "Ada Martin Customer: Paul Roux Dora Lefèvre" in history


def test_changes_are_folded_and_the_print_leaves_notes_out(
    session: Session, client: FlaskClient, ticket: Ticket, ada: Agent
) -> None:
    at = f"/inbox/{ticket.number}"
    for priority in ("high", "low", "urgent"):
        do(client, f"{at}/priority", priority=priority)
    page = see(client, at)
    assert re.search(r"Priority: urgent, by Ada Martin .{0,60} and 2 changes before", page)
    do(client, f"{at}/note", text="Entre nous.", mode="note")
    assert "Entre nous." not in see(client, f"{at}/print")
    assert "que dois-je faire" in see(client, f"{at}/print")
    assert "Entre nous." in see(client, f"{at}/print?notes=1")
    assert "Priority: urgent low" in see(client, f"{at}/history")


@pytest.mark.parametrize(
    "act",
    ["unmerge", "split", "snooze", "wake", "later", "schedule", "files", "tag", "untag", "order", "requester", "copy",
     "party/remove", "follow"],
)  # fmt: skip
def test_nobody_acts_on_a_ticket_of_another_store(
    session: Session, client: FlaskClient, ada: Agent, act: str
) -> None:
    make_store(session, "Lille Centre", code="LIL")
    number = make_received(recipients=("lille-centre@hub.example",)).number
    do(client, f"/inbox/{number}/{act}", expected=404)


def test_a_note_that_was_changed_says_when_and_what_it_was(
    session: Session, client: FlaskClient, ada: Agent, ticket: Ticket
) -> None:
    by = actor_of(ada)
    note_id = add_note(ticket_id=ticket.id, text="Chez Quilleboeuf", by=by, now=TUESDAY)
    amending.change_note(message_id=note_id, text="Au dépôt", by=by, now=TUESDAY)
    session.commit()
    page = see(client, f"/inbox/{ticket.number}?lang=en")
    assert "Edited on" in page
    assert page.index("Au dépôt") < page.index("What it was before") < page.index("Chez Quilleboeuf")
