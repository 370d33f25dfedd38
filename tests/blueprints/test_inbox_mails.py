"""The mail behind a message, as an agent sees it: layout, images, files, source, what is true about the sender."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from hub.channels.mail_parsing import sanitise_html
from hub.core import files
from hub.core.audit import AuditEntry
from hub.inbox.actions import IncomingFile
from hub.inbox.models import MailLoop, Notice, TicketAttachment
from hub.inbox.words import IncomingKind, NoticeKind
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.mailroom.test_sorting import LYON, mail, store, work
from tests.makers.counting import counted_statements
from tests.makers.inbox import make_house, make_received
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store

PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
HTML = (
    '<p>Voici <img src="cid:photo@x"> <img src="cid:vector@x"> <img src="https://spy.example/p.gif"></p>'
    '<script>alert(1)</script><form action="https://x.example"><input></form><a href="https://shop.example">lien</a>'
)


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock, tmp_path: Path, settings: Config) -> Iterator[Store]:
    files.use_folder(tmp_path)
    yield make_house(session)
    files.use_folder(settings.var_path / "files")


@pytest.fixture
def ada(client: FlaskClient, session: Session, lyon: Store) -> FlaskClient:
    return log_in(client, make_agent(session, "Ada", store_ids=(lyon.id,)))


def a_file(name: str, content: bytes, media_type: str, content_id: str | None = None) -> IncomingFile:
    return IncomingFile(name, media_type, len(content), files.keep(content), content_id)


def received(**fields: Any) -> tuple[str, int]:
    got = make_received(**{"html": _stored(HTML), **fields})
    return got.number or "", got.message_id or 0


def _stored(html: str) -> str:
    return sanitise_html(html, inline_urls={"photo@x": "cid:photo@x", "vector@x": "cid:vector@x"})


def test_the_layout_stands_in_a_closed_frame_and_loads_nothing_until_asked(ada: FlaskClient) -> None:
    picture = a_file("photo.png", PNG, "image/png", "photo@x")
    vector = a_file("v.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "vector@x")
    number, message_id = received(attachments=(picture, vector))
    page = ada.get(f"/inbox/{number}?lang=en").text
    frame = re.search(r"<iframe[^>]*>", page)
    assert frame
    assert 'sandbox=""' in frame[0] or re.search(r"\ssandbox[\s>]", frame[0])
    assert f'name="mail-{message_id}"' in frame[0]
    assert "Show the images" in page
    closed = ada.get(f"/inbox/{number}/html/{message_id}")
    policy = closed.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "data:image/png;base64," in closed.text
    assert "svg" not in closed.text
    assert ' src="https' not in closed.text
    assert not any(bad in closed.text for bad in ("<script", "<form", "<input", "alert"))
    asked = ada.get(f"/inbox/{number}/html/{message_id}?images=1")
    assert ' src="https://spy.example/p.gif"' in asked.text
    assert asked.headers["Content-Security-Policy"].endswith("img-src data: https: http:")
    assert asked.headers["Referrer-Policy"] == "no-referrer"


def test_no_button_where_nothing_remote_is_in_the_mail(ada: FlaskClient) -> None:
    number, _ = received(html=_stored("<p>Bonjour</p>"))
    page = ada.get(f"/inbox/{number}?lang=en").text
    assert "Show the layout" in page
    assert "Show the images" not in page


@pytest.mark.parametrize(
    ("name", "content", "media_type", "served_as"),
    [
        ("page.html", b"<html><script>x</script>", "text/html", "application/octet-stream"),
        ("image.svg", b"<svg onload=x>", "image/svg+xml", "application/octet-stream"),
        ("photo.png", PNG, "image/png", "image/png"),
        ("facture.pdf", b"%PDF-1.4", "application/pdf", "application/pdf"),
    ],
)
def test_files_are_downloads_that_may_do_nothing(
    ada: FlaskClient, name: str, content: bytes, media_type: str, served_as: str
) -> None:
    number, _ = received(attachments=(a_file(name, content, media_type),))
    page = ada.get(f"/inbox/{number}?lang=en").text
    href = re.search(r'href="(/inbox/file/\d+)" download', page)
    assert href
    assert name in page
    answer = ada.get(href[1])
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"].startswith(served_as)
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_same_file_twice_is_on_the_shelf_once(lyon: Store, tmp_path: Path) -> None:
    received(attachments=(a_file("a.png", PNG, "image/png"), a_file("b.png", PNG, "image/png")))
    digest = hashlib.sha256(PNG).hexdigest()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [digest[2:]]


def test_a_mail_inside_the_mail_can_be_read(ada: FlaskClient) -> None:
    inner = b"From: Marc <marc@x.fr>\nSubject: =?utf-8?q?D=C3=A9j=C3=A0?=\n\nLe texte <b>dedans</b>\n"
    number, _ = received(attachments=(a_file("Déjà.eml", inner, "message/rfc822"),))
    page = ada.get(f"/inbox/{number}?lang=en").text
    href = re.search(r'src="(/inbox/file/\d+/mail)"', page)
    assert href
    answer = ada.get(f"{href[1]}?lang=en")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert "From: Marc <marc@x.fr>" in answer.text
    assert "Subject: Déjà" in answer.text
    assert "Le texte <b>dedans</b>" in answer.text
    assert ada.get(href[1].replace("/mail", "")).headers["Content-Disposition"].startswith("attachment")


def test_only_whoever_sees_the_ticket_sees_its_mail(
    client: FlaskClient, session: Session, lyon: Store
) -> None:
    file = a_file("photo.png", PNG, "image/png")
    number, message_id = received(attachments=(file,), mail_message_id="<9@x>", from_address="e@x.example")
    lille = make_store(session, "Lille", code="LIL")
    eve = log_in(client, make_agent(session, "Eve", store_ids=(lille.id,)))
    for path in ("html", "source"):
        assert eve.get(f"/inbox/{number}/{path}/{message_id}").status_code == 404
    attachment_id = session.scalars(select(TicketAttachment.id)).one()
    for path in (f"/inbox/file/{attachment_id}", f"/inbox/file/{attachment_id}/mail"):
        assert eve.get(path).status_code == 404
    member = log_in(client, make_agent(session, "Ada", store_ids=(lyon.id,)))
    assert member.get(f"/inbox/file/{attachment_id}").status_code == 200


def test_the_source_is_the_mail_as_it_came(ada: FlaskClient, session: Session, lyon: Store) -> None:
    raw = mail()
    store(raw, recipients=[LYON])
    work()
    page = ada.get("/inbox/?view=all").text
    number = re.search(r"T-\d{4}-\d{5,}", page)
    assert number
    shown = ada.get(f"/inbox/{number[0]}?lang=en").text
    href = re.search(r'href="(/inbox/[^"]+/source/\d+)"', shown)
    assert href
    answer = ada.get(href[1])
    assert answer.data == raw
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "dora@client.example" in shown


def test_a_name_that_claims_another_address_is_called_out(ada: FlaskClient) -> None:
    number, _ = received(from_name="service@banque.example", from_address="evil@x.example")
    page = ada.get(f"/inbox/{number}?lang=en").text
    assert "service@banque.example" in page
    assert "really written from evil@x.example" in page


def test_an_absence_note_says_that_it_changed_nothing(ada: FlaskClient) -> None:
    number, _ = received(html="")
    received(
        html="",
        kind=IncomingKind.AUTO_REPLY,
        in_reply_to="<1@client.example>",
        mail_message_id="<2@client.example>",
        text="Je suis absente.",
    )
    page = ada.get(f"/inbox/{number}?lang=en").text
    assert "Je suis absente." in page
    assert "Answer of a machine" in page


def test_quotes_are_folded_and_the_possibly_related_ticket_is_named(ada: FlaskClient) -> None:
    number, _ = received(html="", quoted_text="> Une neuve part.")
    other, _ = received(
        html="",
        from_address="eve@other.example",
        subject=f"Re: {number}",
        mail_message_id="<9@other.example>",
    )
    page = ada.get(f"/inbox/{number}?lang=en").text
    folded = page[page.index("Show the quoted text") :]
    assert "&gt; Une neuve part." in folded.partition("</details>")[0]
    assert "Perhaps the same matter:" in ada.get(f"/inbox/{other}?lang=en").text


def test_the_page_of_a_mail_stays_within_its_statements(ada: FlaskClient) -> None:
    number, _ = received(attachments=(a_file("photo.png", PNG, "image/png", "photo@x"),))
    ada.get(f"/inbox/{number}")
    with counted_statements() as seen:
        ada.get(f"/inbox/{number}")
    assert len(seen) <= 12, seen


def test_a_storm_is_shown_to_the_staff_until_somebody_has_seen_it(
    client: FlaskClient, session: Session, lyon: Store
) -> None:
    manager = make_agent(session, "Max", store_ids=(lyon.id,), role=Role.STORE_MANAGER)
    cleo = make_agent(session, "Cleo", role=Role.ADMINISTRATOR)
    for number in range(14):
        last = make_received(mail_message_id=f"<{number}@client.example>", subject=f"Boucle {number}")
    notices = session.query(Notice).filter_by(kind=NoticeKind.MAIL_LOOP).all()
    assert [row.agent_id for row in notices] == [manager.id]
    assert session.query(AuditEntry).filter_by(action="ticket.mail_loop").count() == 1
    assert last.is_new_ticket
    admin = log_in(client, cleo)
    page = admin.get("/settings/operations/storms?lang=en").text
    assert "dora@client.example" in page
    storm = session.query(MailLoop).one()
    assert storm.held_count == 4
    assert admin.post(f"/settings/operations/storms/{storm.id}").status_code == 303
    assert "Mark as seen" not in admin.get("/settings/operations/storms?lang=en").text
    make_received(mail_message_id="<20@client.example>", now=TUESDAY)
    assert session.query(Notice).filter_by(kind=NoticeKind.MAIL_LOOP).count() == 1
