"""What changes the base: versions, pairs, states, standard replies, what was searched."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.words import Language
from hub.knowledge import actions, queries
from hub.knowledge.gaps import list_searches
from hub.knowledge.models import SearchLog
from hub.knowledge.paragraphs import list_paragraphs, save_paragraph
from hub.knowledge.rows import ArticleView
from hub.knowledge.scoping import ArticleScope
from hub.knowledge.words import ArticleState, SearchPlace
from hub.reasons.actions import add_builtin_reasons
from hub.reasons.queries import find_reason_by_key
from tests.conftest import TUESDAY
from tests.makers.knowledge import make_article, make_reply
from tests.makers.stores import make_store

FRENCH, ENGLISH = Language.FRENCH, Language.ENGLISH


def change(article: ArticleView, body: str, *, seen: int | None = None, **fields: object) -> None:
    given = {"title": article.title, "summary": article.summary, "state": article.state, **fields}
    actions.save_article(
        article_id=article.id,
        language=article.language,
        body=body,
        seen_version=seen,
        by=SYSTEM,
        now=TUESDAY + timedelta(hours=1),
        **given,  # type: ignore[arg-type]
    )


def find(words: str, place: SearchPlace = SearchPlace.STAFF, language: Language = FRENCH) -> list[str]:
    return [row.title for row in queries.search_articles(words, language, place)]


def test_each_save_keeps_a_version_and_an_old_one_comes_back(session: Session) -> None:
    article = make_article(body="Trente jours.")
    change(article, "Soixante jours.")
    actions.restore_version(article_id=article.id, number=1, by=SYSTEM, now=TUESDAY)
    assert queries.get_article(article.key).body == "Trente jours."
    assert [(row.number, row.body) for row in queries.list_versions(article.id)] == [
        (3, "Trente jours."),
        (2, "Soixante jours."),
        (1, "Trente jours."),
    ]
    with pytest.raises(NotFound):
        actions.restore_version(article_id=article.id, number=9, by=SYSTEM, now=TUESDAY)


def test_two_editors_do_not_overwrite_each_other(session: Session) -> None:
    article = make_article()
    change(article, "Premier.", seen=1)
    with pytest.raises(Conflict):
        change(article, "Second.", seen=1)


def test_keys_are_kept_and_never_doubled(session: Session) -> None:
    first, second = make_article("Retours"), make_article("Retours")
    change(first, "Texte.", title="Retours et échanges")
    assert (queries.get_article("retours").title, second.key) == ("Retours et échanges", "retours-2")
    assert make_article("Search").key != "search"


def test_a_pair_points_both_ways(session: Session) -> None:
    french = make_article("Retours")
    english = make_article("Returns", language=ENGLISH, pair_id=french.id)
    assert queries.get_article(french.key).pair_key == english.key
    with pytest.raises(Invalid):
        make_article("Renvois", pair_id=french.id)


def test_search_follows_each_change(session: Session) -> None:
    article = make_article("Entretenir un plaid", "Lavage à trente degrés.")
    assert find("laver mon plaid") == ["Entretenir un plaid"]
    change(article, "Lavage à trente degrés.", title="Entretenir une couverture")
    assert find("laver une couverture") == ["Entretenir une couverture"]
    change(article, "Fini.", title="Entretenir une couverture", state=ArticleState.ARCHIVED)
    assert find("couverture") == []


def test_each_place_sees_its_states(session: Session) -> None:
    for state in ArticleState:
        make_article(f"Marge {state.value}", state=state)
    assert find("marge", SearchPlace.HELP) == ["Marge published"]
    assert sorted(find("marge", SearchPlace.TICKET)) == ["Marge internal", "Marge published"]
    assert sorted(find("marge")) == ["Marge draft", "Marge internal", "Marge published"]
    assert find("marge", language=ENGLISH) == []


def test_a_standard_reply_is_filled_with_what_the_store_adds(session: Session) -> None:
    store, reply_id = make_store(session), make_reply()
    save_paragraph(
        reply_id=reply_id, store_id=store.id, text="{{store.name}} vous attend.", by=SYSTEM, now=TUESDAY
    )
    values = {"order.number": "A-1", "store.name": "Lyon"}
    filled = queries.fill_standard_reply(reply_id, values, store.id)
    assert filled.text == "Nous remplaçons la commande A-1 sans frais.\n\nLyon vous attend."
    assert queries.fill_standard_reply(reply_id, {}).missing == ("numéro de commande",)
    save_paragraph(reply_id=reply_id, store_id=store.id, text=" ", by=SYSTEM, now=TUESDAY)
    assert list_paragraphs(reply_id) == {}
    with pytest.raises(NotFound):
        queries.fill_standard_reply(0, {})
    with pytest.raises(Invalid):
        save_paragraph(reply_id=reply_id, store_id=0, text="Bonjour", by=SYSTEM, now=TUESDAY)


def test_standard_replies_are_listed_by_words_and_language(session: Session) -> None:
    make_reply("Délai de livraison", "Votre colis arrive demain.")
    make_reply("Delivery time", "Your parcel arrives tomorrow.", language=ENGLISH)
    make_reply("Horaires", "Ouvert de 10 h à 19 h.")
    for asked in ("delai COLIS", "où en sont mes livraisons ?", "livraisno"):
        assert [row.title for row in queries.list_standard_replies(search=asked, language=FRENCH)] == [
            "Délai de livraison"
        ], asked
    assert queries.list_standard_replies(search="xylophone") == []
    assert [row.title for row in queries.list_standard_replies(language=ENGLISH)] == ["Delivery time"]


def test_suggestions_follow_the_customers_words(session: Session) -> None:
    make_article("Mon colis est abîmé", "Envoyez une photo.")
    make_article("Horaires des magasins", "De 10 h à 19 h.")
    make_reply("Colis abîmé", "Nous le remplaçons.")
    make_reply("Horaires", "Ouvert de 10 h à 19 h.")
    found = queries.suggest("Bonjour, mon paquet est arrivé cassé hier, que faire ?", None, FRENCH)
    assert found.articles[0].title == "Mon colis est abîmé"
    assert found.replies[0].title == "Colis abîmé"


def test_suggested_articles_follow_the_reason_and_those_above_it(session: Session) -> None:
    add_builtin_reasons()
    refund, how, top = (
        find_reason_by_key(key) or pytest.fail(key) for key in ("return.refund", "return.how", "return")
    )
    far = make_article("Horaires des magasins", "De 10 h à 19 h.", summary="")
    above = make_article("Tout sur les retours", "Un mois.", summary="", reason_id=top.id)
    own = make_article("Délais de remboursement", "Dix jours.", summary="", reason_id=refund.id)
    also = make_article("Avoir ou virement", "Au choix.", summary="", reason_id=how.id)
    save = partial(actions.save_article, language=FRENCH, summary="", by=SYSTEM, now=TUESDAY)
    save(
        article_id=also.id, title=also.title, body=also.body, state=also.state,
        scope=ArticleScope(more_reason_ids=(refund.id,)), reason_id=how.id,
    )  # fmt: skip
    make_article("Ancien délai", "Un an.", reason_id=refund.id, state=ArticleState.DRAFT)

    def titles(text: str, reason_id: int | None) -> list[str]:
        return [row.title for row in queries.suggest(text, reason_id, FRENCH).articles]

    vague = "Bonjour, auriez-vous des nouvelles de ma demande ?"
    assert titles(vague, None) == []
    assert titles(vague, top.id) == [above.title]
    assert titles(vague, refund.id) == [also.title, own.title, above.title]
    # The words still count: what they name comes first, what the reason adds fills the three up.
    assert titles("Quels sont les horaires des magasins ?", refund.id) == [far.title, also.title, own.title]
    gift = make_article("Remboursement", "Remboursement d’un bon cadeau.", summary="")
    assert titles("Mon remboursement ?", None) == [gift.title, own.title]
    assert titles("Mon remboursement ?", refund.id)[:2] == [own.title, gift.title]


def test_what_was_not_found_is_a_gap(session: Session) -> None:
    for words in ("livraison en Suisse", "Livraison en Suisse", "retour"):
        found = 1 if words == "retour" else 0
        actions.note_search(
            words=words, language=FRENCH, place=SearchPlace.HELP, found_count=found, now=TUESDAY
        )
    actions.note_search(words="  ", language=FRENCH, place=SearchPlace.HELP, found_count=0, now=TUESDAY)
    session.flush()
    found = partial(list_searches, since=TUESDAY, now=TUESDAY + timedelta(minutes=1))
    assert [(gap.words.casefold(), gap.count) for gap in found()] == [("livraison en suisse", 2)]
    assert len(session.scalars(select(SearchLog)).all()) == 3
    for about, count in (("retours", 0), ("livraisons", 1), ("en suisse", 1), ("suisse en", 0)):
        assert len(found(about=["colis", about])) == count
