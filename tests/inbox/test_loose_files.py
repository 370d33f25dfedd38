"""Files that were handed in and that no message took leave the shelf after a week; nothing that is named ever does."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from config import Config
from hub.core import clock, files
from hub.core.actor import Actor
from hub.core.errors import NotFound
from hub.core.loose_files import LooseFile, columns_that_name_files, has_due, note_loose, work_loose_files
from hub.inbox.actions import Upload, discard_files, keep_files, reply
from hub.inbox.uploads import keep_upload
from tests.conftest import TUESDAY
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.staff import make_agent

LONG_AGO = timedelta(days=8)


@pytest.fixture
def shelf(session: Session, tmp_path: Path, settings: Config) -> object:
    files.use_folder(tmp_path)
    yield tmp_path
    files.use_folder(settings.var_path / "files")


@pytest.fixture
def by(session: Session) -> Actor:
    return actor_of(make_agent(session, store_ids=(make_house(session).id,)))


def old(shelf: Path, digest: str) -> None:
    """As if it had been kept eight days ago."""
    at = (clock.machine_now() - LONG_AGO).timestamp()
    os.utime(shelf / digest[:2] / digest[2:], (at, at))


def is_there(digest: str) -> bool:
    try:
        files.read(digest)
    except NotFound:
        return False
    return True


def sweep(session: Session) -> None:
    session.commit()
    while work_loose_files(lambda: None):
        session.expire_all()


def upload(shelf: Path, content: bytes, *, machine_now: datetime) -> str:
    digest = keep_upload("a.pdf", content, machine_now=machine_now).sha256
    old(shelf, digest)
    return digest


def test_an_upload_that_no_message_took_goes_after_a_week(session: Session, shelf: Path) -> None:
    now = clock.machine_now()
    gone = upload(shelf, b"%PDF gone", machine_now=now - LONG_AGO)
    young = upload(shelf, b"%PDF young", machine_now=now)
    assert has_due()
    sweep(session)
    assert (is_there(gone), is_there(young), has_due()) == (False, True, False)
    assert session.scalars(select(LooseFile.sha256)).all() == [young]


def test_what_a_message_or_a_draft_names_stays(session: Session, shelf: Path, by: Actor) -> None:
    ticket_id = make_received().ticket_id or 0
    past = clock.machine_now() - LONG_AGO
    kept = [upload(shelf, content, machine_now=past) for content in (b"%PDF sent", b"%PDF draft")]
    sent, draft = (
        keep_files(ticket_id=ticket_id, uploads=[Upload("a.pdf", content)], by=by, now=TUESDAY)
        for content in (b"%PDF sent", b"%PDF draft")
    )
    assert draft
    reply(ticket_id=ticket_id, text="Voici.", by=by, now=TUESDAY, file_ids=sent)
    for digest in kept:
        old(shelf, digest)
    sweep(session)
    assert [is_there(digest) for digest in kept] == [True, True]


def test_the_files_of_a_dropped_draft_go_too(session: Session, shelf: Path, by: Actor) -> None:
    ticket_id = make_received().ticket_id or 0
    keep_files(ticket_id=ticket_id, uploads=[Upload("a.pdf", b"%PDF draft")], by=by, now=TUESDAY)
    discard_files(ticket_id=ticket_id, by=by, machine_now=clock.machine_now() - LONG_AGO)
    digest = session.scalars(select(LooseFile.sha256)).one()
    old(shelf, digest)
    sweep(session)
    assert not is_there(digest)


def test_the_same_file_handed_in_again_meanwhile_stays(session: Session, shelf: Path) -> None:
    """A mail that brings it keeps it before its row is committed: the shelf knows by the moment it was kept."""
    digest = upload(shelf, b"%PDF twice", machine_now=clock.machine_now() - LONG_AGO)
    files.keep(b"%PDF twice")
    sweep(session)
    assert is_there(digest)
    note_loose([digest, digest], machine_now=clock.machine_now())
    assert len(session.scalars(select(LooseFile)).all()) == 1


def test_every_table_that_names_a_file_is_asked() -> None:
    found = {f"{column.table.name}.{column.name}" for column in columns_that_name_files()}
    assert {
        "ticket_attachments.sha256",
        "composer_files.sha256",
        "arrivals.file_sha256",
        "takeovers.sha256",
        "reason_models.sha256",
    } <= found


def test_a_file_that_moves_while_it_is_looked_for_is_seen(session: Session, shelf: Path) -> None:
    """All tables are asked in one statement, thus at one moment."""
    upload(shelf, b"%PDF", machine_now=clock.machine_now() - LONG_AGO)
    session.commit()
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if any(f"FROM {column.table.name}" in statement for column in columns_that_name_files()):
            asked.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert work_loose_files(lambda: None) == 1
    finally:
        event.remove(engine, "before_cursor_execute", note)
    [statement] = asked
    assert all(str(column) in statement for column in columns_that_name_files())
