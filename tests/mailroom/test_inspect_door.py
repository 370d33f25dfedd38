"""`flask mail inspect` says of a file what the door in makes of the same mail."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from hub.core import files
from hub.inbox.models import TicketAttachment, TicketMessage
from hub.mailroom.models import Arrival
from hub.stores.models import Store
from tests.channels.raw import raw_mail
from tests.conftest import HandClock
from tests.mailroom.test_sorting import LYON, mail, store, work
from tests.makers.inbox import make_house

QUOTED = "Merci !\r\n\r\nLe 3 mars 2026 à 10:00, Verel <a@b.fr> a écrit :\r\n> Une neuve part."
MAILS = {
    "human": mail(text=QUOTED),
    "absence": mail(text="Absente", Auto_Submitted="auto-replied"),
    "machine": mail(text="Formulaire", From="noreply@forms.example", Reply_To="emil@client.example"),
    "our own address": mail(text="Bonjour", From=LYON),
    "with a file": raw_mail(
        "Content-Type: multipart/mixed; boundary=zz1",
        "To: " + LYON,
        body="--zz1\nContent-Type: text/plain\n\nvoici\n--zz1\nContent-Type: text/csv; name=a.csv\n\n1;2\n--zz1--\n",
    ),
}


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock, tmp_path: Path, settings: Config) -> Iterator[Store]:
    files.use_folder(tmp_path / "shelf")
    yield make_house(session)
    files.use_folder(settings.var_path / "files")


@pytest.mark.parametrize("name", MAILS)
def test_the_command_and_the_door_agree(
    app: Flask, session: Session, lyon: Store, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(MAILS[name])
    result = app.test_cli_runner().invoke(args=["mail", "inspect", "--json", str(path)])
    said = json.loads(result.output)
    arrival = session.get_one(Arrival, store(MAILS[name]))
    work()
    assert said["kind"] == arrival.kind
    assert bool(said["kind_reasons"]) is (said["kind"] != "message")
    if arrival.ticket_id is None:
        assert said["kind"] == "auto_reply"
        return
    message = session.query(TicketMessage).filter_by(arrival_id=arrival.id).one()
    shown = (message.author_name, message.subject, message.text, message.quoted_text)
    assert shown == (said["from_name"], said["subject"], said["reply_text"], said["quoted_text"])
    kept = session.query(TicketAttachment).filter_by(message_id=message.id).all()
    assert [(row.name, row.media_type, row.size_bytes, row.sha256) for row in kept] == [
        (file["name"], file["type"], file["size"], file["sha256"]) for file in said["attachments"]
    ]
