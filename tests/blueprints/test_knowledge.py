"""The knowledge pages and the help centre, as editors, agents and customers use them, in French and English."""

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.knowledge import queries
from hub.knowledge.models import SearchLog
from hub.knowledge.words import ArticleState
from hub.reasons.actions import add_builtin_reasons
from hub.reasons.queries import find_reason_by_key
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import HandClock
from tests.makers.knowledge import make_article, make_reply
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

READ = (
    "/knowledge/",
    "/knowledge/?q=retour",
    "/knowledge/?q=xylophone",
    "/knowledge/?state=published&language=en",
    "/knowledge/articles/{key}",
    "/knowledge/articles/{key}/versions",
    "/knowledge/articles/{key}/versions/1",
    "/knowledge/replies",
    "/knowledge/replies?q=abime&language=fr",
    "/knowledge/replies/{reply}",
)
EDIT = (
    "/knowledge/articles/new",
    "/knowledge/articles/new?title=Suisse&language=en",
    "/knowledge/articles/{key}/edit",
    "/knowledge/replies/new",
    "/knowledge/replies/{reply}/edit",
    "/knowledge/gaps",
)
FORM = {"title": "Livraison à l’étage", "summary": "Oui.", "body": "## Oui\n\n- sans frais", "language": "fr",
        "state": "published", "reason_id": "", "pair_id": ""}  # fmt: skip


@pytest.fixture
def store(session: Session, hand_clock: HandClock) -> Store:
    make_chain(session)
    add_builtin_reasons()
    return make_store(session)


@pytest.fixture
def editor(session: Session, client: FlaskClient, store: Store) -> FlaskClient:
    return log_in(client, make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE))


@pytest.fixture
def agent(session: Session, client: FlaskClient, store: Store) -> FlaskClient:
    return log_in(client, make_agent(session, store_ids=(store.id,)))


def addresses(paths: tuple[str, ...]) -> list[str]:
    names = {"key": make_article().key, "reply": make_reply()}
    return [path.format(**names) for path in paths]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_opens_for_an_editor(editor: FlaskClient, language: str) -> None:
    for path in addresses(READ + EDIT):
        page = editor.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.status_code == 200, path
        assert f'<html lang="{language}">' in page.text


def test_an_agent_reads_and_does_not_edit(agent: FlaskClient) -> None:
    assert {agent.get(path).status_code for path in addresses(READ)} == {200}
    assert {agent.get(path).status_code for path in addresses(EDIT)} == {403}
    key = make_article("Brouillon secret", state=ArticleState.DRAFT).key
    assert agent.get(f"/knowledge/articles/{key}").status_code == 404
    assert agent.post(f"/knowledge/articles/{key}/restore", data={"number": 1}).status_code == 403
    assert "Brouillon secret" not in agent.get("/knowledge/?q=brouillon+secret").text
    assert "Nouvel article" not in agent.get("/knowledge/").text


def test_an_article_is_previewed_written_changed_and_restored(editor: FlaskClient) -> None:
    preview = editor.post("/knowledge/articles/new", data={**FORM, "act": "preview"})
    assert "<h2>Oui</h2>" in preview.text
    assert queries.find_article("livraison-a-l-etage") is None
    assert (
        editor.post("/knowledge/articles/new", data=FORM).location
        == "/knowledge/articles/livraison-a-l-etage"
    )
    address = "/knowledge/articles/livraison-a-l-etage"
    change = {**FORM, "body": "Non.", "seen_version": "1"}
    assert editor.post(f"{address}/edit", data=change).status_code == 303
    late = editor.post(f"{address}/edit", data=change)
    assert late.status_code == 422
    assert "entre-temps" in late.text
    assert editor.post(f"{address}/edit", data={**change, "seen_version": "1" * 5_000}).status_code == 422
    assert "<del>## Oui</del>" in editor.get(f"{address}/versions/1").text
    editor.post(f"{address}/restore", data={"number": 1})
    assert queries.get_article("livraison-a-l-etage").body.startswith("## Oui")


def test_a_form_without_title_comes_back(editor: FlaskClient) -> None:
    page = editor.post("/knowledge/articles/new", data={**FORM, "title": ""})
    assert page.status_code == 422
    assert "sans frais" in page.text


def test_a_standard_reply_is_written_and_a_store_adds_to_it(editor: FlaskClient, store: Store) -> None:
    form = {
        "title": "Photo",
        "body": "Envoyez une photo, {{customer.name}}.",
        "language": "fr",
        "reason_id": "",
    }
    wrong = editor.post("/knowledge/replies/new", data={**form, "body": "{{customer.age}}", "is_active": "1"})
    assert wrong.status_code == 422
    assert "customer.age" in wrong.text
    made = editor.post("/knowledge/replies/new", data={**form, "is_active": "1", "may_stores_add": "1"})
    assert made.status_code == 303
    editor.post(f"{made.location}/paragraph", data={"store": store.id, "text": "À bientôt à Lyon."})
    assert "À bientôt à Lyon." in editor.get(made.location).text
    refused = editor.post(
        f"{made.location}/paragraph", data={"store": store.id, "text": "{{x}}"}, follow_redirects=True
    )
    assert "La variable x n’existe pas" in refused.text
    for nowhere in ("0", "9" * 5_000):
        page = editor.post(
            f"{made.location}/paragraph", data={"store": nowhere, "text": "Oui."}, follow_redirects=True
        )
        assert "magasin de la liste" in page.text
    kept = editor.post(f"{made.location}/edit", data={**form, "is_active": "1"}, follow_redirects=True).text
    assert "ne peuvent rien ajouter" in kept
    assert queries.get_standard_reply(int(made.location.split("/")[-1]), store.id).paragraph == ""


def test_a_store_manager_writes_for_the_own_store_alone(
    session: Session, client: FlaskClient, store: Store
) -> None:
    boss = make_agent(session, "Zoé Faure", role=Role.STORE_MANAGER, store_ids=(store.id,))
    other, address = make_store(session, "Lille", code="LIL"), f"/knowledge/replies/{make_reply()}"
    log_in(client, boss)
    assert "Lille" not in client.get(address).text
    mine = {"store": store.id, "text": "Parking gratuit rue Servient."}
    assert "Parking gratuit" in client.post(f"{address}/paragraph", data=mine, follow_redirects=True).text
    assert client.post(f"{address}/paragraph", data={**mine, "store": other.id}).status_code == 404
    assert client.get(f"{address}/edit").status_code == 403


def test_a_search_in_vain_becomes_work(editor: FlaskClient) -> None:
    make_article()
    editor.get("/help/search?q=xylophone")
    page = editor.get("/knowledge/gaps").text
    assert "xylophone" in page
    assert "title=xylophone" in page


def test_customers_read_published_articles_only(client: FlaskClient, store: Store) -> None:
    reason = find_reason_by_key("return.how")
    assert reason
    article = make_article(reason_id=reason.id)
    hidden = make_article("Marge interne", state=ArticleState.INTERNAL)
    index = client.get("/help/")
    assert article.title in index.text
    assert "Retour et remboursement" in index.text
    assert "Marge interne" not in index.text
    page = client.get(f"/help/{article.key}")
    assert article.html in page.text
    assert client.get(f"/help/{hidden.key}").status_code == 404
    assert client.get("/help/nothing").status_code == 404
    assert article.title in client.get("/help/search?q=renvoyer+un+article").text


def test_the_help_centre_is_marked_up_small_and_still(
    client: FlaskClient, store: Store, session: Session
) -> None:
    for number in range(40):
        make_article(
            f"Comment faire le numéro {number} chez nous ?", summary=f"Voici comment faire {number}. " * 4
        )
    page = client.get("/help/")
    assert len(page.data) < 20_000
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page.text, re.DOTALL)
    assert [kind for kind, _ in scripts] == [' type="application/ld+json"']
    assert json.loads(scripts[0][1])["@type"] == "FAQPage"
    assert "Set-Cookie" not in page.headers
    client.get("/help/search?q=comment+faire+le+numero+7")
    log = session.scalars(select(SearchLog)).one()
    assert (log.place, log.language) == ("help", "fr")


def test_the_help_centre_speaks_english(client: FlaskClient, store: Store) -> None:
    french = make_article()
    english = make_article(
        "How to return an item", "Within 30 days.", language=Language.ENGLISH, pair_id=french.id
    )
    index = client.get("/help/?lang=en").text
    assert "How can we help you?" in index
    assert english.title in index
    assert french.title not in index
    assert french.title in client.get(f"/help/{english.key}").text
    assert "How to return an item" in client.get("/help/search?lang=en&q=returning+things").text


def test_an_empty_base_says_what_to_do(client: FlaskClient, store: Store) -> None:
    assert "Écrivez-nous" in client.get("/help/").text
    assert "Nous écrire" in client.get("/help/search?q=retour").text
