"""Readers say whether an article helped and why not, by version; editors read it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.knowledge import queries, voting
from hub.knowledge.models import ArticleVote
from hub.knowledge.voting import Votes
from hub.knowledge.words import ArticleState, VoteReason
from hub.staff.words import Role
from tests.conftest import HandClock
from tests.knowledge.test_actions import change
from tests.makers.inbox import make_house
from tests.makers.knowledge import make_article
from tests.makers.staff import log_in, make_agent

SECRET = "MOT-DE-LECTEUR"


@pytest.fixture(autouse=True)
def house(session: Session, hand_clock: HandClock) -> None:
    make_house(session)


def test_a_reader_votes_and_says_why_without_cookie(session: Session, client: FlaskClient) -> None:
    article = make_article()
    address = f"/help/{article.key}/vote"
    page = client.get(f"/help/{article.key}")
    assert "Set-Cookie" not in page.headers
    assert f'action="{address}"' in page.text
    change(article, "Soixante jours.")
    yes = client.post(address, data={"helpful": "yes", "version": "1"}, follow_redirects=True)
    assert "Merci" in yes.text
    assert 'name="why"' not in yes.text
    no = client.post(address, data={"helpful": "no", "version": "2"}, follow_redirects=True)
    [token] = re.findall(r'name="why" value="([^"]+)"', no.text)
    said = client.post(address, data={"why": token, "reason": "outdated", "words": f" {SECRET}\n ! "})
    assert said.status_code == 303
    assert "Set-Cookie" not in said.headers
    client.post(address, data={"why": token, "reason": "unclear", "words": "autre chose"})
    assert voting.count_by_version(article.id) == {2: Votes(0, 1), 1: Votes(1, 0)}
    [words] = voting.list_said(article.id)
    assert (words.reason, words.words, words.agent_id) == (VoteReason.OUTDATED, f"{SECRET} !", None)

    for refused in (
        {"helpful": "no", "version": "9" * 30},
        {"helpful": "no", "version": "9"},
        {"helpful": "?"},
    ):
        assert client.post(address, data=refused).status_code == 303
    assert client.post(address, data={"why": "mangled"}).status_code == 404
    other = make_article("Autre").key
    assert client.post(f"/help/{other}/vote", data={"why": token}).status_code == 404
    hidden = make_article("Marge", state=ArticleState.INTERNAL)
    assert client.post(f"/help/{hidden.key}/vote", data={"helpful": "no", "version": "1"}).status_code == 404
    assert len(session.scalars(select(ArticleVote)).all()) == 2


def test_the_staff_votes_once_a_version_and_editors_read_all(session: Session, client: FlaskClient) -> None:
    article = make_article(state=ArticleState.INTERNAL)
    ada = make_agent(session)
    log_in(client, ada)
    address = f"/knowledge/articles/{article.key}"
    client.post(f"{address}/vote", data={"helpful": "yes"})
    client.post(f"{address}/vote", data={"helpful": "no", "reason": "incomplete", "words": "Et les soldes ?"})
    client.post(f"{address}/vote", data={"reason": "incomplete"})
    assert voting.count_votes([article.id]) == {article.id: Votes(0, 1)}
    own = client.get(address).text
    assert "Et les soldes ?" in own
    assert '<option value="incomplete" selected>' in own
    assert "Votes par version" not in own
    log_in(client, make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE))
    read = client.get(address).text
    for words in ("Votes par version", "Il manque quelque chose", "Et les soldes ?", ada.name):
        assert words in read
    assert re.search(r"0\s%", client.get("/knowledge/").text)
    assert queries.get_article(article.key).version_number == 1
