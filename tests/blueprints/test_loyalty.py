"""Pages of the promo codes: making, filling, switching and exporting a pool; who may."""

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.loyalty.models import PromoPool
from hub.loyalty.queries import get_pool
from hub.staff.words import Role
from tests.conftest import HandClock
from tests.makers.loyalty import make_pool
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain

FIELDS = {
    "name": "Bienvenue",
    "kind": "unique",
    "discount_percent": "10",
    "discount_amount": "",
    "starts_on": "2026-03-01",
    "ends_on": "2026-12-31",
    "valid_days": "",
    "alert_below": "50",
    "is_single_use": "y",
}


@pytest.fixture
def marketer(client: FlaskClient, session: Session, hand_clock: HandClock) -> FlaskClient:
    make_chain(session)
    return log_in(client, make_agent(session, role=Role.MARKETER))


def test_a_pool_is_made_filled_and_downloaded(marketer: FlaskClient, session: Session) -> None:
    made = marketer.post("/promo-codes/new", data=FIELDS, follow_redirects=True)
    assert made.status_code == 200
    pool = session.scalars(select(PromoPool)).one()
    assert pool.ends_at.isoformat() == "2026-12-31T22:59:59+00:00"
    page = marketer.post(f"/promo-codes/{pool.id}/generate", data={"count": "20", "prefix": "VIP"})
    assert page.status_code == 303
    lines = marketer.get(f"/promo-codes/{pool.id}/codes.csv").text.splitlines()
    assert lines[0] == "code;state;ends_at"
    assert len(lines) == 21
    assert all(line.startswith("VIP") and line.endswith(";free;") for line in lines[1:])


def test_codes_of_a_file_and_of_the_box_are_added_and_bad_lines_said(
    marketer: FlaskClient, session: Session
) -> None:
    pool_id = make_pool()
    sent = {"codes": "AAAA1\nAAAA1", "file": (io.BytesIO(b"code\nBBBB1\n??\n"), "codes.csv")}
    page = marketer.post(
        f"/promo-codes/{pool_id}/codes",
        data=sent,
        content_type="multipart/form-data",
        follow_redirects=True,
    ).text
    assert "2 codes ajoutés" in page
    assert "??" in page
    assert get_pool(pool_id).left_count == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"discount_percent": ""}, "Indiquez soit un pourcentage, soit un montant."),
        ({"discount_percent": "", "discount_amount": "5,005"}, "Indiquez un montant"),
        ({"ends_on": "2026-02-01"}, "La fin doit suivre le début."),
        ({"ends_on": "demain"}, "Indiquez une date"),
        ({"kind": "shared", "shared_code": "a"}, "Indiquez un code de 4"),
        ({"valid_days": "trois"}, "Indiquez un nombre entier"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    marketer: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    page = marketer.post("/promo-codes/new", data=FIELDS | changes)
    assert page.status_code == 422
    assert sentence in page.text


def test_a_pool_is_switched_off_and_changed(marketer: FlaskClient, session: Session) -> None:
    pool_id = make_pool("AAAA1")
    marketer.post(f"/promo-codes/{pool_id}/switch", data={"is_active": "0"})
    changed = {**FIELDS, "discount_percent": "", "discount_amount": "5,50", "name": "Revenez"}
    assert marketer.post(f"/promo-codes/{pool_id}/edit", data=changed).status_code == 303
    session.expire_all()
    row = get_pool(pool_id)
    assert (row.is_active, row.discount_cents, row.discount_percent) == (False, 550, None)
    assert "5,50" in marketer.get("/promo-codes/").text


def test_managers_read_but_do_not_change_nor_download(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    make_chain(session)
    pool_id = make_pool("AAAA1")
    log_in(client, make_agent(session, role=Role.MANAGER))
    assert client.get(f"/promo-codes/{pool_id}").status_code == 200
    assert client.get(f"/promo-codes/{pool_id}/codes.csv").status_code == 403
    assert client.post(f"/promo-codes/{pool_id}/generate", data={"count": "1"}).status_code == 403
    assert client.get("/promo-codes/new").status_code == 403
