"""Known articles and standard replies: returning an item, a damaged parcel, opening hours."""

from hub.core.actor import SYSTEM
from hub.core.words import Language
from hub.knowledge.actions import save_article, save_standard_reply
from hub.knowledge.queries import get_article
from hub.knowledge.rows import ArticleView
from hub.knowledge.words import ArticleState
from tests.conftest import TUESDAY


def make_article(
    title: str = "Comment retourner un article ?",
    body: str = "Rapportez-le en magasin sous **30 jours**, avec le ticket.",
    *,
    state: ArticleState = ArticleState.PUBLISHED,
    language: Language = Language.FRENCH,
    summary: str = "Trente jours, dans tous nos magasins.",
    reason_id: int | None = None,
    pair_id: int | None = None,
) -> ArticleView:
    key = save_article(
        article_id=None,
        language=language,
        title=title,
        summary=summary,
        body=body,
        state=state,
        reason_id=reason_id,
        pair_id=pair_id,
        by=SYSTEM,
        now=TUESDAY,
    )
    return get_article(key)


def make_reply(
    title: str = "Article abîmé",
    body: str = "Nous remplaçons la commande {{order.number}} sans frais.",
    *,
    language: Language = Language.FRENCH,
    reason_id: int | None = None,
) -> int:
    return save_standard_reply(
        reply_id=None, language=language, title=title, body=body, reason_id=reason_id, by=SYSTEM, now=TUESDAY
    )
