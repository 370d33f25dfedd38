"""The first day: every page of the customers room opens on an empty base and says what to do."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.staff.words import Role
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain

PAGES = (
    "/customers/", "/customers/imports/", "/customers/duplicates/", "/customers/duplicates/exact", "/customers/duplicates/merges",
    "/segments/", "/segments/new", "/values/", "/values/rfm", "/values/churn", "/values/cohorts", "/values/tiers",
    "/values/definitions", "/values/members", "/products/", "/products/till-files", "/products/visits", "/quality/",
    "/quality/archive", "/properties/", "/privacy/", "/privacy/requests", "/privacy/looks", "/privacy/register", "/delivery/",
)  # fmt: skip


@pytest.mark.usefixtures("hand_clock")
def test_every_page_of_the_customers_room_opens_on_an_empty_base(
    client: FlaskClient, session: Session
) -> None:
    make_chain(session)
    admin = log_in(client, make_agent(session, role=Role.ADMINISTRATOR))
    for path in PAGES:
        answer = admin.get(path)
        assert answer.status_code == 200, path
    assert (
        'href="/customers/imports/"'
        in admin.get("/customers/").text.partition("<main")[2].rpartition("Aucun client")[2]
    )
