"""The demo's articles and standard replies stand, and customers' words find them."""

import pytest
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.demo.catalog import CONTACTS
from hub.demo.help_centre import write_help_centre
from hub.demo.help_english import ENGLISH
from hub.demo.help_french import FRENCH
from hub.demo.help_replies import REPLIES
from hub.knowledge import queries
from hub.knowledge.contents import count_published
from hub.knowledge.ranking import Index, Text
from hub.knowledge.rules import check_reply
from hub.knowledge.words import SearchPlace
from hub.reasons.actions import add_builtin_reasons
from hub.reasons.queries import find_reason_by_key
from hub.stores.queries import find_store_by_slug
from tests.conftest import TUESDAY
from tests.makers.stores import make_chain, make_store


def test_the_base_is_written_in_both_languages(session: Session) -> None:
    make_chain(session)
    make_store(session)
    add_builtin_reasons()
    write_help_centre(now=TUESDAY)
    assert sum(count_published(Language.FRENCH).values()) == len(FRENCH)
    assert sum(count_published(Language.ENGLISH).values()) == len(ENGLISH)
    assert queries.get_article("colis-abime").pair_key == "damaged-parcel"
    damaged, lyon = find_reason_by_key("delivery.damaged"), find_store_by_slug("lyon-part-dieu")
    assert damaged
    assert lyon
    found = queries.suggest("Mon colis est arrivé cassé", damaged.id, Language.FRENCH, lyon.id)
    assert found.articles[0].key == "colis-abime"
    assert found.replies[0].key == "delivery-damaged"
    hits = queries.search_articles("geste commercial", Language.FRENCH, SearchPlace.HELP)
    assert "geste-commercial" not in {row.key for row in hits}


@pytest.mark.parametrize("contact", CONTACTS, ids=lambda contact: contact[0])
def test_what_customers_write_finds_an_article_of_its_reason(contact: tuple[str, str, str, str]) -> None:
    reason, subject, text, _ = contact
    index = Index(Language.FRENCH)
    for place, (_, _, title, summary, body) in enumerate(FRENCH):
        index.add(Text(place, title, body, summary))
    tops = {FRENCH[place][1].partition(".")[0] for place in index.find(f"{subject} {text}", limit=3)}
    assert reason.partition(".")[0] in tops


def test_every_standard_reply_is_well_formed() -> None:
    for _, _, title_fr, text_fr, title_en, text_en in REPLIES:
        check_reply(title=title_fr, body=text_fr)
        if text_en:
            check_reply(title=title_en, body=text_en)
