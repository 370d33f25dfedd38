"""The help centre towards the outside: answers before a message is sent, what search engines are told, copies that are kept."""

import re
import secrets
from xml.parsers.expat import ParserCreate

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.inbox.models import Ticket
from hub.knowledge.models import SearchLog
from hub.knowledge.words import ArticleState
from hub.stores.models import Store
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
