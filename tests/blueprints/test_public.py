"""The survey page by HTTP: looking never answers, one button does, scanners change nothing."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.words import AnswerState, TouchLabel
from tests.conftest import ROOT
from tests.makers.surveys import Asked, make_invitation

LIMIT_BYTES = 20_000


@pytest.fixture
def asked(session: Session, client: FlaskClient) -> Asked:
    made = make_invitation(session)
    session.get_one(Invitation, made.invitation_id).expires_at = clock.business_now() + timedelta(days=30)
    session.commit()
    return made


def answers(session: Session) -> list[str]:
    found = select(Answer.choice).where(Answer.state == AnswerState.CONFIRMED)
    return [choice.value for choice in session.scalars(found)]


def nonce_of(page: str) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine time runs on by five seconds at each look, as it does for a person who reads."""
    real, looks = clock.machine_now, iter(range(1, 10_000))
    monkeypatch.setattr(clock, "machine_now", lambda: real() + timedelta(seconds=5 * next(looks)))


def test_opening_all_boxes_leaves_no_answer(client: FlaskClient, session: Session, asked: Asked) -> None:
    for choice in "312":
        for method in ("GET", "HEAD"):
            assert client.open(f"/a/{asked.token}/{choice}", method=method).status_code == 200
    assert answers(session) == []
    assert session.scalar(select(func.count()).select_from(Touch)) == 6


def test_the_button_answers(client: FlaskClient, session: Session, asked: Asked, patient: None) -> None:
    page = client.get(f"/a/{asked.token}/1")
    form = {"nonce": nonce_of(page.text), "choice": "1", "comment": "Lampe cassée"}
    done = client.post(f"/a/{asked.token}/1", data=form, follow_redirects=True)
    assert done.status_code == 200
    assert "Pas satisfait" in done.text
    assert answers(session) == ["1"]
    client.post(f"/a/{asked.token}/1", data=form)
    assert answers(session) == ["1"], "the same page sent twice is one answer"


def test_another_box_of_the_page_wins(
    client: FlaskClient, session: Session, asked: Asked, patient: None
) -> None:
    page = client.get(f"/a/{asked.token}/1").text
    client.post(f"/a/{asked.token}/1", data={"nonce": nonce_of(page), "choice": "3"})
    assert answers(session) == ["3"]


def test_without_the_page_nothing_is_answered(client: FlaskClient, session: Session, asked: Asked) -> None:
    for form in ({}, {"nonce": "forged.seal", "choice": "3"}):
        response = client.post(f"/a/{asked.token}/3", data=form)
        assert response.status_code == 422
        assert "nonce" in response.text, "the page comes back with its button"
    page = client.get(f"/a/{asked.token}/3").text
    assert (
        client.post(f"/a/{asked.token}/3", data={"nonce": nonce_of(page), "choice": "3"}).status_code == 422
    )
    assert answers(session) == [], "a POST within a second is a machine"


def test_two_pages_that_disagree_are_asked_again(
    client: FlaskClient, session: Session, asked: Asked, patient: None
) -> None:
    pages = {choice: client.get(f"/a/{asked.token}/{choice}").text for choice in "31"}
    for choice, page in pages.items():
        response = client.post(f"/a/{asked.token}/{choice}", data={"nonce": nonce_of(page), "choice": choice})
    assert response.status_code == 409
    assert answers(session) == []


def test_the_page_that_asks_again_is_answered(
    client: FlaskClient, session: Session, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two boxes may be a person who went back to the mail; three are a machine's, and only noted."""
    real, ahead = clock.machine_now, [0]
    monkeypatch.setattr(clock, "machine_now", lambda: real() + timedelta(seconds=ahead[0]))
    pages = {choice: client.get(f"/a/{asked.token}/{choice}").text for choice in "31"}
    for choice, page in pages.items():
        ahead[0] += 2
        response = client.post(f"/a/{asked.token}/{choice}", data={"nonce": nonce_of(page), "choice": choice})
    assert response.status_code == 409
    ahead[0] += 11
    form = {"nonce": nonce_of(response.text), "choice": "1"}
    assert client.post(f"/a/{asked.token}/1", data=form).status_code == 303
    assert answers(session) == ["1"]


def test_a_hammered_link_fills_no_table(
    client: FlaskClient, session: Session, asked: Asked, limits: None
) -> None:
    codes = [client.head(f"/a/{asked.token}/{number % 3 + 1}").status_code for number in range(122)]
    assert codes == [200] * 120 + [429] * 2
    assert session.scalar(select(func.count()).select_from(Touch)) == 120


def test_guessing_links_is_limited(client: FlaskClient, session: Session, asked: Asked, limits: None) -> None:
    codes = [client.get(f"/a/{number:038d}/1").status_code for number in range(122)]
    assert codes == [404] * 120 + [429] * 2
    assert session.scalar(select(func.count()).select_from(Touch)) == 120


@pytest.mark.parametrize("path", ["1", "details"])
def test_answering_is_limited(client: FlaskClient, asked: Asked, limits: None, path: str) -> None:
    codes = [client.post(f"/a/{asked.token}/{path}").status_code for _ in range(31)]
    assert codes == [422] * 30 + [429]


def test_a_nonce_of_another_invitation_is_foreign(
    client: FlaskClient, session: Session, asked: Asked, patient: None
) -> None:
    page = client.get(f"/a/{asked.token}/3").text.replace(asked.token, "x")
    other = asked.token[:-1] + ("b" if asked.token[-1] == "a" else "a")
    response = client.post(f"/a/{other}/3", data={"nonce": nonce_of(page), "choice": "3"})
    assert response.status_code in {404, 422}
    assert answers(session) == []


@pytest.mark.parametrize("path", ["/a/zz-mangled/3", "/a/0/1", "/a/%F0%9F%92%A9/3"])
def test_a_mangled_link_is_a_touch_and_a_sentence(
    client: FlaskClient, session: Session, asked: Asked, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert session.scalars(select(Touch.label)).all() == [TouchLabel.MANGLED]


def test_a_late_link_says_that_it_is_closed(client: FlaskClient, session: Session, asked: Asked) -> None:
    session.get_one(Invitation, asked.invitation_id).expires_at = clock.business_now() - timedelta(days=1)
    session.commit()
    response = client.get(f"/a/{asked.token}/3")
    assert response.status_code == 410
    assert "/contact" in response.text


def test_the_page_is_small_private_and_without_foreign_script(client: FlaskClient, asked: Asked) -> None:
    response = client.get(f"/a/{asked.token}/3")
    own = re.findall(r"<script([^>]*)>([^<]*)</script>", response.text)
    assert [(re.sub(r"\.[0-9a-f]{10}\.", ".", where), inside) for where, inside in own] == [
        (' src="/assets/survey.js" type="module"', "")
    ], "one script, ours, nothing inline"
    assert " on" not in "".join(re.findall(r"<[a-z]+( on[a-z]+=)", response.text))
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    script = (ROOT / "hub" / "assets" / "js" / "survey.js").stat().st_size
    assert len(response.data) + script < LIMIT_BYTES
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in response.headers


def test_details_join_the_answer(client: FlaskClient, session: Session, asked: Asked, patient: None) -> None:
    page = client.get(f"/a/{asked.token}/2").text
    client.post(f"/a/{asked.token}/2", data={"nonce": nonce_of(page), "choice": "2"})
    form = {"topics": ["delivery", "nonsense"], "comment": "Un peu tard"}
    assert client.post(f"/a/{asked.token}/details", data=form).status_code == 303
    answer = session.scalars(select(Answer)).one()
    assert (answer.topics, answer.comment) == (["delivery"], "Un peu tard")


def test_one_page_does_not_leak_into_another(client: FlaskClient, session: Session, asked: Asked) -> None:
    """The page is kept in memory by store and box: token and nonce are each reader's own."""
    first, second = (client.get(f"/a/{asked.token}/3").text for _ in range(2))
    assert nonce_of(first) != nonce_of(second)
    assert "PLACE" not in first
    assert f"/a/{asked.token}/3" in first
