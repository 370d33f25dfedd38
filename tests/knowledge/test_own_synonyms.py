"""A chain's own synonyms, and products by their names, find articles that say it otherwise."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.errors import Invalid
from hub.core.words import Language
from hub.knowledge import queries
from hub.knowledge.actions import save_article
from hub.knowledge.own_synonyms import get_synonyms, save_synonyms
from hub.knowledge.scoping import ArticleScope
from hub.knowledge.words import ArticleState, SearchPlace
from hub.orders.products.queries import get_products
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.knowledge import make_article
from tests.makers.shelf import fill_shelf
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store


def find(words: str, language: Language = Language.FRENCH) -> list[str]:
    return [hit.title for hit in queries.search_articles(words, language, SearchPlace.STAFF)]


def test_own_words_are_known_from_the_next_search_on(session: Session) -> None:
    make_article("Entretenir une banquette", "Un chiffon doux.", summary="")
    assert find("clic-clac") == []
    save_synonyms(Language.FRENCH, "  banquette   clic-clac\n\nplaid couverture ", by=SYSTEM, now=TUESDAY)
    assert get_synonyms(Language.FRENCH).text == "banquette clic-clac\nplaid couverture"
    assert find("clic-clac") == ["Entretenir une banquette"]
    save_synonyms(Language.FRENCH, "", by=SYSTEM, now=TUESDAY + timedelta(hours=1))
    assert find("clic-clac") == []
    for wrong in ("seul", "deux mots\nseul", "mot " + "x" * 30_000):
        with pytest.raises(Invalid):
            save_synonyms(Language.FRENCH, wrong, by=SYSTEM, now=TUESDAY)


def test_an_article_is_found_by_a_product_it_is_about(session: Session) -> None:
    fill_shelf()
    make_article("Autre chose", "Rien.", summary="")
    save_article(
        article_id=None,
        language=Language.FRENCH,
        title="Changer l’ampoule",
        summary="",
        body="Dévissez le globe.",
        state=ArticleState.PUBLISHED,
        scope=ArticleScope(skus=("LAMPE-01",)),
        by=SYSTEM,
        now=TUESDAY,
    )
    name = get_products({"LAMPE-01"})["LAMPE-01"].name
    assert find(name) == ["Changer l’ampoule"]


def test_editors_write_them_on_a_page(session: Session, client: FlaskClient, hand_clock: HandClock) -> None:
    make_chain(session)
    make_store(session)
    editor = log_in(client, make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE))
    assert "Toujours connus" in editor.get("/knowledge/synonyms?language=en").text
    wrong = editor.post("/knowledge/synonyms?language=fr", data={"text": "seul"})
    assert (wrong.status_code, "deux mots" in wrong.text) == (422, True)
    done = editor.post("/knowledge/synonyms?language=fr", data={"text": "a b\0c"}, follow_redirects=True)
    assert "désormais" in done.text
    assert get_synonyms(Language.ENGLISH).changed_at is None
