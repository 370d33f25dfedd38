"""The help centre towards the outside: answers before a message is sent, what search engines are told, copies that are kept."""

import html
import re
import secrets
from xml.parsers.expat import ParserCreate

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.inbox.models import Ticket
from hub.knowledge.models import Article, SearchLog
from hub.knowledge.words import ArticleState
from hub.reasons.actions import add_builtin_reasons
from hub.reasons.queries import find_reason_by_key
from hub.stores.models import Store
from tests.makers.counting import counted_statements
from tests.makers.inbox import make_house
from tests.makers.knowledge import make_article

PAGE = "http://www.sitemaps.org/schemas/sitemap/0.9 loc"
WRITTEN = {
    "name": "Anne Morel",
    "email": "anne.morel@client.example",
    "text": "Comment retourner un article ?",
    "key": "k1",
    "store": "",
    "phone": "",
    "order_number": "",
}
COPIED = (
    "language",
    "state",
    "body",
    "summary",
    "version_number",
    "inserted_count",
    "created_at",
    "updated_at",
)


@pytest.fixture(autouse=True)
def lyon(session: Session, client: FlaskClient) -> Store:
    client.environ_base["REMOTE_ADDR"] = f"10.1.{secrets.randbelow(250)}.{secrets.randbelow(250)}"
    return make_house(session)


def count_tickets(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_answers_are_shown_once_before_a_message_is_sent(session: Session, client: FlaskClient) -> None:
    make_article()
    make_article("Retourner un article en interne", state=ArticleState.INTERNAL)
    page = client.post("/contact", data=WRITTEN)
    assert page.status_code == 200
    assert "<strong>30 jours</strong>" in page.text
    assert "pas encore envoyé" in page.text
    assert "en interne" not in page.text
    assert count_tickets(session) == 0
    sent = re.findall(r'name="(key|has_seen)"[^>]*value="([^"]*)"', page.text)
    assert client.post("/contact", data=WRITTEN | dict(sent)).location == "/contact/sent"
    assert count_tickets(session) == 1


def test_a_message_without_an_answer_or_with_a_fault_is_not_held_up(
    session: Session, client: FlaskClient
) -> None:
    make_article()
    wrong = client.post("/contact", data=WRITTEN | {"email": "anne@"})
    assert (wrong.status_code, "30 jours" in wrong.text) == (422, False)
    assert client.post("/contact", data=WRITTEN | {"text": "xylophone zébré"}).status_code == 303
    assert count_tickets(session) == 1


def read_places(sitemap: bytes) -> list[str]:
    """The addresses of a sitemap. Raises ExpatError when it is no XML."""
    found: list[str] = []
    parser, open_tags = ParserCreate(namespace_separator=" "), [""]

    def begin(name: str, _attributes: dict[str, str]) -> None:
        open_tags.append(name)
        found.extend([""] if name == PAGE else [])

    def read(words: str) -> None:
        if open_tags[-1] == PAGE:
            found[-1] += words

    parser.StartElementHandler, parser.CharacterDataHandler = begin, read
    parser.EndElementHandler = lambda _name: open_tags.pop()
    parser.Parse(sitemap, True)
    return found


def test_search_engines_find_public_pages_only(client: FlaskClient, lyon: Store) -> None:
    french = make_article()
    english = make_article("How to return an item", language=Language.ENGLISH, pair_id=french.id)
    make_article("Brouillon", state=ArticleState.DRAFT)
    answer = client.get("/sitemap.xml")
    found = read_places(answer.data)
    assert [f"/help/{each.key}" in " ".join(found) for each in (french, english)] == [True, True]
    assert any(address.endswith(f"/stores/{lyon.slug}") for address in found)
    assert not any("brouillon" in address for address in found)
    assert 'hreflang="en" href="http' in answer.text
    assert "max-age" in answer.headers["Cache-Control"]
    robots = client.get("/robots.txt").text
    assert "Disallow: /a/" in robots
    assert robots.rstrip().endswith("/sitemap.xml")
    for address in found:
        assert client.get(re.sub(r"^https?://[^/]+", "", address)).status_code == 200


def test_each_of_many_articles_is_reached_by_clicking(session: Session, client: FlaskClient) -> None:
    add_builtin_reasons()
    how, refund = find_reason_by_key("return.how"), find_reason_by_key("return.refund")
    assert how
    assert refund
    one = make_article("Modèle", "Texte.", summary="")
    columns = {name: getattr(session.get_one(Article, one.id), name) for name in COPIED}
    rows = [
        {**columns, "key": f"q-{number}", "title": f"Question {number}", "sort_key": f"question {number:04d}",
         "reason_id": (how.id, refund.id, None)[number % 3]}
        for number in range(540)
    ]  # fmt: skip
    session.execute(insert(Article), rows)
    wanted = {f"/help/q-{number}" for number in range(540)} | {f"/help/{one.key}"}
    found, waiting, seen = set[str](), ["/help/"], set[str]()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        with counted_statements() as statements:
            page = client.get(address)
        assert (page.status_code, len(statements) <= 12, len(page.data) < 20_000) == (200, True, True)
        links = [html.unescape(link) for link in re.findall(r'href="(/help/[^"]*)"', page.text)]
        found.update(wanted & set(links))
        waiting += [link for link in links if re.match(r"/help/\?about=[^&]+(&after=|$)", link)]
        assert "Les 360 questions" in page.text or address != "/help/"
    assert found == wanted
    assert "181 questions" in client.get("/help/?about=-").text
    assert client.get("/help/?about=nothing").status_code == 404
    assert client.get("/sitemap.xml").text.count("/help/q-") == 540


def test_an_article_that_did_not_change_is_not_sent_again(client: FlaskClient) -> None:
    key = make_article().key
    first = client.get(f"/help/{key}")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert {"Accept-Language", "Cookie"} <= set(first.vary)
    again = client.get(f"/help/{key}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/help/search?q=retour").headers["Cache-Control"] == "no-store"


def test_the_article_that_was_opened_of_a_search_is_noted_once(session: Session, client: FlaskClient) -> None:
    first, second = make_article(), make_article("Retour en magasin")
    page = client.get("/help/search?q=retourner un article").text
    links = re.findall(r'href="(/help/[^"]+\?s=\d+)"', page)
    assert len(links) == 2
    client.get(next(link for link in links if second.key in link))
    client.get(next(link for link in links if first.key in link))
    client.get(f"/help/{first.key}?s=999999999999999999999999")
    assert session.scalars(select(SearchLog.clicked_article_id)).all() == [second.id]
