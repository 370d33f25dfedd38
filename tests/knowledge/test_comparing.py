"""Two versions of an article compared, with title and summary, and the text shown while it is written."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.knowledge.comparing import diff_lines
from hub.knowledge.words import ArticleState
from hub.staff.words import Role
from tests.conftest import HandClock
from tests.knowledge.test_actions import change
from tests.makers.inbox import make_house
from tests.makers.knowledge import make_article
from tests.makers.staff import log_in, make_agent


def test_a_line_that_is_much_the_same_is_compared_by_word() -> None:
    old = "## Retour\nVous avez 30 jours pour rendre un article.\nFin."
    new = "## Retour\nVous avez 60 jours pour rendre un article.\nAutre chose ici.\nFin."
    found = diff_lines(old, new)
    assert found[0] == (("", "## Retour"),)
    assert found[-1] == (("", "Fin."),)
    assert (("ins", "Autre chose ici."),) in found
    one = diff_lines("Vous avez 30 jours pour rendre.", "Vous avez 60 jours pour rendre.")
    assert one == [(("", "Vous avez "), ("del", "30"), ("ins", "60"), ("", " jours pour rendre."))]
    assert diff_lines("", "") == []
    assert diff_lines("a " * 9_000, "b " * 9_000) == [(("del", "a " * 9_000),), (("ins", "b " * 9_000),)]


def test_any_two_versions_are_compared(session: Session, client: FlaskClient, hand_clock: HandClock) -> None:
    make_house(session)
    article = make_article("Retours", "Trente jours pour rendre un article.", summary="Trente jours.")
    change(
        article,
        "Soixante jours pour rendre un article.",
        title="Retours et échanges",
        summary="Soixante jours.",
    )
    change(article, "Fini.", title="Retours")
    log_in(client, make_agent(session))
    address = f"/knowledge/articles/{article.key}"
    page = client.get(f"{address}/compare?from=1&to=2").text
    for words in (
        "<del>Trente</del><ins>Soixante</ins> jours pour rendre", "Retours<ins> et échanges</ins>",
        "<del>Trente</del><ins>Soixante</ins> jours.",
    ):  # fmt: skip
        assert words in page
    assert "Rien ne diffère" in client.get(f"{address}/compare?from=2&to=2").text
    assert "<ins>Fini.</ins>" in client.get(f"{address}/compare").text
    assert client.get(f"{address}/compare?from=1&to=9").status_code == 404
    assert client.get(f"{address}/compare?from=x&to={'9' * 40}").status_code == 404
    hidden = make_article("Secret", state=ArticleState.DRAFT)
    assert client.get(f"/knowledge/articles/{hidden.key}/compare").status_code == 404
    assert client.post("/knowledge/preview", data={"body": "**non**"}).status_code == 403


def test_the_text_is_shown_while_it_is_written(
    session: Session, client: FlaskClient, hand_clock: HandClock
) -> None:
    make_house(session)
    log_in(client, make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE))
    form = client.get("/knowledge/articles/new").text
    assert 'data-hx-post="/knowledge/preview"' in form
    part = client.post("/knowledge/preview", data={"body": "## Oui\n\n<script>1</script>"}, headers={"HX-Request": "true"})  # fmt: skip
    assert part.text.startswith('<section id="preview"')
    assert "<h2>Oui</h2>" in part.text
    assert "<script>" not in part.text
