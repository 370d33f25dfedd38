"""A customer's own ticket behind its link: what is read there, what is not, and writing on."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import files
from hub.core.actor import SYSTEM
from hub.inbox import actions
from hub.inbox.models import Ticket, TicketAttachment, TicketMessage
from hub.inbox.own_links import own_page_url, read_own_link
from hub.inbox.values import Received
from hub.inbox.words import MessageKind, TicketState
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import make_agent

DORA = "dora@client.example"


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


def path_of(found: Received, address: str = DORA) -> str:
    assert found.ticket_id is not None
    return own_page_url(found.ticket_id, address).removeprefix("http://localhost")


def answer(session: Session, found: Received, text: str, *, has_left: bool = True) -> OutboundMessage:
    agent = make_agent(session, name="Karim Benali")
    assert found.ticket_id is not None
    done = actions.reply(
        ticket_id=found.ticket_id, text=text, by=actor_of(agent), now=TUESDAY, undo_seconds=10
    )
    letter = session.get_one(OutboundMessage, done.outbound_id)
    if has_left:
        letter.state = MessageState.ACCEPTED
    session.flush()
    return letter


def test_the_customer_reads_what_both_sides_wrote_and_no_note(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    found = make_received()
    answer(session, found, "Une lampe neuve part aujourd'hui.")
    agent = make_agent(session, email="note@verel.example")
    actions.add_note(ticket_id=found.ticket_id, text="Client difficile", by=actor_of(agent), now=TUESDAY)
    page = client.get(path_of(found))
    assert "que dois-je faire" in page.text
    assert "Une lampe neuve part" in page.text
    assert "Karim Benali" in page.text
    assert "Client difficile" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_reply_that_can_still_be_taken_back_is_not_shown(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    found = make_received()
    answer(session, found, "Réponse trop vite écrite", has_left=False)
    assert "trop vite" not in client.get(path_of(found)).text


def test_who_takes_part_writes_and_does_not_read(session: Session, client: FlaskClient, lyon: Store) -> None:
    found = make_received()
    page = client.get(path_of(found, "voisin@client.example"))
    assert page.status_code == 200
    assert "que dois-je faire" not in page.text


def test_the_words_of_a_stranger_are_not_shown(session: Session, client: FlaskClient, lyon: Store) -> None:
    found = make_received()
    session.add(
        TicketMessage(
            ticket_id=found.ticket_id, kind=MessageKind.CUSTOMER, channel="email", event_id=90, is_stranger=True,
            text="Je ne suis pas Dora", happened_at=TUESDAY,
        )
    )  # fmt: skip
    session.flush()
    assert "pas Dora" not in client.get(path_of(found)).text


def test_somebody_else_who_writes_twice_is_still_not_the_customer(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    found = make_received()
    for number in (7, 8):
        make_received(
            from_address="voisin@client.example", from_name="Voisin", text=f"Secret {number}",
            in_reply_to="<1@client.example>", references=("<1@client.example>",),
            subject=f"Re: {found.number}", mail_message_id=f"<{number}@client.example>",
        )  # fmt: skip
    assert "Secret" not in client.get(path_of(found)).text


def test_a_later_customer_does_not_read_the_one_before(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    found = make_received()
    answer(session, found, "Réponse à Dora")
    row = session.get_one(Ticket, found.ticket_id)
    row.customer_id, row.requester_address = None, "emil@client.example"
    session.flush()
    page = client.get(path_of(found, "emil@client.example"))
    assert page.status_code == 200
    assert "que dois-je faire" not in page.text
    assert "Réponse à Dora" not in page.text


def test_writing_reopens_a_solved_ticket(session: Session, client: FlaskClient, lyon: Store) -> None:
    found = make_received()
    answer(session, found, "C'est réparé.")
    reason = make_reason(session)
    actions.solve(ticket_id=found.ticket_id, reason_id=reason.id, by=SYSTEM, now=TUESDAY)
    assert "résolue" in client.get(path_of(found)).text
    sent = client.post(path_of(found), data={"text": "Elle est encore cassée.", "key": "k1"})
    assert sent.status_code == 303
    assert "bien arrivé" in client.get(sent.headers["Location"]).text
    session.expire_all()
    assert session.get_one(Ticket, found.ticket_id).state is TicketState.OPEN


def test_a_merged_ticket_is_followed_to_the_one_it_ended_in(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    first = make_received()
    second = make_received(subject="Encore", text="Deuxième courrier", mail_message_id="<2@client.example>")
    session.get_one(Ticket, first.ticket_id).merged_into_id = second.ticket_id
    session.flush()
    page = client.get(path_of(first)).text
    assert second.number in page
    assert "Deuxième courrier" in page


def test_files_of_what_may_be_read_are_downloads_and_others_are_not_found(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    found = make_received()
    sha256 = files.keep(b"<script>1</script>")
    public, note = (
        session.scalars(select(TicketMessage).where(TicketMessage.ticket_id == found.ticket_id)).first(),
        TicketMessage(
            ticket_id=found.ticket_id, kind=MessageKind.NOTE, channel="email", event_id=91, text="note",
            happened_at=TUESDAY + timedelta(minutes=1),
        ),
    )  # fmt: skip
    session.add(note)
    session.flush()
    assert public is not None
    shown, hidden = (
        TicketAttachment(
            message_id=message.id, name="photo.html", media_type="text/html", size_bytes=18, sha256=sha256
        )
        for message in (public, note)
    )
    session.add_all([shown, hidden])
    session.flush()
    answered = client.get(f"{path_of(found)}/files/{shown.id}")
    assert answered.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answered.headers["Content-Security-Policy"]
    assert client.get(f"{path_of(found)}/files/{hidden.id}").status_code == 404
    assert client.get(f"{path_of(found, 'autre@client.example')}/files/{shown.id}").status_code == 404


def test_the_mail_of_a_reply_leads_to_the_page_and_a_copy_does_not(session: Session, lyon: Store) -> None:
    found = make_received()
    letter = answer(session, found, "Bonjour, voici.")
    token = letter.values["page_url"].rpartition("/")[2]
    link = read_own_link(token, machine_now=TUESDAY)
    assert (link.ticket_id, link.address) == (found.ticket_id, DORA)
