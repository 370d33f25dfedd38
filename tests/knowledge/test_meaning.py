"""Search by meaning: worked out by the worker, kept with the version, found without a shared word, and possible to do without."""

import json
from collections.abc import Iterator
from threading import enumerate as enumerate_threads
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import web
from hub.core.actor import SYSTEM
from hub.core.words import Language
from hub.knowledge import actions, indexing, live, meaning, queries
from hub.knowledge.models import ArticleVector
from hub.knowledge.ranking import Text
from hub.knowledge.rows import ArticleView
from hub.knowledge.searching import LEAST_LIKENESS, Search
from hub.knowledge.words import ArticleState, SearchPlace
from hub.knowledge_commands import knowledge
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.knowledge import make_article

QUESTION = "le livreur ne s’est jamais présenté chez moi"


@pytest.fixture
def without_model() -> Iterator[None]:
    meaning.use(is_wanted=False)
    yield
    meaning.use(is_wanted=True)


def work() -> int:
    return indexing.work_vectors(lambda: None)


def find(words: str, place: SearchPlace = SearchPlace.STAFF) -> list[str]:
    return [hit.title for hit in queries.search_articles(words, Language.FRENCH, place)]


def make_parcel() -> str:
    return make_article("Colis non reçu", "Vérifiez le suivi, puis écrivez-nous.", summary="").key


def test_an_article_is_found_by_its_meaning_once_a_worker_looked_at_it(session: Session) -> None:
    make_parcel()
    assert find(QUESTION) == []
    assert (indexing.has_due(), work(), indexing.has_due(), work()) == (True, 1, False, 0)
    assert find(QUESTION) == ["Colis non reçu"]
    assert find("xylophone zébré") == []


def write(article: ArticleView, title: str, body: str, state: ArticleState) -> None:
    actions.save_article(
        article_id=article.id,
        language=article.language,
        title=title,
        summary="",
        body=body,
        state=state,
        by=SYSTEM,
        now=TUESDAY,
    )


def test_a_changed_text_is_worked_out_anew_and_an_archived_one_never(session: Session) -> None:
    key = make_parcel()
    work()
    newest = session.scalar(select(func.max(ArticleVector.id)))
    article = queries.get_article(key)
    write(article, "Entretenir une table", "Un chiffon doux.", ArticleState.PUBLISHED)
    assert (indexing.has_due(), work()) == (True, 1)
    rows = session.scalars(select(ArticleVector).order_by(ArticleVector.part)).all()
    assert [(row.part, row.version_number) for row in rows] == [(0, 2), (1, 2)]
    assert rows[0].id > (newest or 0)
    assert find(QUESTION) == []
    assert find("comment nettoyer un meuble") == ["Entretenir une table"]
    make_article("Ancien", "Vieux.", state=ArticleState.ARCHIVED)
    assert not indexing.has_due()


def test_what_a_place_may_not_show_is_not_found_by_meaning_either(session: Session) -> None:
    make_article("Colis non reçu", "Vérifiez le suivi.", summary="", state=ArticleState.INTERNAL)
    work()
    assert find(QUESTION, SearchPlace.TICKET) == ["Colis non reçu"]
    assert find(QUESTION, SearchPlace.HELP) == []


def test_a_web_process_reads_the_articles_before_it_is_asked(session: Session, app: Flask) -> None:
    make_parcel()
    work()
    assert live.warm()["fr"] == 1
    with counted_statements() as asked:
        assert find(QUESTION) == ["Colis non reçu"]
    assert not any("article_vectors.vector" in each for each in asked)  # read once, by the warm start
    web.post_worker_init(SimpleNamespace(wsgi=app))
    for thread in enumerate_threads():
        if thread.name == "warm-up":
            thread.join()
    web.warm_up(Flask("without a database"))  # begins all the same


def test_without_the_model_search_goes_on_by_words(session: Session, without_model: None) -> None:
    make_parcel()
    assert (indexing.has_due(), work()) == (False, 0)
    assert find("colis reçu ?") == ["Colis non reçu"]


def test_words_and_meaning_are_fused_and_say_why() -> None:
    search = Search(Language.FRENCH)
    titles = {1: "Colis non reçu", 2: "Retourner un article", 3: "Entretenir le bois"}
    vectors = meaning.encode_articles([(title, title) for title in titles.values()])
    for (number, title), rows in zip(titles.items(), vectors, strict=True):
        search.add(Text(number, title, title), rows)
    found = search.find("mon colis n’est pas arrivé", meaning.encode_question("mon colis n’est pas arrivé"))
    assert (found[0].id, found[0].score) == (1, 1.0)
    assert found[0].why[0] == "colis"
    assert found[0].why[-1].startswith("meaning 0.")
    assert all(each.score < 1 for each in found[1:])
    assert search.find("retourner un article")[0].id == 2
    nothing = np.zeros(meaning.SIZE, np.float32)
    assert LEAST_LIKENESS > 0
    assert search.find("zzz", nothing) == []
    search.remove(1)
    assert 1 not in [each.id for each in search.find("mon colis", meaning.encode_question("mon colis"))]


def test_a_long_text_is_cut_into_its_first_pieces() -> None:
    text = "mot " * 2_000
    pieces = meaning.cut_pieces(text)
    assert len(pieces) == meaning.MOST_PIECES
    assert max(map(len, pieces)) <= meaning.LONGEST_PIECE + len("mot ")
    assert meaning.cut_pieces("") == [""]
    title, *parts = meaning.encode_articles([("Titre", text)])[0]
    assert len(parts) == meaning.MOST_PIECES
    assert float(title @ title) == pytest.approx(1, abs=1e-3)


def test_the_commands_work_out_and_search(app: Flask, session: Session) -> None:
    make_parcel()
    with app.app_context():
        shell = CliRunner()
        assert shell.invoke(knowledge, ["index"]).output.startswith("1 articles in ")
        found = json.loads(shell.invoke(knowledge, ["search", "--json", QUESTION]).output)
        assert [(hit["title"], 0 < hit["score"] <= 1) for hit in found] == [("Colis non reçu", True)]
        assert set(found[0]) == {"id", "title", "score", "why"}
        assert "Colis non reçu" in shell.invoke(knowledge, ["search", "colis"]).output
