"""Open links over HTTP: made, limited and switched off by marketers, printed for counters; forgotten after thirty days."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.questionnaires import working
from hub.questionnaires.links import open_link_token
from hub.questionnaires.models import LinkUse, OpenLink, QuestionnaireResponse
from hub.questionnaires.open_links import KEPT
from hub.questionnaires.words import LinkKind
from hub.staff.words import Role
from tests.conftest import HandClock
from tests.makers.questionnaires import document, make_link, make_questionnaire, respond
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store


def test_from_the_poster_of_a_store_to_an_answer_that_counts_for_it(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    make_chain(session)
    lyon = make_store(session)
    make_store(session, "Lille", code="LIL")
    published = make_questionnaire(session, document())
    log_in(client, make_agent(session, role=Role.MARKETER))
    home = f"/questionnaires/{published.id}/links"
    assert "Aucun lien" in client.get(home).text
    assert client.post(f"{home}/counters", follow_redirects=True).text.count("Code pour le comptoir") >= 3
    assert "0 code" in client.post(f"{home}/counters", follow_redirects=True).text, "each store has one"
    link = session.scalars(select(OpenLink).where(OpenLink.store_id == lyon.id)).one()
    token = open_link_token(link.id)
    for size in ("", "?size=a5"):
        posters = client.get(f"{home}/posters{size}").text
        assert (posters.count("<article"), f"http://localhost/q/{token}" in posters) == (2, True)
    assert client.get(f"{home}/{link.id}/poster").text.count("<article") == 1
    drawn = client.get(f"{home}/{link.id}/code.svg")
    assert (drawn.mimetype, b"<script" in drawn.data, b"<path" in drawn.data) == (
        "image/svg+xml",
        False,
        True,
    )
    assert client.get(f"{home}/{link.id}/code.png").data.startswith(b"\x89PNG")
    respond(token, {"csat": "5"})
    assert session.scalars(select(QuestionnaireResponse.store_id)).one() == lyon.id
    other = make_questionnaire(session, document(), key="other")
    assert client.get(f"/questionnaires/{other.id}/links/{link.id}/code.svg").status_code == 404


def test_a_link_is_made_limited_and_switched_off(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    make_chain(session)
    published = make_questionnaire(session, document())
    home = f"/questionnaires/{published.id}/links"
    log_in(client, make_agent(session, role=Role.MARKETER))
    for wrong in ({"kind": "link", "name": " "}, {"kind": "counter", "name": "x"}):
        assert client.post(home, data=wrong).status_code == 422
    made = client.post(
        home, data={"kind": "embed", "name": 'La "boutique"', "store_id": ""}, follow_redirects=True
    )
    assert "&lt;iframe src=&#34;http://localhost/q/l" in made.text
    link = session.scalars(select(OpenLink)).one()
    for wrong in ("0", "x", "99999999999", "-1", "٣"):
        assert client.post(f"{home}/{link.id}", data={"most_a_day": wrong}).status_code == 422
    client.post(f"{home}/{link.id}", data={"most_a_day": "7"})
    session.expire_all()
    assert (link.is_active, link.most_a_day) == (False, 7)
    assert client.get(f"/q/{open_link_token(link.id)}").status_code == 410
    assert client.get("/questionnaires/0/links").status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 200), (Role.HEAD_OFFICE, 403)])
def test_others_may_not_hand_out(
    client: FlaskClient, session: Session, role: Role, status: int, hand_clock: HandClock
) -> None:
    make_chain(session)
    published = make_questionnaire(session, document())
    log_in(client, make_agent(session, role=role))
    assert client.get(f"/questionnaires/{published.id}/links").status_code == status
    assert client.post(f"/questionnaires/{published.id}/links/counters").status_code == 403


def test_who_used_a_link_is_forgotten_after_thirty_days(session: Session, hand_clock: HandClock) -> None:
    published = make_questionnaire(session, document())
    _, token = make_link(session, published, kind=LinkKind.COUNTER)
    respond(token, {"csat": "5"})
    hand_clock.now += KEPT
    assert (working.has_due(), working.work_link_uses(lambda: None)) == (False, 0)
    hand_clock.now += timedelta(days=1)
    assert (working.has_due(), working.work_link_uses(lambda: None)) == (True, 1)
    assert session.scalars(select(LinkUse)).all() == []
