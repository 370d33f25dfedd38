"""Whose an article is, where it applies and when it is read again: on its pages, in searches, and to its owner."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.errors import Invalid
from hub.core.words import Language
from hub.inbox.models import Ticket
from hub.knowledge import actions, queries, reviewing
from hub.knowledge.rows import ArticleView
from hub.knowledge.scoping import ArticleFilter, ArticleScope
from hub.knowledge.words import ArticleState, SearchPlace
from hub.outbox.models import OutboundMessage
from hub.reactions import drain
from hub.reasons.actions import add_builtin_reasons
from hub.reasons.queries import find_reason_by_key
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.inbox import make_house, make_received
from tests.makers.knowledge import make_article
from tests.makers.shelf import fill_shelf
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store

FRENCH = Language.FRENCH


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    add_builtin_reasons()
    return make_house(session)


@pytest.fixture
def lille(session: Session, lyon: Store) -> Store:
    return make_store(session, "Lille Centre", code="LIL")


def give(article: ArticleView, scope: ArticleScope, **fields: Any) -> ArticleView:
    given = {"title": article.title, "body": article.body, "state": article.state, "now": TUESDAY, **fields}
    actions.save_article(
        article_id=article.id, language=article.language, summary="", scope=scope, by=SYSTEM, **given
    )
    return queries.get_article(article.key)


def find(words: str, store_id: int | None) -> list[str]:
    narrowed = ArticleFilter(store_id=store_id)
    return [
        row.title for row in queries.search_articles(words, FRENCH, SearchPlace.TICKET, narrowed=narrowed)
    ]


def test_an_article_of_other_stores_is_neither_found_nor_suggested(
    session: Session, client: FlaskClient, lyon: Store, lille: Store
) -> None:
    everywhere = make_article("Se garer près du magasin", "Un parking gratuit vous attend.")
    there = make_article("Parking du magasin de Lille", "Le parking de la gare.")
    there = give(there, ArticleScope(store_ids=(lille.id,)))
    assert find("où est le parking", lyon.id) == [everywhere.title]
    assert set(find("où est le parking", lille.id)) == {everywhere.title, there.title}
    assert set(find("où est le parking", None)) == {everywhere.title, there.title}
    assert [row.id for row in queries.suggest("le parking ?", None, FRENCH, lyon.id).articles] == [
        everywhere.id
    ]
    assert [row.id for row in queries.suggest("le parking ?", None, FRENCH).articles] == [everywhere.id]

    make_received(subject="Parking", text="Où est le parking ?", store_id=lyon.id)
    ticket = session.scalars(select(Ticket)).one()
    log_in(client, make_agent(session, store_ids=(lyon.id,)))
    for query in ("", "?q=parking"):
        page = client.get(f"/inbox/{ticket.number}/suggestions{query}").text
        assert everywhere.title in page
        assert there.title not in page

    written = {"name": "A", "email": "a@client.example", "text": "Où est le parking du magasin ?"}
    for slug, is_there in (("", False), (lyon.slug, False), (lille.slug, True)):
        page = client.post("/contact", data=written | {"store": slug}).text
        assert (everywhere.title in page, there.title in page) == (True, is_there), slug
    results = client.get("/help/search?q=parking+du+magasin").text
    assert results.count("Valable dans ces magasins") == results.count("Lille Centre") == 1

    assert there.title in client.get(f"/stores/{lille.slug}").text
    assert there.title not in client.get(f"/stores/{lyon.slug}").text
    assert "Lille Centre" in client.get(f"/help/{there.key}").text
    give(there, ArticleScope())
    assert there.title in find("où est le parking", lyon.id)


def test_the_form_says_whose_an_article_is_and_the_list_is_narrowed_by_it(
    session: Session, client: FlaskClient, lyon: Store, lille: Store
) -> None:
    fill_shelf()
    hugo = make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE)
    zoe = make_agent(session, "Zoé Vidal", role=Role.HEAD_OFFICE)
    log_in(client, hugo)
    main, more = find_reason_by_key("return.how"), find_reason_by_key("return.refund")
    assert main
    assert more
    form = {
        "title": "Changer l’ampoule", "body": "Dévissez-la.", "language": "fr", "state": "internal",
        "reason_id": main.id, "more_reason_ids": [more.id, main.id], "store_ids": [lille.id],
        "owner_id": zoe.id, "review_on": "2026-03-20", "skus": "AMPOULE, LAMPE-01, AMPOULE",
    }  # fmt: skip
    for wrong, said in (({"skus": "RIEN-1"}, "RIEN-1"), ({"review_on": "2026-03-02"}, "date à venir")):
        page = client.post("/knowledge/articles/new", data={**form, **wrong})
        assert page.status_code == 422
        assert said in page.text
    address = client.post("/knowledge/articles/new", data=form).location
    scope = queries.get_article("changer-l-ampoule").scope
    assert scope == ArticleScope(
        owner_id=zoe.id, more_reason_ids=(more.id,), skus=("AMPOULE", "LAMPE-01"), store_ids=(lille.id,),
        review_on=date(2026, 3, 20),
    )  # fmt: skip
    with counted_statements() as statements:
        page = client.get(address).text
    assert len(statements) <= 12
    for words in ("Zoé Vidal", "Ampoule chaude", "Lille Centre", more.path("fr"), "20 mars 2026"):
        assert words in page
    with counted_statements() as statements:
        again = client.get(f"{address}/edit").text
    assert len(statements) <= 12
    with counted_statements() as statements:
        client.get("/knowledge/")
    assert len(statements) <= 12
    assert f'<option selected value="{zoe.id}">' in again
    assert 'value="AMPOULE, LAMPE-01"' in again

    for name, hit, miss in (
        ("reason", more.id, 999), ("store", lille.id, lyon.id), ("owner", zoe.id, hugo.id)
    ):  # fmt: skip
        assert address in client.get(f"/knowledge/?{name}={hit}").text
        assert address not in client.get(f"/knowledge/?{name}={miss}").text
        assert address in client.get(f"/knowledge/?q=ampoule&{name}={hit}").text
        assert address not in client.get(f"/knowledge/?q=ampoule&{name}={miss}").text
    assert address not in client.get("/knowledge/?review=due").text


def test_the_owner_is_told_once_that_an_article_is_to_be_read_again(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    hugo = make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE)
    owned = give(make_article("Retours"), ArticleScope(owner_id=hugo.id, review_on=date(2026, 3, 6)))
    gone = give(make_article("Ancien"), ArticleScope(owner_id=hugo.id, review_on=date(2026, 3, 6)))
    give(gone, gone.scope, state=ArticleState.ARCHIVED)
    assert not reviewing.has_due()
    due_at = reviewing.next_due_at()
    assert due_at is not None
    assert due_at.isoformat() == "2026-03-06T00:00:00+01:00"
    hand_clock.now = due_at
    assert reviewing.has_due()
    assert reviewing.work_reviews(lambda: None) == 1
    assert reviewing.work_reviews(lambda: None) == 0
    while drain.work_facts(lambda: None):
        pass
    [mail] = session.scalars(select(OutboundMessage)).all()
    assert (mail.recipient, mail.values["cause"]) == (hugo.email, "Article à relire : Retours")
    assert mail.values["page_url"].endswith(f"/knowledge/articles/{owned.key}")
    log_in(client, hugo)
    assert owned.key in client.get("/knowledge/?review=due").text
    assert "à relire" in client.get(f"/knowledge/articles/{owned.key}").text

    with pytest.raises(Invalid):
        give(owned, ArticleScope(review_on=date(2026, 3, 5)), now=hand_clock.now)
    give(owned, ArticleScope(review_on=date(2026, 9, 1)), now=hand_clock.now)
    assert not reviewing.has_due()


def test_each_state_keeps_its_day(session: Session, lyon: Store) -> None:
    article = make_article(state=ArticleState.DRAFT)
    for days, state in ((1, ArticleState.PUBLISHED), (2, ArticleState.PUBLISHED), (3, ArticleState.ARCHIVED)):
        give(article, ArticleScope(), state=state, now=TUESDAY + timedelta(days=days))
    assert [(each.state, each.began_at) for each in queries.get_article(article.key).states] == [
        (ArticleState.ARCHIVED, TUESDAY + timedelta(days=3)),
        (ArticleState.PUBLISHED, TUESDAY + timedelta(days=1)),
        (ArticleState.DRAFT, TUESDAY),
    ]
