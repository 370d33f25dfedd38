"""The takeover in the settings: upload, dry run, the store of each group, progress, what could not be taken."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import files
from hub.inbox.models import Ticket
from hub.staff.words import Role
from hub.stores.queries import find_store_by_code
from hub.takeover import working
from hub.takeover.models import Takeover
from tests.makers.inbox import make_house
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store
from tests.takeover import samples


@pytest.fixture
def admin(client: FlaskClient, session: Session) -> FlaskClient:
    make_house(session)
    make_store(session, "Lille", code="LIL")
    log_in(client, make_agent(session, "Cleo Roux", role=Role.ADMINISTRATOR))
    return client


def upload(admin: FlaskClient, content: bytes, source: str = "zammad") -> str:
    form = {"source": source, "file": (BytesIO(content), "export.zip"), "own": "@verel.example"}
    answer = admin.post("/settings/takeovers", data=form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def run_all() -> None:
    while working.work_takeovers(lambda: None):
        pass


def test_from_the_upload_to_the_tickets(admin: FlaskClient, session: Session) -> None:
    page = upload(admin, samples.zammad_zip())
    assert "en lecture" in admin.get(page).get_data(as_text=True)
    run_all()
    text = admin.get(page).get_data(as_text=True)
    for words in (
        "rien n’est encore repris",
        "Service Web",
        "Sa date est illisible.",
        "Il n’a aucun message.",
    ):
        assert words in text
    assert session.scalar(select(func.count()).select_from(Ticket)) == 0
    lille = session.scalar(select(func.max(Takeover.id)))
    assert lille
    choice = {f"store-{place}": "999" for place in range(2)}
    assert admin.post(page, data=choice).status_code == 303
    run_all()
    text = admin.get(page).get_data(as_text=True)
    assert "Nouveaux tickets" in text
    assert "perdue.png" in text
    assert set(session.scalars(select(Ticket.store_id))) == {None}
    assert admin.post(page, data=choice, follow_redirects=True).status_code == 200
    assert session.scalar(select(func.count()).select_from(Ticket)) == 2
    assert "export.zip" in admin.get("/settings/takeovers").get_data(as_text=True)


def test_each_group_goes_to_the_store_that_was_chosen(admin: FlaskClient, session: Session) -> None:

    page = upload(admin, samples.zammad_zip())
    run_all()
    lille = find_store_by_code("LIL")
    assert lille
    admin.post(page, data={f"store-{place}": str(lille.id) for place in range(2)})
    run_all()
    assert set(session.scalars(select(Ticket.store_id))) == {lille.id}


def test_what_is_no_export_is_said(admin: FlaskClient) -> None:
    page = upload(admin, b"{}", "freshdesk")
    run_all()
    assert "ne se lit pas comme un export de Freshdesk" in admin.get(page).get_data(as_text=True)
    nothing = admin.post("/settings/takeovers", data={"source": "mbox"})
    assert nothing.status_code == 422


def test_only_here_a_request_may_be_larger_than_a_mail(
    admin: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = admin.application.config
    monkeypatch.setitem(config, "MAX_CONTENT_LENGTH", 20_000)
    monkeypatch.setitem(config, "COMPTOIR", replace(config["COMPTOIR"], max_takeover_bytes=300_000))
    assert "Au plus" in admin.get("/settings/takeovers").get_data(as_text=True)
    upload(admin, samples.MBOX * 60, "mbox")
    row = session.scalars(select(Takeover)).one()
    assert len(files.read(row.sha256)) == len(samples.MBOX * 60)
    form = {"source": "mbox", "file": (BytesIO(b"x" * 300_000), "x.mbox")}
    assert admin.post("/settings/takeovers", data=form).status_code == 413
    form = {"name": "x", "file": (BytesIO(b"x" * 100_000), "x.mbox")}
    assert admin.post("/settings/alerts", data=form).status_code == 413


def test_nobody_else_may_send_a_large_request(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_house(session)
    form = {"source": "mbox", "file": (BytesIO(samples.MBOX), "x.mbox")}
    assert client.post("/settings/takeovers", data=form).status_code == 302
    log_in(client, make_agent(session, "Ada Martin"))
    form = {"source": "mbox", "file": (BytesIO(samples.MBOX), "x.mbox")}
    assert client.post("/settings/takeovers", data=form).status_code == 403
    assert session.scalar(select(func.count()).select_from(Takeover)) == 0


def test_what_ended_with_an_error_says_why(admin: FlaskClient, session: Session) -> None:
    page = upload(admin, samples.zammad_zip())
    row = session.scalars(select(Takeover)).one()
    row.attempt_count, row.error = working.MOST_ATTEMPTS, "MemoryError: "
    session.commit()
    run_all()
    text = admin.get(page).get_data(as_text=True)
    assert "arrêté par une erreur" in text
    assert "arrêté 5 fois à l’élément 0" in text
    assert "MemoryError" in text
