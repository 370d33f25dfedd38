"""The page of a plan's files: hashed audiences and letters are fetched by who may export, each time noted."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.core.audit import AuditEntry
from hub.customers.models import Customer
from hub.plans.models import AudienceMember, PostalRow
from hub.staff.words import Role
from tests.makers.staff import log_in, make_agent
from tests.plans.conftest import both_wires, delivery, ground, lives
from tests.plans.lives import Lives, enters

__all__ = ["both_wires", "delivery", "ground", "lives"]
PAGE = "/plans/mine/files"
PLAN = {
    "format": 2,
    "entry": {"on": "by_hand"},
    "steps": [
        {"key": "ads", "kind": "audience", "name": "Paniers"},
        {"key": "letter", "kind": "postal", "name": "Automne"},
    ],
}


@pytest.fixture
def written(lives: Lives) -> Lives:
    """A plan that has written an audience and a letter for Dora."""
    row = lives.session.get_one(Customer, lives.customer.id)
    row.street, row.town = "=3 rue Mercière", "Lyon"
    lives.of("mine", PLAN)
    lives.live(("D0 10:00", enters("mine")), until="D0 11:00")
    assert lives.session.scalars(select(AudienceMember)).one()
    assert lives.session.scalars(select(PostalRow)).one()
    return lives


def test_a_marketer_fetches_both_and_the_trail_says_so(written: Lives, client: FlaskClient) -> None:
    marketer = log_in(client, make_agent(written.session, role=Role.MARKETER))
    plan = marketer.get("/plans/mine").get_data(as_text=True)
    assert f'href="{PAGE}"' in plan
    page = marketer.get(PAGE).get_data(as_text=True)
    assert "Paniers · 1" in page
    assert "Automne · 1" in page
    hashed = marketer.post(f"{PAGE}/audience", data={"name": "Paniers", "kind": "meta"})
    assert (hashed.mimetype, len(hashed.get_data(as_text=True).splitlines())) == ("text/csv", 2)
    assert "filename=paniers-meta.csv" in hashed.headers["Content-Disposition"].replace('"', "")
    assert "dora" not in hashed.get_data(as_text=True)
    made = marketer.post(f"{PAGE}/post", data={"name": "Automne"}, follow_redirects=True)
    href = made.get_data(as_text=True).split(f'href="{PAGE}/post/')[1].split('"')[0]
    letters = marketer.get(f"{PAGE}/post/{href}").get_data(as_text=True)
    assert "'=3 rue Mercière" in letters, "no formula for a spreadsheet"
    again = marketer.post(f"{PAGE}/post", data={"name": "Automne"}, follow_redirects=True)
    assert again.status_code == 200
    assert again.get_data(as_text=True).count(f'href="{PAGE}/post/') == 1
    noted = select(AuditEntry.action, AuditEntry.agent_id.is_not(None)).where(
        AuditEntry.subject_kind == "plan"
    )
    assert [tuple(row) for row in written.session.execute(noted.order_by(AuditEntry.id))][-3:] == [
        ("plan.audience_exported", True),
        ("plan.post_made", True),
        ("plan.post_exported", True),
    ]


def test_a_table_is_no_audience(written: Lives, client: FlaskClient) -> None:
    marketer = log_in(client, make_agent(written.session, role=Role.MARKETER))
    assert marketer.post(f"{PAGE}/audience", data={"name": "Paniers", "kind": "table"}).status_code == 400


def test_who_may_not_export_sees_no_link(written: Lives, client: FlaskClient) -> None:
    manager = log_in(client, make_agent(written.session, role=Role.MANAGER))
    assert f'href="{PAGE}"' not in manager.get("/plans/mine").get_data(as_text=True)
    assert manager.get(PAGE).status_code == 403
